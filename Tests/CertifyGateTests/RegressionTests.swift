import CertifyGate
import CertifyResults
import CertifyThreat
import Testing

/// `no-regression` and comparisons of runs, input by input.
struct RegressionTests {
  /// 100 inputs, the listed ones certified at 0.5 and the others not.
  private func run(certified: Set<Int>) -> RunResults {
    Runs.run((0..<100).map { Runs.row(certified.contains($0) ? 0.6 : 0.4, 0.9) })
  }

  private func outcome(
    _ requirement: String, base: RunResults, current: RunResults
  ) throws -> RequirementOutcome {
    let verdict = try Gate.judge(
      results: current, requirements: [try Requirement(parsing: requirement)], baseline: base)
    return try #require(verdict.requirements.first)
  }

  @Test(arguments: [
    (62, 62, "0", true), (62, 61, "0", false), (62, 61, "0.01", true), (62, 60, "0.01", false),
    (62, 61, "0.009", false), (62, 90, "0", true), (29, 0, "0.29", true), (29, 0, "0.28", false),
  ])
  func certifiedAccuracyMayFallByTheToleranceOnly(
    before: Int, now: Int, tolerance: String, pass: Bool
  ) throws {
    let outcome = try outcome(
      "no-regression(certified-accuracy(0.5), tolerance: \(tolerance))",
      base: run(certified: Set(0..<before)), current: run(certified: Set(0..<now)))
    #expect(outcome.pass == pass)
    #expect(outcome.judged)
    #expect(outcome.found == Double(now) / 100)
    #expect(outcome.decidingInputs == (pass ? outcome.decidingInputs : Array((now..<before).prefix(20))))
    #expect(outcome.explanation.contains("exact McNemar test p = "))
  }

  @Test func gainsMakeUpForLosses() throws {
    let base = run(certified: Set(0..<50))
    let current = run(certified: Set(10..<60))
    let outcome = try outcome("no-regression(certified-accuracy(0.5))", base: base, current: current)
    #expect(outcome.pass)
    #expect(outcome.explanation.contains("10 gained, 10 lost, 80 unchanged; exact McNemar test p = 1.0000"))
  }

  @Test func abstentionsMayNotRise() throws {
    let base = Runs.run([Runs.row(0.5, 0.9), Runs.row(0.5, 0.9), Runs.abstained])
    let current = Runs.run([Runs.row(0.5, 0.9), Runs.abstained, Runs.abstained])
    #expect(!(try outcome("no-regression(abstention-rate)", base: base, current: current)).pass)
    #expect(try outcome("no-regression(abstention-rate)", base: current, current: base).pass)
    #expect(try outcome("no-regression(abstention-rate, tolerance: 0.34)", base: base, current: current).pass)
  }

