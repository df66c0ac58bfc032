import CertifyEngine
import CertifyThreat
import Testing

@testable import CertifyAttacks

@Suite struct MinimizingMovementTests {
  static func flow(
    _ attack: (AttackParameters) -> any FixedEpsilonAttack, _ s: Norm, _ p: Norm, steps: Int,
    classifier: any DifferentiableClassifier, input: AttackInput, epsilon: Double, seed: UInt64 = 1
  ) throws -> [[Float]] {
    let oracle = try Oracle(
      input: input, threat: BaseAttackTests.threat(p, box: true), reference: classifier,
      gradients: classifier, maximumQueries: 100_000)
    var parameters = AttackParameters()
    parameters.steps = steps
    parameters.stepNorm = s
    oracle.trajectory = []
    var generator = SplitMix64(seed: seed, input: 0, stage: 0)
    try attack(parameters).run(on: oracle, epsilon: epsilon, generator: &generator)
    return try #require(oracle.trajectory)
  }

  /// On a linear model the movement rises at every step, keeps its budgets and comes near the linear maximum.
  @Test(arguments: FlowStepTests.pairs) func risesWithinItsBudgets(_ s: Norm, _ p: Norm) throws {
    let problem = LinearProblem(shape: [3], classCount: 2, seed: 4, margin: 0.5)
    let epsilon = problem.radius(norm: p, box: true) * 0.9
    let path = try Self.flow(
      { MinimizingMovement(parameters: $0) }, s, p, steps: 10, classifier: problem.classifier(batchSize: 8),
      input: problem.input(), epsilon: epsilon)
    let margins = path.map { point in
      let z = problem.logits(point)
      return z[1 - problem.label] - z[problem.label]
    }
    #expect(path.first == problem.x && path.count > 3)
    #expect(zip(margins, margins.dropFirst()).allSatisfy { $1 > $0 })
    #expect(path.allSatisfy { p.distance($0, problem.x) <= epsilon * (1 + 1e-5) })
    let gain = problem.gain(1 - problem.label, norm: p, epsilon: epsilon, box: true)
    #expect(try #require(margins.last) - margins[0] >= 0.85 * gain)
  }

  /// Both schemes follow one flow: on a curved model their ends come together as the steps shrink.
  @Test(arguments: [Norm.l2, .linf]) func approachesTheEulerScheme(_ norm: Norm) throws {
    let sphere = SphereClassifier(
      center: [0.45, 0.52], radius: 0.4, curvatures: [1, 3], batchSize: 8)
    let input = AttackInput(index: 0, point: [0.5, 0.5], grid: nil, label: 0)
    func ends(_ steps: Int) throws -> Double {
      func end(_ attack: (AttackParameters) -> any FixedEpsilonAttack) throws -> [Float] {
        try #require(
          try Self.flow(
            attack, norm, norm, steps: steps, classifier: sphere, input: input, epsilon: 0.15
          ).last)
      }
      return norm.distance(
        try end { EulerFlow(parameters: $0) }, try end { MinimizingMovement(parameters: $0) })
    }
    #expect(try ends(40) <= 0.03)
  }

  @Test func seedDecides() throws {
    let problem = LinearProblem(shape: [5], classCount: 2, seed: 9, margin: 0.5)
    func path(_ seed: UInt64) throws -> [[Float]] {
      try Self.flow(
        { MinimizingMovement(parameters: $0) }, .l2, .l2, steps: 5,
        classifier: problem.classifier(batchSize: 8), input: problem.input(), epsilon: 0.1, seed: seed)
    }
    #expect(try path(1) == path(1))
    #expect(try path(1) != path(2))
  }

  @Test(arguments: [1, 40, 151, 700]) func budgetIsKept(_ budget: Int) throws {
    let problem = LinearProblem(shape: [17], classCount: 3, seed: 3)
    let classifier = problem.classifier(batchSize: 8)
    var parameters = AttackParameters()
    parameters.maximumQueries = budget
    let attack = try BaseAttack(
      name: .minimizingMovement, goal: .epsilons([0.01]), threat: BaseAttackTests.threat(.l2, box: true),
      parameters: parameters, seed: 1)
    let outcome = try attack.run(on: problem.input(), reference: classifier, gradients: nil)
    #expect(outcome.queries <= budget && outcome.queries == classifier.forwardRows)
  }
}
