import CertifyAttacks
import CertifyEngine
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

/// A binary linear model has g = f under Gaussian noise, so its exact radius is known.
@Suite struct SmoothedAttackTests {
  static func problem(_ family: NoiseFamily, seed: UInt64) -> LinearProblem {
    LinearProblem(
      shape: [1, 6, 6], classCount: 2, seed: seed, onGrid: family == .gaussianSound, margin: 0.5)
  }

  static func attack(
    _ name: AttackName, _ family: NoiseFamily, _ norm: Norm, goal: AttackGoal = .smallestNorm,
    seed: UInt64 = 5, change: (inout AttackParameters) -> Void = { _ in }
  ) throws -> SmoothedAttack {
    var parameters = AttackParameters()
    change(&parameters)
    return try SmoothedAttack(
      name: name, goal: goal, threat: BaseAttackTests.threat(norm, box: true, grid: family == .gaussianSound),
      parameters: parameters,
      noise: NoiseGenerator(smoothing: Smoothing(noise: family, sigma: 0.25), dimension: 36, seed: seed))
  }

  static func run(
    _ attack: SmoothedAttack, _ problem: LinearProblem, index: Int = 0, gradients: Bool = true,
    batch: Int = 64
  ) throws -> AttackOutcome {
    try attack.run(
      on: problem.input(index: index, steps: attack.threat.space.gridSteps),
      reference: problem.classifier(batchSize: batch),
      gradients: gradients ? problem.classifier(batchSize: batch) : nil)
  }

  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound], Norm.allCases)
  func smallestNormOnLinearModels(_ family: NoiseFamily, _ norm: Norm) throws {
    for seed in [UInt64(3), 8, 12] {
      let problem = Self.problem(family, seed: seed)
      let attack = try Self.attack(.best, family, norm)
      let outcome = try Self.run(attack, problem)
      let exact = problem.radius(norm: norm, box: true)
      let witness = try #require(outcome.witness)
      #expect(witness.distance >= exact * (1 - 2e-6))
      // What 60 000 rows resolve at β/C = 1.25e-4 is about 0.07σ in the direction of the gradient, plus a
      // grid step.
      #expect(witness.distance <= exact * 1.05 + (norm == .linf && family == .gaussianSound ? 1.0 / 255 : 0))
      #expect(outcome.queries <= attack.parameters.maximumSmoothedQueries)
      #expect(try problem.decision(witness.point) != problem.label)
      #expect(outcome.flipTest?.outcome == .flipped)
      #expect(outcome.flipTest?.beta == attack.parameters.beta / 8)
      #expect(outcome.flipped + outcome.held + outcome.inconclusive <= 8)
    }
  }

  @Test(
    arguments: [AttackName.smoothadv, .smoothedDDN, .noiseWalk, .randomSearch],
    [1, 100, 129, 700, 5000, 20_000])
  func budgetIsNeverExceeded(_ name: AttackName, _ budget: Int) throws {
    let problem = Self.problem(.gaussian, seed: 3)
    for goal in [AttackGoal.smallestNorm, .epsilons([0.3, 0.7, 1])] {
      if name == .smoothedDDN, goal != .smallestNorm { continue }
      let attack = try Self.attack(name, .gaussian, .l2, goal: goal) { $0.maximumSmoothedQueries = budget }
      let reference = problem.classifier(batchSize: 64)
      let gradients = problem.classifier(batchSize: 32)
      let outcome = try attack.run(on: problem.input(), reference: reference, gradients: gradients)
      #expect(outcome.queries <= budget)
      #expect(outcome.queries == reference.forwardRows + gradients.forwardRows)
      #expect(outcome.gradients == gradients.backwardRows)
    }
  }

  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound], [true, false])
  func fixedEpsilon(_ family: NoiseFamily, gradients: Bool) throws {
    let problem = Self.problem(family, seed: 8)
    let exact = problem.radius(norm: .l2, box: true)
    for (factor, succeeds) in [(0.97, false), (gradients ? 1.15 : 1.25, true)] {
      let outcome = try Self.run(
        Self.attack(.auto, family, .l2, goal: .epsilons([exact * factor, exact * 0.5])), problem,
        gradients: gradients)
      #expect((outcome.witness != nil) == succeeds)
      #expect(outcome.epsilons == [exact * 0.5, exact * factor])
      #expect(outcome.succeededEpsilon == (succeeds ? exact * factor : nil))
    }
  }

  @Test func misclassifiedInputIsItsOwnWitness() throws {
    let problem = Self.problem(.gaussian, seed: 3)
    var input = problem.input()
    input.label = 1 - input.label
    let outcome = try Self.attack(.best, .gaussian, .l2).run(
      on: input, reference: problem.classifier(batchSize: 64), gradients: problem.classifier(batchSize: 64))
    #expect(outcome.witness?.distance == 0)
    #expect(outcome.witness?.attack == Witness.clean)
    #expect(outcome.flipped == 1)
    #expect(outcome.gradients == 0)
  }

  /// However many candidates an unbeatable model is asked about, none is reported.
  @Test(arguments: [AttackName.smoothadv, .smoothedDDN, .noiseWalk, .randomSearch])
  func noWitnessIsAbsent(_ name: AttackName) throws {
    var problem = Self.problem(.gaussian, seed: 3)
    problem.bias = problem.bias.indices.map {
      $0 == 1 ? problem.bias[1] + (problem.label == 1 ? 100 : -100) : 0
    }
    let outcome = try Self.run(Self.attack(name, .gaussian, .l2), problem)
    #expect(outcome.witness == nil)
    #expect(outcome.flipTest == nil)
    #expect(outcome.flipped == 0)
  }

  /// Decisions alone find the nearest boundary of a linear model, far nearer than random directions do.
  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound], Norm.allCases)
  func noiseWalkNeedsNoGradients(_ family: NoiseFamily, _ norm: Norm) throws {
    let problem = Self.problem(family, seed: 8)
    let exact = problem.radius(norm: norm, box: true)
    func distance(_ name: AttackName) throws -> Double {
      let outcome = try Self.run(Self.attack(name, family, norm), problem, gradients: false)
      let witness = try #require(outcome.witness)
      #expect(witness.attack == (name == .best ? "noise-walk" : name.rawValue))
      #expect(witness.distance >= exact * (1 - 2e-6))
      #expect(try problem.decision(witness.point) != problem.label)
      #expect(outcome.gradients == 0)
      return witness.distance
    }
    let walked = try distance(.best)
    #expect(walked <= 1.15 * exact + (norm == .linf && family == .gaussianSound ? 1.0 / 255 : 0))
    #expect(walked < 0.8 * (try distance(.randomSearch)))
  }

  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound]) func ddnIsForL2(_ family: NoiseFamily) throws {
    let problem = Self.problem(family, seed: 12)
    let outcome = try Self.run(Self.attack(.smoothedDDN, family, .l2), problem)
    let witness = try #require(outcome.witness)
    let exact = problem.radius(norm: .l2, box: true)
    #expect(witness.attack == "smoothed-ddn")
    #expect(witness.distance >= exact * (1 - 2e-6) && witness.distance <= 1.06 * exact)
    for (norm, goal) in [(Norm.linf, AttackGoal.smallestNorm), (.l2, .epsilons([1]))] {
      #expect(throws: AttackError.self) { try Self.attack(.smoothedDDN, family, norm, goal: goal) }
    }
  }

  @Test func seedAndIndexAloneDecide() throws {
    let problem = Self.problem(.gaussianSound, seed: 8)
    func witness(seed: UInt64, index: Int) throws -> Witness? {
      try Self.run(Self.attack(.best, .gaussianSound, .l2, seed: seed), problem, index: index).witness
    }
    let first = try witness(seed: 1, index: 4)
    #expect(first != nil)
    #expect(try witness(seed: 1, index: 4) == first)
    #expect(try witness(seed: 2, index: 4) != first)
    #expect(try witness(seed: 1, index: 5) != first)
  }
}
