import CertifyAttacks
import CertifyEngine
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct TargetedAttackTests {
  static let problem = LinearProblem(shape: [20], classCount: 4, seed: 13)

  static func attack(_ name: AttackName, _ norm: Norm, goal: AttackGoal = .smallestNorm) throws -> BaseAttack
  {
    try BaseAttack(name: name, goal: goal, threat: BaseAttackTests.threat(norm, box: true), seed: 2)
  }

  static func run(_ attack: BaseAttack, target: Int) throws -> AttackOutcome {
    try attack.run(
      on: problem.input(), target: target, reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: 8))
  }

  /// The least of all targets is the untargeted radius, and no target is nearer than the half-space against the label.
  @Test(arguments: [AttackName.best, .pgd, .fmn, .boundaryWalk], Norm.allCases)
  func everyClassIsReached(_ name: AttackName, _ norm: Norm) throws {
    let attack = try Self.attack(name, norm)
    let label = Self.problem.label
    var nearest = Double.infinity
    for target in 0..<4 where target != label {
      let outcome = try Self.run(attack, target: target)
      let witness = try #require(outcome.witness)
      #expect(witness.witnessClass == target)
      #expect(try Self.problem.decision(witness.point) == target)
      #expect(outcome.cleanClass == label)
      #expect(outcome.queries <= attack.parameters.maximumQueries)
      let z = Self.problem.logits(Self.problem.x)
      let gain = Self.problem.gain(target, norm: norm, epsilon: witness.distance, box: true)
      #expect(gain >= (z[label] - z[target]) * (1 - 1e-5))
      nearest = min(nearest, witness.distance)
    }
    #expect(nearest <= Self.problem.radius(norm: norm, box: true) * 1.01)
  }

  @Test func targetsThatAreNoneAreRefused() throws {
    let attack = try Self.attack(.best, .l2)
    for target in [-1, 4, Self.problem.label] {
      #expect(throws: AttackError.self) { try Self.run(attack, target: target) }
    }
  }

  /// An input that has the target already is its own witness; one that has a third class is left alone.
  @Test func misclassifiedInputs() throws {
    let label = Self.problem.label
    var input = Self.problem.input()
    input.label = (label + 1) % 4
    let attack = try Self.attack(.best, .l2)
    func outcome(target: Int) throws -> AttackOutcome {
      try attack.run(
        on: input, target: target, reference: Self.problem.classifier(batchSize: 1),
        gradients: Self.problem.classifier(batchSize: 8))
    }
    let reached = try outcome(target: label)
    #expect(reached.witness?.distance == 0 && reached.witness?.attack == Witness.clean)
    #expect(reached.witness?.witnessClass == label)
    let other = try outcome(target: (label + 2) % 4)
    #expect(other.witness == nil && other.gradients == 0 && other.cleanClass == label)
  }

  @Test(arguments: [
    ("3", AttackTarget.label(3), [3]), ("second", .second, [3]), ("least-likely", .leastLikely, [0]),
    ("all", .all, [0, 1, 3]), ("2", .label(2), [Int]()),
  ])
  func targetsAreChosenByTheLogits(_ text: String, _ target: AttackTarget, _ classes: [Int]) {
    #expect(AttackTarget(argument: text) == target)
    #expect(target.description == text)
    #expect(target.classes(logits: [-1, 0.5, 3, 0.5 + 1], label: 2) == classes)
  }

  @Test func tiesGoToTheLowestClass() {
    #expect(AttackTarget.second.classes(logits: [1, 2, 2, 5], label: 3) == [1])
    #expect(AttackTarget.leastLikely.classes(logits: [1, 1, 2, 5], label: 3) == [0])
    #expect(AttackTarget(argument: "-1") == nil && AttackTarget(argument: "third") == nil)
  }

  /// A smoothed witness of a target has more than half of the answers.
  @Test(arguments: [true, false]) func smoothedTargets(gradients: Bool) throws {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 3, seed: 8, margin: 0.5)
    let noise = try NoiseGenerator(
      smoothing: Smoothing(noise: .gaussian, sigma: 0.1), dimension: 36, seed: 4)
    let attack = try SmoothedAttack(
      name: .best, goal: .smallestNorm, threat: BaseAttackTests.threat(.l2, box: true), noise: noise)
    var found = 0
    for target in 0..<3 where target != problem.label {
      let outcome = try attack.run(
        on: problem.input(), target: target, reference: problem.classifier(batchSize: 64),
        gradients: gradients ? problem.classifier(batchSize: 64) : nil)
      // Decisions alone need not show the way to the farther class.
      guard let witness = outcome.witness else {
        #expect(!gradients)
        continue
      }
      found += 1
      #expect(witness.witnessClass == target)
      let smoothed = try SmoothedClassifier(
        classifier: problem.classifier(batchSize: 64), smoothing: noise.smoothing, seed: 77)
      let counts = try smoothed.counts(
        at: .real(witness.point), input: 0, purpose: .estimation, samples: 0..<4000)
      #expect(counts.counts[target] > 1900)
    }
    #expect(found >= 1)
  }
}
