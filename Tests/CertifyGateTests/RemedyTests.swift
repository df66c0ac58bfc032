import CertifyGate
import CertifyResults
import Testing

/// The smallest change that would make a requirement pass really does, and a smaller one does not.
struct RemedyTests {
  private func outcome(_ requirement: String, _ run: RunResults = Runs.ten) throws -> RequirementOutcome {
    let verdict = try Gate.judge(results: run, requirements: [try Requirement(parsing: requirement)])
    return try #require(verdict.requirements.first)
  }

  @Test(arguments: [
    (
      "certified-accuracy(0.55) >= 0.4",
      "if 2 more of 10 inputs were certified at 0.55 (nearest: 0 at 0.5, 1 at 0.5)"
    ),
    ("certified-accuracy(0.55) >= 0.4", "at the radius 0.5"),
    ("certified-accuracy(0.55) >= 0.4", "with a bound of >= 0.2"),
    (
      "attacked-accuracy(0.9) >= 0.3", "if 1 more of 10 inputs were not broken within 0.9 (nearest: 0 at 0.9)"
    ),
    ("attacked-accuracy(0.9) >= 0.3", "at any radius below 0.9"),
    ("clean-accuracy >= 0.75", "if 2 more of 10 inputs were right"),
    ("mean-certified-radius >= 0.5", "if the certified radii were larger by 0.17 in the mean"),
    ("abstention-rate <= 0.1", "if 1 fewer of 10 inputs were abstained on"),
    (
      "median-certified-radius >= 0.6",
      "if 4 more inputs were certified at 0.6 (nearest: 0 at 0.5, 1 at 0.5, 2 at 0.5)"
    ),
    ("certified-accuracy(0.5, confidence: 0.9) >= 0.6", "if 3 more of 10 inputs were certified at 0.5"),
    (
      "certified-accuracy(0.5, confidence: 0.9) >= 0.9",
      "with at least 22 inputs instead of 10, all of them certified at 0.5: so few inputs cannot show it at confidence 0.9"
    ),
  ])
  func whatWouldPass(requirement: String, remedy: String) throws {
    let outcome = try outcome(requirement)
    #expect(!outcome.pass)
    #expect(outcome.remedies.contains(remedy), "\(outcome.remedies)")
  }

  @Test func metRequirementsAndUnjudgedOnesHaveNone() throws {
    #expect(try outcome("clean-accuracy >= 0.6").remedies.isEmpty)
    #expect(try outcome("clean-accuracy >= 0.6", Runs.run([[Bracket]]())).remedies.isEmpty)
  }

  /// Doing what the remedy says makes it pass; one input less does not.
  @Test(arguments: [0.15, 0.3, 0.55, 0.61, 0.95, 1])
  func theCountIsTheSmallest(threshold: Double) throws {
    func run(_ certified: Int) -> RunResults {
      Runs.run((0..<20).map { Runs.row($0 < certified ? 0.5 : 0.1, 0.9) })
    }
    let requirement = "certified-accuracy(0.4) >= \(threshold)"
    let found = try #require(
      try outcome(requirement, run(2)).remedies.first?.firstMatch(of: /if (\d+) more/)?.1)
    let more = try #require(Int(found))
    #expect(try outcome(requirement, run(2 + more)).pass)
    #expect(!(try outcome(requirement, run(1 + more)).pass))
  }

  /// A judge at the radius that is named passes.
  @Test func theRadiusIsTheLargest() throws {
    let run = Runs.run((1...20).map { Runs.row(Double($0) / 10, 9) })
    let remedies = try outcome("certified-accuracy(1.5) >= 0.5", run).remedies
    #expect(remedies.contains("at the radius 1.1"))
    #expect(try outcome("certified-accuracy(1.1) >= 0.5", run).pass)
    #expect(!(try outcome("certified-accuracy(1.11) >= 0.5", run).pass))
  }
}
