import CertifyGate
import Testing

struct OptionFileTests {
  private static let known = ["samples", "norm", "quiet"]

  @Test func readsValuesAsTheyAreWritten() throws {
    let file = try OptionFile(
      yaml: "samples: 10_000\nnorm: [l2, linf, a_1]\nquiet: true\n", known: Self.known)
    #expect(file.values == ["samples": ["10000"], "norm": ["l2", "linf", "a_1"], "quiet": ["true"]])
    #expect(try OptionFile(yaml: "", known: Self.known).values.isEmpty)
  }

  @Test(arguments: [
    ("sample: 5", "did you mean `samples`?"), ("- samples", "it is not a mapping"),
    ("samples: 1\nsamples: 2", "is given more than once"), ("samples: {a: b}", "takes a value or a list"),
    ("samples: [", "it is not YAML"),
    ("quiet: true\nnorm: \u{1B}[31m", "configuration, line 2: it is not YAML: control characters"),
  ])
  func refusesTheRest(text: String, problem: String) throws {
    let error = try #require(throws: PolicyError.self) { try OptionFile(yaml: text, known: Self.known) }
    #expect(error.description(of: "configuration").contains(problem), "\(error)")
    #expect(error.description(of: "configuration").hasPrefix("configuration"))
  }
}
