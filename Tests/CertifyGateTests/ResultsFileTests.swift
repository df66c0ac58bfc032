import CertifyGate
import CertifyResults
import CertifyThreat
import Foundation
import Testing

struct ResultsFileTests {
  /// Every optional part present, absent, and hard to write.
  private static let run: RunResults = {
    var full = Runs.row(0.1 + 0.2, 1 / 3)
    full.smoothing?.range = ClosedIntegerRange(lower: -255, upper: 510)
    full.lower?.sampling = SamplingRecord(
      candidate: 1, selectionSamples: 100, selectionCounts: [1, 99], samples: 1000, counts: [3, 996],
      failed: 1, alpha: 1e-3)
    full.upper?.flipTest = FlipTestRecord(
      outcome: .flipped, samples: 10, rivalHits: 9, labelHits: 1, beta: .leastNonzeroMagnitude)
    full.attack?.epsilons = [0.1, .pi]
    full.gapParts = GapParts(sampling: 1 / 3, method: nil, attack: .pi)
    full.contradiction = ContradictionRecord(
      lowerRadius: 1, upperRadius: 0.5, retestedLowerRadius: nil, retestedUpperRadius: 0.5, stands: false,
      witness: [0.1, 1.0e-20, 3.4028235e38])
    var abstained = Runs.abstained
    abstained.smoothing = full.smoothing
    let infinite = Runs.bracket(predicted: 1, lower: .infinity, upper: nil, smoothing: nil)
    var run = Runs.run([[full, infinite], [abstained], []], selected: 4, interrupted: true)
    run.manifest.seed = .max
    run.manifest.labels = FileRecord(path: "a \"quoted\"\\ path\n/ü|`.npy", sha256: "ff")
    run.manifest.space = InputSpace(bounds: .init(lower: -0.1, upper: 1.1), gridSteps: 255)
    run.manifest.parameters = ["b": "2", "a": "1"]
    return run
  }()

  private static func file() throws -> ResultsFile {
    let requirement = try Requirement(parsing: "certified-accuracy(0.1, classifier: smoothed) >= 0.5")
    return ResultsFile(
      results: run, summary: Summary(of: run),
      verdict: try Gate.judge(results: run, requirements: [requirement]))
  }

  @Test func readsBackWhatItWrote() throws {
    let file = try Self.file()
    let text = try file.json()
    #expect(try ResultsFile(json: Data(text.utf8)) == file)
    #expect(try ResultsFile(json: Data(text.utf8)).json() == text)
    let unjudged = ResultsFile(results: Runs.ten, summary: Summary(of: Runs.ten), verdict: nil)
    #expect(try ResultsFile(json: Data(unjudged.json().utf8)) == unjudged)
    let empty = Runs.run([[Bracket]]())
    let nothing = ResultsFile(results: empty, summary: Summary(of: empty), verdict: nil)
    #expect(try ResultsFile(json: Data(nothing.json().utf8)) == nothing)
  }

  @Test func everyDoubleSurvives() throws {
    var generator = SystemRandomNumberGenerator()
    let rows = (0..<500).map { _ in
      Runs.row(Double(bitPattern: .random(in: 0..<0x7FF0_0000_0000_0000, using: &generator)))
    }
    let run = Runs.run(rows)
    let file = ResultsFile(results: run, summary: Summary(of: run), verdict: nil)
    #expect(try ResultsFile(json: Data(file.json().utf8)).results == run)
  }

  /// The shape that others read: keys in order at the top, `null` where something is absent.
  @Test func hasThePublishedShape() throws {
    let text = try Self.file().json()
    let keys = ["schemaVersion", "manifest", "interrupted", "inputs", "summary", "verdict"]
    let positions = keys.compactMap { text.range(of: "\n\"\($0)\": ")?.lowerBound }
    #expect(positions.count == keys.count && positions == positions.sorted())

    let top = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(Set(top.keys) == Set(keys))
    let inputs = try #require(top["inputs"] as? [[String: Any]])
    let full = try #require((inputs[0]["brackets"] as? [[String: Any]])?.first)
    let lower = try #require(full["lower"] as? [String: Any])
    #expect(lower["counts"] as? [Int] == [3, 996] && lower["samples"] as? Int == 1000)
    let abstained = try #require((inputs[1]["brackets"] as? [[String: Any]])?.first)
    for key in ["predicted", "lower", "upper", "attack", "contradiction"] {
      #expect(abstained[key] is NSNull, "\(key)")
    }
    let base = try #require((inputs[0]["brackets"] as? [[String: Any]])?.last)
    #expect(base["smoothing"] is NSNull)
    let verdict = try #require(top["verdict"] as? [String: Any])
    #expect(verdict["pass"] as? Bool == false)
  }

  @Test(arguments: [
    ("", "not valid JSON"), ("rubbish", "not valid JSON"), ("{\"schemaVersion\": 1", "not valid JSON"),
    ("[]", "at the top"), ("{}", "`schemaVersion` is missing"),
    ("{\"schemaVersion\": \"1\"}", "at schemaVersion"),
    ("{\"schemaVersion\": 2}", "schema version 2, this certify reads version 1"),
    ("{\"schemaVersion\": 1}", "`manifest` is missing"),
  ])
  func refusesOtherFiles(text: String, problem: String) throws {
    let error = try #require(throws: ResultsFileError.self) { try ResultsFile(json: Data(text.utf8)) }
    #expect(error.description.contains(problem), "\(error)")
  }

  @Test(arguments: [
    ("\"label\":1", "\"label\":2", "`correct` is true where 1 is predicted and the label is 2"),
    ("\"index\":1,", "\"index\":0,", "the index 0 comes after 0"),
    ("\"radius\":0.30000000000000004", "\"radius\":-1", "the certified radius is -1.0"),
    ("\"radius\":0.30000000000000004", "\"radius\":\"NaN\"", "the certified radius is nan"),
    ("\"confidence\":0.999", "\"confidence\":1.5", "the certificate's confidence is 1.5"),
    ("\"selectedInputs\" : 4", "\"selectedInputs\" : 2", "3 inputs are recorded, 2 were selected"),
    ("\"norm\":\"l2\"", "\"norm\":\"l7\"", "at inputs[0].brackets[0].norm"),
    ("\"predicted\":1", "\"predicted\":1e99", "a number out of range"),
    ("\"seed\" : 18446744073709551615", "\"seed\" : -1", "a number out of range"),
    ("\"classifier\":\"base\"", "\"classifier\":\"smoothed\"", "has `smoothing`"),
  ])
  func refusesWhatNoRunWrote(old: String, new: String, problem: String) throws {
    let text = try Self.file().json()
    let range = try #require(text.range(of: old))
    let changed = text.replacingCharacters(in: range, with: new)
    let error = try #require(throws: ResultsFileError.self) { try ResultsFile(json: Data(changed.utf8)) }
    #expect(error.description.contains(problem), "\(error)")
  }

  @Test func refusesWhatBreaksOff() throws {
    let text = try Self.file().json()
    for length in stride(from: 0, to: text.utf8.count - 2, by: 37) {
      #expect(throws: ResultsFileError.self) { try ResultsFile(json: Data(text.utf8.prefix(length))) }
    }
  }
}
