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
    let attack = try attack(norm)
    let input = AttackInput(index: 0, point: [Float](repeating: 0, count: d), grid: nil, label: 0)
    let oracle = try attack.oracle(input, reference: classifier, gradients: classifier)
    for round in 0..<2 {
      var generator = attack.generator(.boundaryWalk, input: 0, round: round)
      try BoundarySearch().runSmallestNorm(on: oracle, generator: &generator)
    }
    #expect(try #require(oracle.bestDistance) < 0.5 * 1.01)
  }

  /// From a witness of the first face alone.
  @Test func startsLieBehindTheFarFace() throws {
    let oracle = try oracle(secondFace: true, witnessAt: 1.05)
    let walk = try #require(try DistantStarts.walk(oracle, metric: .l2))
    #expect(try walk.run([0], steps: 30, rule: { .averaged(0.8 / Double($0 + 1)) }))
    #expect(walk.tracks[0].best < 0.5 * 1.02)
  }

  /// From x to {x₁ + .01 x₂ + … ≥ 1}, when a witness three times as far is known.
  @Test func descentSettlesNearTheBoundary() throws {
    let oracle = try oracle(secondFace: false, witnessAt: 3)
    let walk = try #require(try LagrangianDescent(steps: 150, rate: 1).walk(oracle, metric: .l2))
    #expect(oracle.queries == 151)
    #expect(walk.tracks.map(\.target) == [1])
    #expect(try #require(oracle.bestDistance) < 1.05)
  }

  /// Its one step asks about the witness, which flips; x would not.
  @Test func descentStartsAtTheWitness() throws {
    let oracle = try oracle(secondFace: false, witnessAt: 3)
    let descent = LagrangianDescent(steps: 1, rate: 1, fromWitness: true)
    let walk = try #require(try descent.walk(oracle, metric: .l2))
    #expect(walk.tracks.count == 1)
    #expect(walk.point(0)[0] == 3)
  }

  /// The same in ℓ₁, where the price keeps all coordinates but one at x.
  @Test func primalDualDescentSettlesNearTheBoundary() throws {
    let oracle = try oracle(norm: .l1, secondFace: false, witnessAt: 3)
    let walk = try #require(try PrimalDualDescent(steps: 150, rate: 0.2).walk(oracle))
    #expect(oracle.queries == 151)
    #expect(walk.tracks.map(\.target) == [1])
    #expect(try #require(oracle.bestDistance) < 1.05)
  }

  /// The slopes at x are those of the first face, which are worth the first price in every coordinate.
  @Test func primalDualDescentFindsTheFaceBehind() throws {
    let oracle = try oracle(norm: .l1, secondFace: true, others: 0.05, witnessAt: 1.05)
    _ = try #require(try PrimalDualDescent(steps: 150, rate: 0.2).walk(oracle))
    #expect(try #require(oracle.bestDistance) < 0.5 * 1.1)
  }

  /// A half-space has nothing to find behind its boundary: the second descent is left out.
  @Test func onlyRuggedBoundariesAreSearchedTwice() throws {
    let queries = try [false, true].map { secondFace in
      let attack = try attack(.l1)
      let oracle = try oracle(norm: .l1, secondFace: secondFace, witnessAt: nil)
      for round in 0..<2 {
        var generator = attack.generator(.boundaryWalk, input: 0, round: round)
        try BoundarySearch().runSmallestNorm(on: oracle, generator: &generator)
      }
      return oracle.queries
    }
    #expect(queries[1] - queries[0] >= 150 + 25)
  }

  private func attack(_ norm: Norm) throws -> BaseAttack {
    try BaseAttack(
      name: .boundaryWalk, goal: .smallestNorm,
      threat: ThreatModel(norm: norm, space: InputSpace(bounds: nil, gridSteps: nil)), seed: 1)
  }

  private func oracle(norm: Norm = .l2, secondFace: Bool, others: Float = 0.01, witnessAt place: Float?)
    throws -> Oracle
  {
    let d = 40
    var first = [Float](repeating: others, count: d)
    first[0] = 1
    var second = [Float](repeating: 0, count: d)
    second[1] = 10
    var faces: [(weights: [Float], bias: Float)] = []
    faces.append((first, -1))
    if secondFace { faces.append((second, -5)) }
    let classifier = CreasedClassifier(faces: faces, dimension: d, batchSize: 3)
    let input = AttackInput(index: 0, point: [Float](repeating: 0, count: d), grid: nil, label: 0)
    let oracle = try attack(norm).oracle(input, reference: classifier, gradients: classifier)
    guard let place else { return oracle }
    oracle.row(0).update(repeating: 0)
    oracle.row(0)[0] = place
    #expect(try oracle.evaluate(count: 1, attack: "test") == .answered)
    return oracle
  }
}
