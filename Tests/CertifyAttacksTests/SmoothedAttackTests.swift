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

  @Test(arguments: [AttackName.smoothadv, .randomSearch], [1, 100, 129, 700, 5000, 20_000])
  func budgetIsNeverExceeded(_ name: AttackName, _ budget: Int) throws {
    let problem = Self.problem(.gaussian, seed: 3)
    for goal in [AttackGoal.smallestNorm, .epsilons([0.3, 0.7, 1])] {
      let attack = try Self.attack(name, .gaussian, .l2, goal: goal) { $0.maximumSmoothedQueries = budget }
      let reference = problem.classifier(batchSize: 64)
      let gradients = problem.classifier(batchSize: 32)
      let outcome = try attack.run(on: problem.input(), reference: reference, gradients: gradients)
      #expect(outcome.queries <= budget)
      #expect(outcome.queries == reference.forwardRows + gradients.forwardRows)
      #expect(outcome.gradients == gradients.backwardRows)
    }
  }

  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound]) func fixedEpsilon(_ family: NoiseFamily) throws {
    let problem = Self.problem(family, seed: 8)
    let exact = problem.radius(norm: .l2, box: true)
    for (factor, succeeds) in [(0.97, false), (1.15, true)] {
      let outcome = try Self.run(
        Self.attack(.auto, family, .l2, goal: .epsilons([exact * factor, exact * 0.5])), problem)
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
  @Test(arguments: [AttackName.smoothadv, .randomSearch]) func noWitnessIsAbsent(_ name: AttackName) throws {
    var problem = Self.problem(.gaussian, seed: 3)
    problem.bias = problem.bias.indices.map {
      $0 == 1 ? problem.bias[1] + (problem.label == 1 ? 100 : -100) : 0
    }
    let outcome = try Self.run(Self.attack(name, .gaussian, .l2), problem)
    #expect(outcome.witness == nil)
    #expect(outcome.flipTest == nil)
    #expect(outcome.flipped == 0)
  }

  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound], Norm.allCases)
  func randomSearchFindsValidWitnesses(_ family: NoiseFamily, _ norm: Norm) throws {
    let problem = Self.problem(family, seed: 8)
    let outcome = try Self.run(Self.attack(.best, family, norm), problem, gradients: false)
    let witness = try #require(outcome.witness)
    #expect(witness.attack == "random-search")
    #expect(witness.distance >= problem.radius(norm: norm, box: true))
    #expect(try problem.decision(witness.point) != problem.label)
    #expect(outcome.gradients == 0)
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
