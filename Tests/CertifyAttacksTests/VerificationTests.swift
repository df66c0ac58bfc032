import CertifyThreat
import Testing

@testable import CertifyAttacks

/// Points that flip for the classifier that is queried, and are looked at alone by the one that defines f.
@Suite struct VerificationTests {
  /// The queried boundary lies at 1, the one that counts at `boundary`, and the point at 1.0001: moved out by at
  /// most 1 % it holds, or not.
  @Test(arguments: [(1, 1.0001), (1.0005, 1.0012), (1.005, 1.0102), (1.02, nil)] as [(Float, Double?)])
  func pointsAreMovedOutUntilTheyHold(boundary: Float, limit: Double?) throws {
    let queried = CreasedClassifier(faces: [([1, 0], -1)], dimension: 2, batchSize: 1)
    let reference = CreasedClassifier(faces: [([1, 0], -boundary)], dimension: 2, batchSize: 1)
    let attack = try BaseAttack(
      name: .boundaryWalk, goal: .smallestNorm,
      threat: ThreatModel(norm: .l2, space: InputSpace(bounds: nil, gridSteps: nil)), seed: 1)
    let input = AttackInput(index: 0, point: [0, 0], grid: nil, label: 0)
    let oracle = try attack.oracle(input, reference: reference, gradients: queried)
    oracle.row(0)[0] = 1.0001
    oracle.row(0)[1] = 0
    #expect(try oracle.evaluate(count: 1, attack: "test") == .answered)
    let witness = try oracle.finish()
    #expect((witness == nil) == (limit == nil))
    guard let witness, let limit else { return }
    #expect(witness.distance > Double(boundary) * (1 - 1e-6) && witness.distance <= limit)
  }
}