  @Test func radiiAreComparedAsTheyAre() throws {
    let base = Runs.run([Runs.row(0.5, 0.9), Runs.row(0.7, 0.9)])
    let current = Runs.run([Runs.row(0.45, 0.9), Runs.row(0.7, 0.9)])
    #expect(!(try outcome("no-regression(median-certified-radius)", base: base, current: current)).pass)
    #expect(
      try outcome("no-regression(median-certified-radius, tolerance: 0.06)", base: base, current: current)
        .pass)
  }

  @Test func whatIsNotComparableNeverPasses() throws {
    let base = run(certified: [])
    let requirement = "no-regression(certified-accuracy(0.5))"
    func check(_ change: (inout RunResults) -> Void, _ problem: String) throws {
      var other = base
      change(&other)
      let outcome = try outcome(requirement, base: other, current: base)
      #expect(!outcome.pass && outcome.fails && !outcome.judged)
      #expect(outcome.explanation.contains(problem), "\(outcome.explanation)")
    }
    #expect(try outcome(requirement, base: base, current: base).pass)
    try check({ $0.manifest.data.sha256 = "11" }, "the data are not the same file")
    try check({ $0.manifest.samples = 2000 }, "samples was 2000 and is 1000")
    try check({ $0.manifest.alpha = 0.01 }, "alpha was 0.01 and is 0.001")
    try check({ $0.manifest.space.gridSteps = 255 }, "the allowed inputs")
    try check({ $0.inputs[0].index = 200 }, "other inputs of the data")
    try check({ $0.interrupted = true }, "interrupted")
    try check({ $0.inputs = [] }, "The baseline cannot be judged")
    try check({ $0.inputs[3].brackets[0].lower?.radius = .nan }, "The baseline cannot be judged")
  }

  @Test func withoutABaselineItIsRefused() throws {
    let requirement = try Requirement(parsing: "no-regression(clean-accuracy)")
    let error = try #require(throws: GateError.self) {
      try Gate.judge(results: Runs.ten, requirements: [requirement])
    }
    #expect(error.description.contains("--baseline"))
    #expect(throws: GateError.self) { try Gate.check([requirement], for: Runs.ten.manifest) }
    #expect(throws: Never.self) {
      try Gate.check([requirement], for: Runs.ten.manifest, hasBaseline: true)
    }
  }

  @Test(arguments: [
    ("no-regression", "`(` is expected here"),
    ("no-regression(acuracy)", "there is no figure `acuracy`"),
    ("no-regression(clean-accuracy", "this `(` is never closed"),
    ("no-regression(clean-accuracy, tolerance: x)", "a number are expected here"),
    ("no-regression(clean-accuracy, confidence: 0.9)", "a number are expected here"),
    ("no-regression(clean-accuracy(confidence: 0.9))", "does not go with `no-regression`"),
    ("no-regression(clean-accuracy, tolerance: -1)", "`tolerance` is a number of 0 or more"),
    ("no-regression(clean-accuracy) >= 0.5", "`no-regression` ends here"),
    ("no-regresion(clean-accuracy)", "did you mean `no-regression`?"),
  ])
  func badTextsAreRefused(text: String, problem: String) throws {
    let error = try #require(throws: RequirementError.self) { try Requirement(parsing: text) }
    #expect(error.description.contains(problem), "\(error)")
  }

  @Test func theMappingMeansTheSame() throws {
    let policy = try Policy(
      yaml: """
        version: 1
        requirements:
          - figure: certified-accuracy
            radius: 0.5
            classifier: smoothed
            tolerance: 0.01
        """)
    let requirement = try #require(policy.requirements.first)
    #expect(requirement == (try Requirement(parsing: requirement.text)))
    #expect(requirement.tolerance == 0.01 && requirement.figure == .certifiedAccuracy(radius: 0.5))
  }

  /// P[X ≤ lost or X ≥ gained] for X ~ Binomial(gained + lost, ½), as SciPy's `binomtest` gives them.
  @Test(arguments: [
    (0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (2, 5, 0.453125), (10, 10, 1.0), (1, 9, 0.021484375),
    (15, 4, 0.019210815429687),
  ])
  func exactTestOfMcNemar(gained: Int, lost: Int, expected: Double) throws {
    let base = run(certified: Set(0..<lost))
    let current = run(certified: Set(50..<(50 + gained)))
    let comparison = try RunComparison(base: base, current: current, radii: [0.5])
    let row = try #require(
      comparison.parts.first?.rows.first { $0.figure == .certifiedAccuracy(radius: 0.5) })
    #expect(row.gained.count == gained && row.lost == Array(0..<lost))
    #expect(row.unchanged == 100 - gained - lost && row.inputs == 100)
    #expect(abs(row.pValue - expected) <= 1e-12)
    #expect(Double(row.roundedPValue) ?? 0 >= expected)
  }

  @Test func comparisonsPairWhatBothHaveAndSayTheRest() throws {
    var current = run(certified: [1])
    current.inputs.removeFirst(40)
    current.manifest.seed = 8
    for index in current.inputs.indices {
      current.inputs[index].brackets.append(
        Runs.bracket(predicted: 1, lower: nil, upper: 0.3, smoothing: nil))
    }
    let comparison = try RunComparison(base: run(certified: [50]), current: current, radii: [])
    #expect(comparison.parts.map(\.key.classifier) == [.smoothed])
    #expect(comparison.onlyInBase.isEmpty && comparison.onlyInCurrent.map(\.classifier) == [.base])
    #expect(comparison.parts[0].rows.allSatisfy { $0.inputs == 60 })
    #expect(comparison.notes.contains { $0.hasPrefix("60 inputs are in both runs") })
    #expect(comparison.notes.contains("seed: 7 in the base, 8 in the current run"))
  }

  @Test func runsOfOtherDataAreRefused() throws {
    var other = Runs.ten
    other.manifest.data.sha256 = "11"
    #expect(throws: ComparisonError.notTheSame(["the data are not the same file"])) {
      try RunComparison(base: Runs.ten, current: other, radii: [])
    }
    #expect(throws: ComparisonError.noCommonInput) {
      try RunComparison(base: Runs.ten, current: Runs.run([[Bracket]]()), radii: [])
    }
    let linf = Runs.run([[Runs.bracket(predicted: 1, lower: 0.5, upper: 0.9, norm: .linf)]])
    #expect(throws: ComparisonError.self) { try RunComparison(base: Runs.ten, current: linf, radii: []) }
  }
}
