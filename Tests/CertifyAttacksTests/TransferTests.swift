import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct TransferTests {
  static let problem = LinearProblem(shape: [20], classCount: 3, seed: 6)

  static func run(
    _ name: AttackName, _ norm: Norm, goal: AttackGoal = .smallestNorm, gradients: Bool = false,
    surrogate: LinearProblem? = problem
  ) throws -> (outcome: AttackOutcome, asked: Int) {
    let reference = problem.classifier(batchSize: 8)
    let attack = try BaseAttack(
      name: name, goal: goal, threat: BaseAttackTests.threat(norm, box: true), seed: 2)
    let outcome = try attack.run(
      on: problem.input(), reference: reference,
      gradients: gradients ? problem.classifier(batchSize: 8) : nil,
      surrogate: surrogate?.classifier(batchSize: 8))
    return (outcome, reference.forwardRows)
  }

  /// From an equal model, a model without gradients is attacked as if it had some; the surrogate's queries are its own.
  @Test(arguments: [AttackName.transfer, .best], Norm.allCases)
  func anEqualModelGivesItsWitnesses(_ name: AttackName, _ norm: Norm) throws {
    let (outcome, asked) = try Self.run(name, norm)
    let witness = try #require(outcome.witness)
    let exact = Self.problem.radius(norm: norm, box: true)
    #expect(witness.distance >= exact * (1 - 2e-6) && witness.distance <= exact * 1.01)
    #expect(witness.attack == "transfer")
    #expect(outcome.gradients == 0 && outcome.queries == asked)
  }

  @Test func fixedEpsilon() throws {
    let exact = Self.problem.radius(norm: .linf, box: true)
    #expect(try Self.run(.transfer, .linf, goal: .epsilons([exact * 1.02])).outcome.witness != nil)
    #expect(try Self.run(.transfer, .linf, goal: .epsilons([exact * 0.98])).outcome.witness == nil)
  }

  /// A model of another kind of error is of less use; what it finds is a witness all the same.
  @Test func anotherModelFindsValidWitnesses() throws {
    var other = Self.problem
    for i in other.weights.indices { other.weights[i] += i % 3 == 0 ? 0.4 : -0.2 }
    let witness = try #require(try Self.run(.transfer, .l2, surrogate: other).outcome.witness)
    let exact = Self.problem.radius(norm: .l2, box: true)
    #expect(witness.distance >= exact * (1 - 2e-6))
    #expect(try Self.problem.decision(witness.point) == witness.witnessClass)
    // Beside gradients of its own the model is broken as near as ever.
    let both = try #require(try Self.run(.best, .l2, gradients: true, surrogate: other).outcome.witness)
    #expect(both.distance <= exact * 1.01)
  }

  @Test func withoutASecondModelThereIsNone() {
    let error = #expect(throws: AttackError.self) { try Self.run(.transfer, .l2, surrogate: nil) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("it needs a second model"))
  }
}
