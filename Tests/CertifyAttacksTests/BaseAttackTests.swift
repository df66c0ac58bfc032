import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct BaseAttackTests {
  static let models: [(shape: [Int], batch: Int)] = [([17], 1), ([1, 6, 6], 3), ([3, 8, 8], 8), ([17], 64)]
  static let smallest: [AttackName] = [.fgsm, .pgd, .ddn, .fmn, .fab, .boundaryWalk, .best]
  static let fixed: [AttackName] = [
    .fgsm, .pgd, .momentum, .apgdCrossEntropy, .apgdRatio, .apgdTargeted, .flow, .ddn, .fmn, .fab,
    .boundaryWalk,
    .auto,
  ]

  static func threat(_ norm: Norm, box: Bool, grid: Bool = false) -> ThreatModel {
    ThreatModel(
      norm: norm,
      space: InputSpace(bounds: box ? .init(lower: 0, upper: 1) : nil, gridSteps: grid ? 255 : nil))
  }

  struct Case: Sendable, CustomStringConvertible {
    var name: AttackName
    var norm: Norm
    var shape: [Int]
    var batch: Int
    var classes: Int
    var box: Bool
    var sparse: Bool
    var description: String { "\(name) \(norm) \(shape) B\(batch) K\(classes) box \(box) sparse \(sparse)" }
  }

  static func cases(_ names: [AttackName]) -> [Case] {
    var all: [Case] = []
    for name in names {
      for norm in Norm.allCases where name != .ddn || norm == .l2 {
        for (shape, batch) in models {
          for (classes, box, sparse) in [
            (4, false, false), (4, true, false), (2, true, false), (3, true, true),
          ] {
            all.append(
              Case(
                name: name, norm: norm, shape: shape, batch: batch, classes: classes, box: box, sparse: sparse
              ))
          }
        }
      }
    }
    return all
  }

  @Test(arguments: cases(smallest)) func smallestNormOnLinearModels(_ test: Case) throws {
    let problem = LinearProblem(shape: test.shape, classCount: test.classes, seed: 7, sparse: test.sparse)
    let attack = try BaseAttack(
      name: test.name, goal: .smallestNorm, threat: Self.threat(test.norm, box: test.box), seed: 1)
    let outcome = try attack.run(
      on: problem.input(), reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: test.batch))
    let exact = problem.radius(norm: test.norm, box: test.box)
    let witness = try #require(outcome.witness)
    // The logits are floats: the boundary itself is only known to their rounding.
    #expect(witness.distance >= exact * (1 - 2e-6), "\(witness.distance) < \(exact)")
    #expect(witness.distance <= exact * 1.01, "\(witness.distance) > 1.01 · \(exact)")
    #expect(try problem.decision(witness.point) == witness.witnessClass)
    #expect(witness.witnessClass != problem.label)
    #expect(outcome.queries <= attack.parameters.maximumQueries)
  }

  @Test(arguments: cases(fixed)) func fixedEpsilonOnLinearModels(_ test: Case) throws {
    // Among many classes the point where cross-entropy is largest is not the one where a margin is, and a flow
    // from x may end at another class than the nearest.
    if [.apgdCrossEntropy, .flow].contains(test.name), test.classes > 2 { return }
    let problem = LinearProblem(shape: test.shape, classCount: test.classes, seed: 11, sparse: test.sparse)
    let exact = problem.radius(norm: test.norm, box: test.box)
    for (factor, succeeds) in [(0.99, false), (1.01, true)] {
      let attack = try BaseAttack(
        name: test.name, goal: .epsilons([exact * factor]), threat: Self.threat(test.norm, box: test.box),
        seed: 1)
      let outcome = try attack.run(
        on: problem.input(), reference: problem.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: test.batch))
      #expect((outcome.succeededEpsilon != nil) == succeeds)
      if let witness = outcome.witness, succeeds {
        #expect(AttackGoal.isWithin(witness.distance, epsilon: exact * factor))
      }
    }
  }
}
