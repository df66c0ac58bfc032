import CertifyEngine
import CertifyThreat
import Testing

@testable import CertifyAttacks

/// Boundaries that gradients near x do not tell of.
@Suite struct DistantStartsTests {
  /// {x₁ + .01 x₂ + … < 1} ∩ {10 x₂ < 5}: at x = 0 the first face is the higher one, and its gradient leads to
  /// distance 1; the second is at distance 1/2, and is seen only where x₂ is large.
  @Test(arguments: [Norm.l1, .l2], [1, 3, 8])
  func faceBehindAnotherIsFound(norm: Norm, batchSize: Int) throws {
    let d = 40
    var first = [Float](repeating: 0.01, count: d)
    first[0] = 1
    var second = [Float](repeating: 0, count: d)
    second[1] = 10
    let classifier = CreasedClassifier(
      faces: [(first, -1), (second, -5)], dimension: d, batchSize: batchSize)
    let attack = try BaseAttack(
      name: .boundaryWalk, goal: .smallestNorm,
      threat: ThreatModel(norm: norm, space: InputSpace(bounds: nil, gridSteps: nil)), seed: 1)
    let input = AttackInput(index: 0, point: [Float](repeating: 0, count: d), grid: nil, label: 0)
    let oracle = try attack.oracle(input, reference: classifier, gradients: classifier)
    for round in 0..<2 {
      var generator = attack.generator(.boundaryWalk, input: 0, round: round)
      try BoundarySearch().runSmallestNorm(on: oracle, generator: &generator)
    }
    #expect(try #require(oracle.bestDistance) < 0.5 * 1.01)
  }
}
