import CertifyGate
import CertifyResults
import CertifyThreat
import Foundation
import Testing

struct PolicyTests {
  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/policies")

  @Test func readsAPolicy() throws {
    let url = Self.fixtures.appendingPathComponent("digits.yml")
    let policy = try Policy(yaml: String(contentsOf: url, encoding: .utf8))
    var parameters = RunParameters()
    parameters.seed = 0
    parameters.samples = 10_000
    parameters.selectionSamples = 100
    parameters.alpha = 0.001
    parameters.sigmas = [0.25]
    parameters.noises = ["gaussian-sound"]
    parameters.norms = [.l2]
    parameters.first = 40
    #expect(policy.parameters == parameters)
    #expect(
      policy.requirements.map(\.text) == [
        "certified-accuracy(0.25, classifier: smoothed) >= 0.9",
        "certified-accuracy(radius: 0.25, classifier: smoothed, confidence: 0.95) >= 0.8",
        "abstention-rate(classifier: smoothed) <= 0.1",
      ])
    for requirement in policy.requirements {
      #expect(try Requirement(parsing: requirement.text) == requirement)
    }
  }

  @Test func readsListsAndBounds() throws {
    let policy = try Policy(
      yaml: """
        version: 1
        norm: [l2, linf]
        sigma:
          - 0.25
          - 1/2
        bounds: 0,1
        seed: 18446744073709551615
        samples: 100_000
        epsilon: 8/255
        attack: best
        certificate: [gaussian-p-lower]
        every: 5
        radius-tolerance: 1/100
        budget: 2_000_000
        best-sigma: true
        """)
    #expect(policy.requirements.isEmpty)
    #expect(policy.parameters.norms == [.l2, .linf])
    #expect(policy.parameters.sigmas == [0.25, 0.5])
    #expect(policy.parameters.bounds == [0, 1])
    #expect(policy.parameters.seed == .max)
    #expect(policy.parameters.samples == 100_000)
    #expect(policy.parameters.epsilons == [8.0 / 255])
    #expect(policy.parameters.radiusTolerance == 0.01 && policy.parameters.budget == 2_000_000)
    #expect(policy.parameters.bestSigma == true)
  }

  @Test(arguments: [
    ("", nil, "not a mapping"),
    ("just text", 1, "not a mapping"),
    ("- version", 1, "not a mapping"),
    ("seed: 0", 1, "`version` is missing"),
    ("version: 2", 1, "this certify reads version 1"),
    ("version: one", 1, "`version` is a whole number"),
    ("version: 1\nrequirments: []", 2, "did you mean `requirements`?"),
    ("version: 1\n\nselection_samples: 5", 3, "did you mean `selection-samples`?"),
    ("version: 1\nweather: fine", 2, "there is no key `weather`; known are `version`"),
    ("version: 1\nseed: 1\nseed: 2", nil, "`seed` is given more than once"),
    ("version: 1\nseed: -1", 2, "`seed` is a whole number from 0 to 18446744073709551615, found `-1`"),
    ("version: 1\nseed: 18446744073709551616", 2, "`seed` is a whole number"),
    ("version: 1\nseed: [1]", 2, "`seed` takes a single value"),
    ("version: 1\nsamples: 1e5", 2, "`samples` is a whole number, at least 1, found `1e5`"),
    ("version: 1\nsamples: 0", 2, "at least 1"),
    ("version: 1\nalpha: 1", 2, "`alpha` is a number between 0 and 1, found `1`"),
    ("version: 1\nalpha:", 2, "`alpha` takes a single value"),
    ("version: 1\nsigma: {a: 1}", 2, "`sigma` takes a value or a list of values"),
    ("version: 1\nsigma: [0.5, -1]", 2, "`sigma` is a number above 0, found `-1`"),
    ("version: 1\nradius-tolerance: 0", 2, "`radius-tolerance` is a number above 0, found `0`"),
    ("version: 1\nbudget: 0", 2, "`budget` is a whole number, at least 1, found `0`"),
    ("version: 1\nbest-sigma: perhaps", 2, "`best-sigma` is true or false, found `perhaps`"),
    ("version: 1\nbest_sigma: true", 2, "did you mean `best-sigma`?"),
    ("version: 1\nnorm: l22", 2, "there is no norm `l22`; did you mean `l2`?"),
    ("version: 1\nbounds: 1,0", 2, "the smaller first"),
    ("version: 1\nbounds: 1", 2, "two numbers"),
    ("version: 1\nfirst: 5\nevery: 2", nil, "exclude each other"),
    ("version: 1\nrequirements: clean-accuracy >= 1", 2, "`requirements` is a list"),
    ("version: 1\nrequirements:\n  - clean-acuracy >= 1", 3, "did you mean `clean-accuracy`?"),
    ("version: 1\nrequirements:\n  - [clean-accuracy]", 3, "a text or a mapping"),
    (
      "version: 1\nrequirements:\n  - clean-accuracy(norm: l2) >= 1", 3,
      "put the requirement in single quotes"
    ),
    (
      "version: 1\nrequirements:\n  - certified-accuracy(1, norm: l2, sigma: 1) >= 1", 3,
      "put requirements in single quotes"
    ),
    (
      "version: 1\nrequirements:\n  - figure: clean-accuracy", 3,
      "one of `at-least`, `at-most` and `tolerance`"
    ),
    ("version: 1\nrequirements:\n  - at-least: 1", 3, "needs `figure`"),
    ("version: 1\nrequirements:\n  - figure: clean-accuracy\n    at-leest: 1", 4, "did you mean `at-least`?"),
    (
      "version: 1\nrequirements:\n  - figure: clean-accuracy\n    at-least: much", 4, "`at-least` is a number"
    ),
    ("version: 1\nrequirements:\n  - figure: certified-accuracy\n    at-least: 1", 3, "needs a radius"),
    ("version: 1\n  seed: [", nil, "not YAML"),
  ])
  func saysWhereAndWhat(yaml: String, line: Int?, problem: String) throws {
    let error = try #require(throws: PolicyError.self) { try Policy(yaml: yaml) }
    #expect(error.problem.contains(problem), "\(error)")
    if let line {
      #expect(error.line == line)
      #expect(error.description.hasPrefix("policy, line \(line): "))
    }
  }

  @Test func hostileTextsEnd() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
      String(repeating: "a", count: Policy.longestText + 1), "version: 1\nseed: \u{0}", "&a [*a]",
    ] {
      #expect(throws: PolicyError.self) { try Policy(yaml: text) }
    }
  }

  @Test func aRunMadeOtherwiseFails() throws {
    let policy = try Policy(
      yaml: "version: 1\nseed: 8\nsigma: 0.25\nfirst: 20\nsamples: 1000\nnorm: [linf, l2]")
    let verdict = try Gate.judge(results: Runs.ten, policy: policy)
    #expect(ExitStatus(verdict) == .gate)
    let explanation = try #require(verdict.requirements.first).explanation
    #expect(explanation.contains("`seed` is 7 in the run, 8 in the policy"))
    #expect(explanation.contains("`first` is 10 in the run, 20 in the policy"))
    #expect(explanation.contains("`norm` is l2 in the run, linf, l2 in the policy"))
    #expect(!explanation.contains("sigma") && !explanation.contains("samples"))

    let same = try Policy(yaml: "version: 1\nseed: 7\nsigma: 0.25\nevery: 100\nsamples: 1000\nalpha: 0.001")
    #expect(ExitStatus(try Gate.judge(results: Runs.ten, policy: same)) == .pass)
  }
}
