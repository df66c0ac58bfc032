import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct MaskingDiagnosisTests {
  static let problem = LinearProblem(shape: [1, 6, 6], classCount: 4, seed: 21, margin: 0.5)

  static func checks(_ mask: MaskedClassifier.Mask, _ norm: Norm, surrogate: Bool = false) throws
    -> [MaskingCheck]
  {
    var generator = TestGenerator(state: 3)
    // Points around x with its label, close enough that one classifier with one dead zone serves them all.
    let inputs = try (0..<6).map { index in
      var input = problem.input(index: index)
      if index > 0 {
        input.point = input.point.map { $0 + Float.random(in: -0.01...0.01, using: &generator) }
      }
      input.label = try problem.decision(input.point)
      return input
    }
    func classifier(_ mask: MaskedClassifier.Mask) -> MaskedClassifier {
      MaskedClassifier(problem.classifier(batchSize: 8), mask: mask, start: problem.x)
    }
    return try MaskingDiagnosis(
      threat: BaseAttackTests.threat(norm, box: true), epsilon: problem.radius(norm: norm, box: true),
      seed: 1,
      reference: classifier(mask), gradients: classifier(mask),
      surrogate: surrogate ? classifier(.none) : nil
    ).run(on: inputs)
  }

  @Test(arguments: [
    (MaskedClassifier.Mask.quantisedInput, MaskingCheck.Sign.deadGradient),
    (.saturatedSoftmax, .deadGradient), (.saturatedSoftmax, .probabilities), (.noiseLayer, .randomLogits),
    (.deadUnits, .deadGradient), (.shuffledGradient, .blackBoxBeatsWhiteBox),
  ])
  func masksAreSeen(_ mask: MaskedClassifier.Mask, _ sign: MaskingCheck.Sign) throws {
    let checks = try Self.checks(mask, .linf)
    #expect(checks.first { $0.sign == sign }?.isSeen == true, "\(checks)")
  }

  /// What a diagnosis looks for, each once; see `docs/reading-the-bracket.md`.
  @Test func everySignIsLookedFor() {
    #expect(
      MaskingCheck.Sign.allCases.map(\.rawValue) == [
        "random-logits", "dead-gradient", "probabilities", "one-step-beats-iterative",
        "black-box-beats-white-box", "unbounded-fails", "flat-in-epsilon", "more-steps-help",
        "random-succeeds", "transfer-beats-white-box",
      ])
  }

  /// A model that no change moves looks perfectly robust, and says so itself.
  @Test func modelsThatNothingMovesAreSeen() throws {
    var stuck = Self.problem
    stuck.bias[Self.problem.label] += 1000
    let classifier = stuck.classifier(batchSize: 8)
    let checks = try MaskingDiagnosis(
      threat: BaseAttackTests.threat(.linf, box: true), epsilon: 0.1, seed: 1, reference: classifier,
      gradients: classifier
    ).run(on: [stuck.input(), stuck.input(index: 1)])
    let seen = checks.filter { $0.isSeen == true }.map(\.sign)
    #expect(seen == [.unboundedFails, .flatInEpsilon], "\(checks)")
  }

  /// Where gradients lead away, random corners of the ball break what they do not.
  @Test func randomPointsThatSucceedAreSeen() throws {
    let problem = LinearProblem(shape: [12], classCount: 2, seed: 21, margin: 0.05)
    func masked() -> MaskedClassifier {
      MaskedClassifier(problem.classifier(batchSize: 8), mask: .shuffledGradient, start: problem.x)
    }
    let checks = try MaskingDiagnosis(
      threat: BaseAttackTests.threat(.linf, box: true),
      epsilon: 1.7 * problem.radius(norm: .linf, box: true), seed: 1, reference: masked(),
      gradients: masked()
    ).run(on: (0..<6).map { problem.input(index: $0) })
    #expect(checks.first { $0.sign == .randomSucceeds }?.isSeen == true, "\(checks)")
  }

  /// One step with the gradient of the right class breaks what many steps along gradients elsewhere do not.
  @Test func oneStepThatBeatsManyIsSeen() throws {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 4, seed: 21, margin: 0.5)
    let exact = problem.radius(norm: .linf, box: true)
    let rivals = (0..<4).filter { $0 != problem.label }
    let nearest = try #require(
      rivals.max {
        problem.gain($0, norm: .linf, epsilon: exact, box: true) - problem.logits(problem.x)[problem.label]
          + problem.logits(problem.x)[$0]
          < problem.gain($1, norm: .linf, epsilon: exact, box: true)
          - problem.logits(problem.x)[problem.label] + problem.logits(problem.x)[$1]
      })
    let decoy = try #require(rivals.first { $0 != nearest })
    func masked(_ mask: MaskedClassifier.Mask) -> MaskedClassifier {
      MaskedClassifier(
        problem.classifier(batchSize: 8), mask: mask, start: problem.x, reach: 1e-6, decoy: decoy)
    }
    for (mask, isSeen) in [(MaskedClassifier.Mask.decoyThenAway, true), (.none, false)] {
      let checks = try MaskingDiagnosis(
        threat: BaseAttackTests.threat(.linf, box: true), epsilon: 1.02 * exact, seed: 1,
        reference: masked(mask), gradients: masked(mask)
      ).run(on: (0..<6).map { problem.input(index: $0) })
      let check = try #require(checks.first { $0.sign == .oneStepBeatsIterative })
      #expect(check.isSeen == isSeen, "\(check)")
      if isSeen { #expect(check.figure.hasPrefix("one step 6 of 6, PGD 0 of 6"), "\(check)") }
    }
  }

  /// A gradient of which each look shows one coordinate takes as many looks as there are coordinates to move.
  @Test func stepsThatHelpWhenDoubledAreSeen() throws {
    let problem = LinearProblem(shape: [60], classCount: 2, seed: 3, margin: 0.2)
    let epsilon = 3.3 * problem.radius(norm: .linf, box: true)
    func masked(_ mask: MaskedClassifier.Mask) -> MaskedClassifier {
      MaskedClassifier(
        problem.classifier(batchSize: 8), mask: mask, start: problem.x, reach: Float(0.9 * epsilon))
    }
    for (mask, isSeen) in [(MaskedClassifier.Mask.oneCoordinateAtATime, true), (.none, false)] {
      let checks = try MaskingDiagnosis(
        threat: BaseAttackTests.threat(.linf, box: true), epsilon: epsilon, seed: 1,
        reference: masked(mask), gradients: masked(mask)
      ).run(on: (0..<24).map { problem.input(index: $0) })
      let check = try #require(checks.first { $0.sign == .moreStepsHelp })
      #expect(check.isSeen == isSeen, "\(check)")
    }
  }

  @Test(arguments: Norm.allCases) func cleanModelsAreNotAccused(_ norm: Norm) throws {
    let checks = try Self.checks(.none, norm, surrogate: true)
    #expect(checks.map(\.sign) == MaskingCheck.Sign.allCases)
    #expect(checks.allSatisfy { $0.isSeen == false }, "\(checks.filter { $0.isSeen != false })")
  }

  @Test func curvedModelsAreNotAccused() throws {
    let sphere = SphereClassifier(center: [Float](repeating: 0.5, count: 16), radius: 0.8, batchSize: 8)
    var generator = TestGenerator(state: 8)
    let inputs = (0..<6).map { index in
      AttackInput(
        index: index, point: (0..<16).map { _ in Float.random(in: 0.45...0.55, using: &generator) },
        grid: nil,
        label: 0)
    }
    let checks = try MaskingDiagnosis(
      threat: BaseAttackTests.threat(.l2, box: true), epsilon: 0.72, seed: 1, reference: sphere,
      gradients: sphere
    ).run(on: inputs)
    #expect(!checks.contains { $0.isSeen == true }, "\(checks)")
  }

  @Test func transferIsSeen() throws {
    let checks = try Self.checks(.shuffledGradient, .linf, surrogate: true)
    #expect(checks.last?.isSeen == true)
    #expect(try Self.checks(.none, .linf).last?.isSeen == nil)
  }

  @Test func withoutCorrectInputsNothingIsJudged() throws {
    var input = Self.problem.input()
    input.label = (input.label + 1) % 4
    let classifier = Self.problem.classifier(batchSize: 8)
    let checks = try MaskingDiagnosis(
      threat: BaseAttackTests.threat(.l2, box: true), epsilon: 1, seed: 1, reference: classifier,
      gradients: classifier
    ).run(on: [input])
    #expect(checks.allSatisfy { $0.isSeen == nil })
    #expect(throws: AttackError.self) {
      try MaskingDiagnosis(
        threat: BaseAttackTests.threat(.l2, box: true), epsilon: 0, seed: 1, reference: classifier,
        gradients: classifier)
    }
  }
}
