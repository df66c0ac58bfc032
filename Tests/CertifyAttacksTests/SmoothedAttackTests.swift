import CertifyAttacks
import CertifyEngine
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct SmoothedAttackTests {
  /// A binary linear model has g = f under Gaussian noise, so its exact radius is |margin| / ‖w‖_q.
  @Test(arguments: [NoiseFamily.gaussian, .gaussianSound], Norm.allCases)
  func smallestNormOnLinearModels(_ family: NoiseFamily, _ norm: Norm) throws {
    for seed in [UInt64(3),4,5,6,7,8,9,10,11,12] {
    let isGrid = family == .gaussianSound
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 2, seed: seed, onGrid: isGrid, margin: 0.5)
    let threat = BaseAttackTests.threat(norm, box: true, grid: isGrid)
    let noise = try NoiseGenerator(
      smoothing: Smoothing(noise: family, sigma: 0.25), dimension: problem.d, seed: 5)
    let attack = try SmoothedAttack(name: .best, goal: .smallestNorm, threat: threat, noise: noise)
    let outcome = try attack.run(
      on: problem.input(steps: isGrid ? 255 : nil), reference: problem.classifier(batchSize: 64),
      gradients: problem.classifier(batchSize: 64))
    let exact = problem.radius(norm: norm, box: true)
    print(family, norm, exact, (outcome.witness?.distance ?? -1)/exact, outcome.queries, outcome.gradients, outcome.flipped, outcome.held, outcome.inconclusive)
    let witness = try #require(outcome.witness)
    #expect(witness.distance >= exact * (1 - 2e-6))
    #expect(witness.distance <= exact * 1.05)
    #expect(outcome.queries <= attack.parameters.maximumSmoothedQueries)
    #expect(try problem.decision(witness.point) != problem.label)
  }}
}
