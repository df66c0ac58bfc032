import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifySmoothing
import CertifyThreat
import Testing

/// The soundness alarm: a false certificate is caught by an attack, survives no argument, and fails the run.
struct ContradictionTests {
  @Test(arguments: [Distance.l1, .l2, .linf])
  func plantedFalseCertificateStands(_ norm: Distance) throws {
    var run = try DigitsRun()
    run.configuration.norms = [norm]
    run.configuration.smoothedCertificate = FalseSmoothedCertificate()
    let outcome = try run.run(Array(0..<6))
    let correct = outcome.inputs.flatMap(\.brackets).filter(\.correct)
    let contradictory = correct.filter(\.isContradictory)
    #expect(contradictory.count >= 4)
    for bracket in contradictory {
      let record = try #require(bracket.contradiction)
      #expect(record.stands && bracket.contradictionStands && !bracket.contradictionSettled)
      #expect(record.lowerRadius == FalseSmoothedCertificate.radius)
      #expect(record.retestedLowerRadius == FalseSmoothedCertificate.radius)
      #expect(record.upperRadius == bracket.upper?.radius && record.retestedUpperRadius == record.upperRadius)
      #expect(record.witness.count == 64)
      // The ends stay as they were found: neither is clamped by the other.
      #expect(bracket.lowerInForce?.radius == FalseSmoothedCertificate.radius)
      #expect(bracket.upperInForce == bracket.upper)
    }

    // A witness inside a certified radius outranks a requirement that is missed, and one that is met.
    let results = run.results(outcome, selected: 6)
    for (requirement, isMet) in [
      ("certified-accuracy(60) >= 1", false), ("certified-accuracy(0) >= 0", true),
    ] {
      let verdict = try Gate.judge(results: results, requirements: [Requirement(parsing: requirement)])
      #expect(verdict.requirements.map(\.pass) == [isMet])
      #expect(!verdict.pass)
      #expect(verdict.contradictions == contradictory.count)
      #expect(ExitStatus(verdict) == .contradiction)
      #expect(ExitStatus(verdict).rawValue == 3)
    }
    #expect(try Gate.judge(results: results, requirements: []).contradictions == contradictory.count)
  }

  /// The witness that a contradiction keeps is one: f under noise gives it another class, at the distance named.
  @Test func witnessOfAContradictionCanBeCheckedByHand() throws {
    var run = try DigitsRun()
    run.configuration.smoothedCertificate = FalseSmoothedCertificate()
    let input = try #require(try run.run(Array(0..<6)).inputs.first { $0.brackets[0].contradictionStands })
    let bracket = input.brackets[0]
    let witness = try #require(bracket.contradiction?.witness)
    let radius = try #require(bracket.upper?.radius)
    let grid = witness.map { UInt8(($0 * 255).rounded()) }
    let clean = try #require(run.dataset.gridInput(input.index))
    let squares = zip(grid, clean).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
    let distance = Double(squares).squareRoot() / 255
    #expect(distance <= radius && distance >= radius * (1 - 1e-12))
    #expect(zip(witness, grid).allSatisfy { $0 == Float($1) / 255 })
    let smoothed = try SmoothedClassifier(
      classifier: run.classifier.makeClassifier(batchSize: 12), smoothing: run.configuration.smoothings[0],
      seed: 987_654)
    let counts = try smoothed.counts(at: .grid(grid), input: 0, purpose: .estimation, samples: 0..<20_000)
    let rival = try #require(bracket.upper?.witnessClass)
    #expect(rival != input.label)
    #expect(counts.counts[rival] > counts.counts[input.label])
  }

  /// The certificate was unlucky, not wrong: on fresh samples it no longer claims too much.
  @Test func unluckyContradictionIsSettled() throws {
    var run = try DigitsRun()
    run.configuration.smoothedCertificate = FalseSmoothedCertificate(honestLevel: 1e-6)
    let outcome = try run.run(Array(0..<6))
    let contradictory = outcome.inputs.flatMap(\.brackets).filter(\.isContradictory)
    #expect(contradictory.count >= 4)
    for bracket in contradictory {
      let record = try #require(bracket.contradiction)
      #expect(!record.stands && bracket.contradictionSettled)
      let again = try #require(record.retestedLowerRadius)
      #expect(again < record.upperRadius)
      // From here on the retested ends count.
      #expect(bracket.lower?.radius == FalseSmoothedCertificate.radius)
      #expect(bracket.lowerInForce?.radius == again && bracket.certifiedRadius == again)
      #expect(bracket.gap == record.upperRadius - again)
    }
    let results = run.results(outcome, selected: 6)
    let summary = try #require(Summary(of: results).groups.first)
    #expect(summary.contradictions == 0)
    #expect(summary.settledContradictions == contradictory.count)
    let largest = contradictory.compactMap { $0.lowerInForce?.radius }.max() ?? 0
    #expect(summary.points.allSatisfy { $0.radius <= largest || $0.certified <= 6 - contradictory.count })
    let verdict = try Gate.judge(
      results: results, requirements: [Requirement(parsing: "clean-accuracy >= 0.5")])
    #expect(verdict.contradictions == 0)
    #expect(ExitStatus(verdict) == .pass)
  }

  /// The retest draws enough samples that its stricter level alone settles nothing.
  @Test func retestIsNoWeakerThanTheFirstTest() throws {
    var run = try DigitsRun()
    // 13 of 13 samples certify at α = 0.001 but not at 10⁻⁶: 20 would be needed.
    run.configuration.samples = 13
    run.configuration.smoothedCertificate = FalseSmoothedCertificate()
    let contradictory = try run.run(Array(0..<8)).inputs.flatMap(\.brackets).filter(\.isContradictory)
    #expect(!contradictory.isEmpty)
    #expect(contradictory.contains { $0.contradictionStands })
  }

  @Test func falseProofOfTheBaseClassifierStands() throws {
    var run = try DigitsRun()
    run.configuration.classifiers = [.base]
    run.configuration.baseCertificates = [FalseBaseCertificate(onlyOnce: false)]
    let outcome = try run.run(Array(0..<6))
    let correct = outcome.inputs.flatMap(\.brackets).filter(\.correct)
    #expect(correct.count >= 4)
    #expect(correct.allSatisfy { $0.isContradictory && $0.contradictionStands })
    #expect(correct.allSatisfy { $0.contradiction?.retestedUpperRadius == $0.upper?.radius })
    let verdict = try Gate.judge(results: run.results(outcome, selected: 6), requirements: [])
    #expect(ExitStatus(verdict) == .contradiction)
  }

  @Test func proofThatIsNotRepeatedIsSettled() throws {
    var run = try DigitsRun()
    run.configuration.classifiers = [.base]
    run.configuration.baseCertificates = [FalseBaseCertificate(onlyOnce: true)]
    let correct = try run.run(Array(0..<6)).inputs.flatMap(\.brackets).filter(\.correct)
    #expect(correct.count >= 4)
    #expect(correct.allSatisfy { $0.isContradictory && $0.contradictionSettled && $0.certifiedRadius == 0 })
  }
}
