import CertifyEngine
import CertifyThreat
import Testing

@testable import CertifyAttacks

@Suite struct EulerFlowTests {
  /// The path starts at x, keeps its step length and its budget, and never lowers the margin of a linear model.
  @Test(arguments: FlowStepTests.pairs) func trajectoryKeepsItsBudgets(_ s: Norm, _ p: Norm) throws {
    let problem = LinearProblem(shape: [7], classCount: 2, seed: 4, margin: 0.5)
    let epsilon = problem.radius(norm: p, box: true) * 0.9
    let classifier = problem.classifier(batchSize: 1)
    let oracle = try Oracle(
      input: problem.input(), threat: BaseAttackTests.threat(p, box: true), reference: classifier,
      gradients: classifier, maximumQueries: 10_000)
    var parameters = AttackParameters()
    parameters.steps = 20
    parameters.stepNorm = s
    oracle.trajectory = []
    var generator = SplitMix64(seed: 1, input: 0, stage: 0)
    try EulerFlow(parameters: parameters).run(on: oracle, epsilon: epsilon, generator: &generator)
    let path = try #require(oracle.trajectory)
    #expect(path.count == 21)
    #expect(path.first == problem.x)
    let margins = path.map { point in
      let z = problem.logits(point)
      return z[1 - problem.label] - z[problem.label]
    }
    #expect(zip(margins, margins.dropFirst()).allSatisfy { $1 >= $0 - 1e-6 })
    #expect(path.allSatisfy { p.distance($0, problem.x) <= epsilon * (1 + 1e-6) })
    #expect(try #require(margins.last) > margins[0])
    // For a linear model the flow of matching norms ends at the linear maximum.
    if s == p {
      let gain = problem.gain(1 - problem.label, norm: p, epsilon: epsilon, box: true)
      #expect(try #require(margins.last) - margins[0] >= 0.99 * gain)
    }
  }
}
