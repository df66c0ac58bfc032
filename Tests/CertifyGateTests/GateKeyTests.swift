import CertifyGate
import CertifyResults
import CertifyThreat
import Testing

/// Which brackets a requirement means, and what outranks it.
struct GateKeyTests {
  private static let wide = SmoothingRecord(noise: "gaussian", sigma: 0.5, range: nil)

  /// Base and two noise levels, each in two norms.
  private static let mixed: RunResults = {
    let brackets = [nil, Runs.smoothing, wide].flatMap { smoothing in
      [Distance.l2, .linf].map { norm in
        Runs.bracket(
          predicted: 1, lower: smoothing?.sigma ?? 0.1, upper: 2, smoothing: smoothing, norm: norm)
      }
    }
    return Runs.run(
      [brackets, brackets], norms: [.l2, .linf], classifiers: [.base, .smoothed],
      smoothings: [Runs.smoothing, wide])
  }()

  private func judge(_ text: String, _ run: RunResults) throws -> Verdict {
    try Gate.judge(results: run, requirements: [try Requirement(parsing: text)])
  }

  @Test(arguments: [
    ("certified-accuracy(0.2) >= 0.5", 6),
    ("certified-accuracy(0.2, norm: l2) >= 0.5", 3),
    ("certified-accuracy(0.2, classifier: smoothed) >= 0.5", 4),
    ("certified-accuracy(0.2, classifier: base) >= 0.5", 2),
    ("certified-accuracy(0.2, sigma: 0.5) >= 0.5", 2),
    ("certified-accuracy(0.2, classifier: smoothed, norm: linf) >= 0.5", 2),
  ])
  func aRequirementMustNameOne(requirement: String, candidates: Int) throws {
    let error = try #require(throws: GateError.self) { try judge(requirement, Self.mixed) }
    guard case .ambiguous(_, let keys) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(keys.count == candidates)
    for key in keys { #expect(error.description.contains("(\(key))")) }
  }

  @Test(arguments: [
    ("certified-accuracy(0.2, classifier: base, norm: l2) >= 0.5", false),
    ("certified-accuracy(0.2, norm: l2, sigma: 0.25) >= 0.5", true),
    ("certified-accuracy(0.3, norm: l2, sigma: 0.25) >= 0.5", false),
    ("certified-accuracy(0.3, norm: linf, sigma: 0.5, noise: gaussian) >= 0.5", true),
  ])
  func aNamedBracketIsJudged(requirement: String, pass: Bool) throws {
    #expect(try judge(requirement, Self.mixed).pass == pass)
  }

  /// In ℓ₀ nothing is certified: a requirement of proofs is refused, before the run and after it.
  @Test(arguments: [
    "certified-accuracy(2, norm: l0) >= 0.5", "median-certified-radius(norm: l0) >= 1",
    "no-regression(mean-certified-radius(norm: l0))",
  ])
  func proofsInTheNumberOfFeaturesAreRefused(_ requirement: String) throws {
    let brackets = [Distance.l0, .l2].map { norm in
      Runs.bracket(
        predicted: 1, lower: norm == .l0 ? nil : 0.1, upper: 12, smoothing: nil, norm: norm)
    }
    let run = Runs.run([brackets, brackets], norms: [.l0, .l2], classifiers: [.base], smoothings: [])
    let parsed = try Requirement(parsing: requirement)
    let errors = [
      #expect(throws: GateError.self) {
        try Gate.judge(results: run, requirements: [parsed], baseline: run)
      },
      #expect(throws: GateError.self) {
        try Gate.check([parsed], for: run.manifest, hasBaseline: true)
      },
    ]
    for error in errors {
      guard case .uncertifiable(_, let key) = try #require(error) else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(key.norm == .l0)
      #expect("\(try #require(error))".contains("in l0, where nothing is certified"))
    }
    #expect(try judge("attacked-accuracy(11, norm: l0) >= 1", run).pass)
    #expect(try !judge("attacked-accuracy(12, norm: l0) >= 0.5", run).pass)
    #expect(try judge("certified-accuracy(0.1, norm: l2) >= 1", run).pass)
  }

  @Test func aRequirementThatMatchesNothingIsRefused() throws {
    let error = try #require(throws: GateError.self) {
      try judge("clean-accuracy(sigma: 1) >= 0", Self.mixed)
    }
    #expect(error.description.contains("matches nothing"))
    #expect(error.description.contains("classifier: smoothed, noise: gaussian, sigma: 0.5, norm: linf"))
  }

  @Test func ambiguityIsFoundWithoutInputsToo() throws {
    let run = Runs.run([[Bracket]](), norms: [.l2, .linf])
    #expect(throws: GateError.self) { try judge("clean-accuracy >= 0", run) }
    #expect(try !judge("clean-accuracy(norm: l2) >= 0", run).pass)
  }

  @Test func contradictionsOutrankRequirements() throws {
    var row = Runs.row(0.5, 0.4)
    let requirements = ["clean-accuracy >= 0.5", "clean-accuracy >= 0.5", "abstention-rate >= 1"]
    // Contradictory and never retested: stands.
    #expect(ExitStatus(try judge(requirements[0], Runs.run([row]))) == .contradiction)
    #expect(ExitStatus(try judge(requirements[2], Runs.run([row]))) == .contradiction)
    #expect(ExitStatus(try Gate.judge(results: Runs.run([row]), requirements: [])) == .contradiction)

    row.contradiction = ContradictionRecord(
      lowerRadius: 0.5, upperRadius: 0.4, retestedLowerRadius: 0.5, retestedUpperRadius: nil, stands: false,
      witness: [])
    #expect(ExitStatus(try judge(requirements[0], Runs.run([row]))) == .pass)
    #expect(ExitStatus(try judge(requirements[2], Runs.run([row]))) == .gate)

    // A record that calls settled what still contradicts.
    row.contradiction?.retestedUpperRadius = 0.4
    #expect(ExitStatus(try judge(requirements[0], Runs.run([row]))) == .contradiction)

    row.contradiction?.stands = true
    #expect(ExitStatus(try judge(requirements[0], Runs.run([row]))) == .contradiction)
    #expect(try !judge(requirements[0], Runs.run([row])).pass)
  }

  @Test func inputsThatCouldNotBeEvaluatedPassNoGate() throws {
    var run = Runs.run([Runs.row(0.5, 0.6), Runs.row(0.5, 0.6)])
    #expect(ExitStatus(try judge("clean-accuracy >= 0.1", run)) == .pass)
    run.inputs[1].brackets = []
    run.inputs[1].error = "out of memory"
    let verdict = try judge("clean-accuracy >= 0.1", run)
    #expect(!verdict.pass && verdict.failedInputs == 1)
    #expect(ExitStatus(verdict) == .gate)
    #expect(
      verdict.requirements[0].explanation
        == "1 of 2 inputs could not be evaluated, the first is \(run.inputs[1].index): out of memory.")
    let unasked = try Gate.judge(results: run, requirements: [])
    #expect(!unasked.pass)
    #expect(ExitStatus(unasked) == .incomplete)
  }

  @Test func aShardPassesNoGate() throws {
    var run = Runs.run([Runs.row(0.5, 0.6)])
    run.shard = Shard(index: 1, count: 2)
    #expect(ExitStatus(try judge("clean-accuracy >= 0.1", run)) == .gate)
  }

  /// After a retest only what survived it counts.
  @Test func figuresUseWhatTheRetestLeft() throws {
    var row = Runs.row(0.5, 0.4)
    row.contradiction = ContradictionRecord(
      lowerRadius: 0.5, upperRadius: 0.4, retestedLowerRadius: nil, retestedUpperRadius: 0.4, stands: false,
      witness: [])
    #expect(row.certifiedRadius == 0 && !row.isCertified(at: 0) && !row.survivesAttack(at: 0.4))
    #expect(try !judge("certified-accuracy(0.1) >= 0.5", Runs.run([row])).pass)

    row.contradiction?.retestedLowerRadius = 0.3
    row.contradiction?.retestedUpperRadius = nil
    #expect(row.certifiedRadius == 0.3 && row.survivesAttack(at: 0.4) && row.gap == nil)
    #expect(try judge("certified-accuracy(0.3) >= 0.5", Runs.run([row])).pass)
    #expect(try !judge("certified-accuracy(0.31) >= 0.5", Runs.run([row])).pass)
  }

  @Test func exitCodesAreThePublishedOnes() {
    #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3])
  }
}
