import CertifyEngine
import CertifyThreat
import Testing

@testable import CertifyAttacks

/// Descents within cubes.
@Suite struct CubeDescentTests {
  /// z = (0, x₀ + x₁ + x₂ + x₃ − 1): from x = 0 the boundary lies at 1/4, and the witness at 1/2.
  @Test(arguments: [1, 4]) func coordinatesComeToShareTheWay(batchSize: Int) throws {
    let oracle = try oracle(limits: nil, batchSize: batchSize)
    #expect(try descent.run(oracle))
    #expect(oracle.queries == 61)
    #expect(try #require(oracle.bestDistance) < 0.25 * 1.005)
  }

  /// Two coordinates end at .1, so that the others must go to .4.
  @Test func boxIsKept() throws {
    let limits = try FeatureLimits(count: 4, lower: [-1, -1, -1, -1], upper: [1.2, 1.2, 0.1, 0.1])
    let oracle = try oracle(limits: limits, batchSize: 1)
    #expect(try descent.run(oracle))
    #expect(try #require(oracle.bestDistance) < 0.4 * 1.005)
    #expect(try #require(oracle.nearest).point[2...].allSatisfy { $0 <= 0.1 })
  }

  private var descent: CubeDescent {
    CubeDescent(widths: .init(steps: 60, first: 0.1, last: 0.001), classes: 3, kept: 1.2)
  }

  /// x = 0 and the witness (.5, .5, .1, 0).
  private func oracle(limits: FeatureLimits?, batchSize: Int) throws -> Oracle {
    let classifier = CreasedClassifier(
      faces: [([1, 1, 1, 1], -1)], dimension: 4, batchSize: batchSize)
    let space = InputSpace(bounds: nil, gridSteps: nil, features: limits)
    let attack = try BaseAttack(
      name: .boundaryWalk, goal: .smallestNorm, threat: ThreatModel(norm: .linf, space: space), seed: 1)
    let input = AttackInput(index: 0, point: [0, 0, 0, 0], grid: nil, label: 0)
    let oracle = try attack.oracle(input, reference: classifier, gradients: classifier)
    _ = oracle.row(0).update(fromContentsOf: [0.5, 0.5, 0.1, 0])
    #expect(try oracle.evaluate(count: 1, attack: "test") == .answered)
    return oracle
  }
}
