import CertifyGate
import CertifyResults
import CertifyThreat
import Testing

/// What passes and what does not.
struct GateTruthTests {
  private func outcome(_ requirement: String, _ run: RunResults) throws -> RequirementOutcome {
    let verdict = try Gate.judge(results: run, requirements: [try Requirement(parsing: requirement)])
    return try #require(verdict.requirements.first)
  }

  @Test(arguments: [
    ("certified-accuracy(0.5) >= 0.6", 0.6, true),
    ("certified-accuracy(0.5) >= 0.61", 0.6, false),
    ("certified-accuracy(0.5000001) >= 0.2", 0.2, true),
    ("certified-accuracy(0.5000001) >= 0.21", 0.2, false),
    ("certified-accuracy(0) >= 0.6", 0.6, true),
    // The two that abstained count against passing: as certified.
    ("certified-accuracy(0.5) <= 0.6", 0.8, false),
    ("certified-accuracy(0.5) ≤ 0.8", 0.8, true),
    ("attacked-accuracy(0.9) >= 0.2", 0.2, true),
    ("attacked-accuracy(0.9) >= 0.3", 0.2, false),
    ("attacked-accuracy(0.8999) >= 0.6", 0.6, true),
    ("attacked-accuracy(0.9) <= 0.2", 0.4, false),
    ("clean-accuracy >= 0.6", 0.6, true),
    ("clean-accuracy >= 0.7", 0.6, false),
    ("clean-accuracy <= 0.7", 0.8, false),
    ("abstention-rate <= 0.2", 0.2, true),
    ("abstention-rate <= 0.1", 0.2, false),
    ("abstention-rate >= 0.3", 0.2, false),
    ("median-certified-radius >= 0.5", 0.5, true),
    ("median-certified-radius >= 0.51", 0.5, false),
    ("certified-radius(0.4) >= 0", 0, true),
    ("certified-radius(0.4) >= 0.1", 0, false),
    ("certified-radius(0.41) >= 0.5", 0.5, true),
    ("certified-radius(1) >= 0.7", 0.7, true),
    ("mean-certified-radius >= 0.32", 0.33, true),
    ("mean-certified-radius >= 0.34", 0.33, false),
  ])
  func tenInputs(requirement: String, found: Double, pass: Bool) throws {
    let outcome = try outcome(requirement, Runs.ten)
    #expect(outcome.pass == pass)
    #expect(abs(try #require(outcome.found) - found) < 1e-12)
    #expect(!outcome.explanation.isEmpty)
  }

  static let trivial = [
    "certified-accuracy(0.5) >= 0", "certified-accuracy(0.5) <= 1", "attacked-accuracy(0.5) >= 0",
    "attacked-accuracy(0.5) <= 1", "clean-accuracy >= 0", "clean-accuracy <= 1",
    "mean-certified-radius >= 0", "mean-certified-radius <= 100", "median-certified-radius >= 0",
    "median-certified-radius <= 100", "certified-radius(0.1) >= 0", "certified-radius(0.1) <= 100",
  ]

  @Test(arguments: trivial + ["abstention-rate >= 0", "abstention-rate <= 1"])
  func nothingAndPartsNeverPass(requirement: String) throws {
    #expect(try outcome(requirement, Runs.run([Runs.row(0.5, 0.9)])).pass)

    let nothing = try outcome(requirement, Runs.run([[Bracket]]()))
    #expect(!nothing.pass)
    #expect(nothing.found == nil)

    let row = Runs.row(0.5, 0.9)
    #expect(try !outcome(requirement, Runs.run([[row]], selected: 2)).pass)
    #expect(try !outcome(requirement, Runs.run([[row]], interrupted: true)).pass)
    #expect(try !outcome(requirement, Runs.run([[row], []])).pass)
    for bad in [Runs.row(.nan, 0.9), Runs.row(0.5, .nan)] {
      #expect(try !outcome(requirement, Runs.run([row, bad])).pass)
    }
  }

  @Test(arguments: trivial)
  func abstentionsAloneNeverPass(requirement: String) throws {
    let outcome = try outcome(requirement, Runs.run([Runs.abstained, Runs.abstained]))
    #expect(!outcome.pass)
    #expect(outcome.explanation.contains("abstained"))
  }

  /// An abstention never turns a failure into a pass, whichever way the requirement points.
  @Test(arguments: [
    "certified-accuracy(0.5) <= 0.9", "attacked-accuracy(0.5) <= 0.9", "clean-accuracy <= 0.9",
    "mean-certified-radius <= 0.4", "median-certified-radius <= 0.4", "certified-radius(0.9) <= 0.4",
    "certified-accuracy(0.5) >= 0.9", "clean-accuracy >= 0.9", "mean-certified-radius >= 0.45",
  ])
  func abstentionsNeverHelp(requirement: String) throws {
    let rows = Array(repeating: Runs.row(0.5), count: 4)
    let abstentions = Array(repeating: Runs.abstained, count: 16)
    #expect(try !outcome(requirement, Runs.run(rows + abstentions)).pass)
  }

  @Test func anInfiniteFigureDoesNotPass() throws {
    let outcome = try outcome("mean-certified-radius >= 1", Runs.run([Runs.row(.infinity), Runs.row(0.1)]))
    #expect(!outcome.pass)
    #expect(outcome.found == nil)
  }

  @Test func withoutAnAttackThereIsNoAttackedAccuracy() throws {
    let run = Runs.run([Runs.row(0.5), Runs.row(0.5, nil, attacked: false)])
    let outcome = try outcome("attacked-accuracy(0.1) >= 0.5", run)
    #expect(!outcome.pass)
    #expect(outcome.explanation.contains("1 of 2 inputs were not attacked, the first is 1"))
  }

  @Test func withoutACertificateNothingIsAtMost() throws {
    #expect(try !outcome("certified-accuracy(0.1) <= 0.5", Runs.run([Runs.row(nil, 0.3)])).pass)
  }

  @Test func namesTheInputsThatDecideWorstFirst() throws {
    let run = Runs.run([Runs.row(0.4), Runs.row(0.9), Runs.wrong, Runs.row(0.1), Runs.abstained])
    #expect(try outcome("certified-accuracy(0.5) >= 0.9", run).decidingInputs == [2, 4, 3, 0])
    #expect(try outcome("median-certified-radius >= 0.2", run).decidingInputs == [2, 4, 3])
    #expect(try outcome("abstention-rate <= 0.1", run).decidingInputs == [4])
  }

  @Test func atMostTwentyInputsAreNamed() throws {
    let run = Runs.run(Array(repeating: Runs.wrong, count: 50))
    #expect(try outcome("clean-accuracy >= 0.9", run).decidingInputs == Array(0..<20))
  }
}
