import CertifyGate
import CertifyResults
import Testing

/// Levels and waivers: what they excuse, and what they never do.
struct WaiverTests {
  private static let missed = "certified-accuracy(0.5) >= 0.61"

  private func policy(_ more: String, level: String = "error") throws -> Policy {
    try Policy(
      yaml: """
        version: 1
        requirements:
          - requirement: '\(Self.missed)'
            level: \(level)
          - 'clean-accuracy >= 0.5'
        \(more)
        """)
  }

  private static let waiver = """
    waivers:
      - requirement: '\(missed)'
        reason: retraining is under way
        expires: 2026-12-31
    """

  @Test(arguments: [("2026-11-21", true), ("2026-12-31", true), ("2027-01-01", false)])
  func aWaiverCountsToTheEndOfItsDay(today: String, counts: Bool) throws {
    let verdict = try Gate.judge(
      results: Runs.ten, policy: try policy(Self.waiver), today: CalendarDay(today))
    let outcome = try #require(verdict.requirements.first)
    #expect(verdict.pass == counts)
    #expect(!outcome.pass && outcome.isWaived == counts && outcome.fails == !counts)
    #expect(
      outcome.waiver
        == WaiverRecord(reason: "retraining is under way", expires: "2026-12-31", expired: !counts))
  }

  @Test func withoutADayNoWaiverCounts() throws {
    #expect(!(try Gate.judge(results: Runs.ten, policy: try policy(Self.waiver))).pass)
  }

  @Test(arguments: [("off", true), ("warn", true), ("error", false)])
  func levels(level: String, pass: Bool) throws {
    let verdict = try Gate.judge(results: Runs.ten, policy: try policy("", level: level))
    #expect(verdict.pass == pass)
    let outcome = try #require(verdict.requirements.first)
    #expect(!outcome.pass)
    #expect(outcome.level.rawValue == level)
    #expect(outcome.judged == (level != "off"))
  }

  /// Zero inputs, NaN, only abstentions and half a run are no shortfall of a figure: nothing excuses them.
  @Test(arguments: ["warn", "error"])
  func nothingExcusesARunThatCannotBeJudged(level: String) throws {
    var half = Runs.ten
    half.interrupted = true
    let runs = [
      Runs.run([[Bracket]]()), Runs.run([Runs.row(.nan)]), Runs.run([Runs.abstained, Runs.abstained]), half,
    ]
    for run in runs {
      let verdict = try Gate.judge(
        results: run, policy: try policy(Self.waiver, level: level), today: CalendarDay("2026-11-21"))
      let outcome = try #require(verdict.requirements.first)
      #expect(!verdict.pass && outcome.fails && !outcome.judged && !outcome.isWaived)
    }
  }

  @Test func aPolicyOfAnotherRunIsNotExcusedEither() throws {
    var policy = try policy(Self.waiver)
    policy.parameters.seed = 8
    let verdict = try Gate.judge(results: Runs.ten, policy: policy, today: CalendarDay("2026-11-21"))
    #expect(verdict.requirements.first?.fails == true && !verdict.pass)
  }

  @Test(arguments: [
    (
      "waivers:\n  - requirement: 'clean-accuracy >= 0.6'\n    reason: r\n    expires: 2026-12-31",
      "no requirement reads"
    ),
    (
      "waivers:\n  - requirement: 'clean-accuracy >= 0.5'\n    expires: 2026-12-31", "a waiver needs `reason`"
    ),
    (
      "waivers:\n  - requirement: 'clean-accuracy >= 0.5'\n    reason: r\n    expires: 2026-02-29",
      "a day such as"
    ),
    (
      "waivers:\n  - requirement: 'clean-accuracy >= 0.5'\n    reason: r\n    expire: 2026-02-28",
      "did you mean `expires`?"
    ),
    ("waivers: all", "`waivers` is a list"),
    ("waivers: [all]", "a waiver has"),
    (
      waiver + "\n" + waiver.split(separator: "\n").dropFirst().joined(separator: "\n"), "is waived twice"
    ),
  ])
  func badWaiversAreRefused(text: String, problem: String) throws {
    let error = try #require(throws: PolicyError.self) { try policy(text) }
    #expect(error.description.contains(problem), "\(error)")
    #expect(error.line != nil)
  }

  @Test func badLevelsAreRefused() throws {
    let error = try #require(throws: PolicyError.self) { try policy("", level: "warning") }
    #expect(error.description.contains("there is no level `warning`; known are `off`, `warn`, `error`"))
  }

  @Test(arguments: [
    (0, "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"),
    (20_778, "2026-11-21"), (47_541, "2100-03-01"), (-719_162, "0001-01-01"), (2_932_896, "9999-12-31"),
  ])
  func days(days: Int, text: String) throws {
    #expect(CalendarDay(daysSince1970: days).description == text)
    #expect(CalendarDay(text) == CalendarDay(daysSince1970: days))
  }

  @Test func everyDayOfFourCenturiesIsReadBack() throws {
    var last = CalendarDay(daysSince1970: -1)
    for number in 0..<146_097 {
      let day = CalendarDay(daysSince1970: number)
      #expect(last < day)
      if number % 97 == 0 { #expect(CalendarDay(day.description) == day) }
      last = day
    }
  }

  @Test(arguments: [
    "2026-13-01", "2026-00-10", "2026-04-31", "2100-02-29", "2026-1-01", "26-01-01", "2026/01/01", "",
    "2026-01-0a",
    "+026-01-01", "٢٠٢٦-01-01",
  ])
  func noDays(text: String) { #expect(CalendarDay(text) == nil) }
}
