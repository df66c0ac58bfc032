import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

/// Attacks on several inputs share batches, and each learns what it would have learnt alone.
@Suite struct LockstepTests {
  /// Inputs of one linear model: most are robust at ε, some are broken at once, one is misclassified.
  private struct Inputs {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 4, seed: 21)
    let all: [AttackInput]
    static let misclassified = 4

    init() throws {
      var generator = TestGenerator(state: 3)
      var all: [AttackInput] = []
      for index in 0..<9 {
        // From x itself to points that are far from it.
        let reach = 0.04 * Float(index)
        let point = problem.x.map { $0 + Float.random(in: -1...1, using: &generator) * reach }
        var label = try problem.decision(point)
        if index == Self.misclassified { label = (label + 1) % 4 }
        all.append(AttackInput(index: index, point: point, grid: nil, label: label))
      }
      self.all = all
    }
  }

  private static func attack(
    _ name: AttackName, _ norm: Norm, epsilons: [Double], restarts: Int, steps: Int = 12, budget: Int = 3000
  ) throws -> BaseAttack {
    var parameters = AttackParameters()
    (parameters.steps, parameters.restarts, parameters.maximumQueries) = (steps, restarts, budget)
    return try BaseAttack(
      name: name, goal: .epsilons(epsilons), threat: BaseAttackTests.threat(norm, box: true),
      parameters: parameters, seed: 3)
  }

  private static func epsilons(_ norm: Norm) -> [Double] {
    norm == .linf ? [0.002, 0.01] : norm == .l2 ? [0.02, 0.06] : [0.05, 0.15]
  }

  private static func summary(_ outcome: AttackOutcome) -> String {
    "\(outcome.witness.map { "\($0)" } ?? "none") \(outcome.cleanClass ?? -1) \(outcome.queries) "
      + "\(outcome.gradients) \(outcome.epsilons ?? []) \(outcome.budgetSpent)"
  }

  @Test(arguments: [AttackName.pgd, .momentum], Norm.allCases)
  func companyChangesNothing(_ name: AttackName, _ norm: Norm) throws {
    let inputs = try Inputs()
    for restarts in [1, 3] {
      let attack = try Self.attack(name, norm, epsilons: Self.epsilons(norm), restarts: restarts)
      #expect(attack.sharesBatches)
      func run(_ some: [AttackInput], rows: Int) throws -> [String] {
        try attack.run(
          on: some, reference: inputs.problem.classifier(batchSize: 1),
          gradients: inputs.problem.classifier(batchSize: 8),
          shared: inputs.problem.classifier(batchSize: rows)
        ).map(Self.summary)
      }
      let together = try run(inputs.all, rows: 5)
      #expect(together.count == 9)
      #expect(Set(together.map { $0.hasPrefix("none") }).count == 2, "some are broken and some are not")
      for (position, input) in inputs.all.enumerated() {
        #expect(try run([input], rows: 5) == [together[position]])
        let alone = try attack.run(
          on: input, reference: inputs.problem.classifier(batchSize: 1),
          gradients: inputs.problem.classifier(batchSize: 8))
        #expect(Self.summary(alone) == together[position])
      }
      #expect(try run(inputs.all.reversed(), rows: 12) == together.reversed())
      #expect(try run(Array(inputs.all[2..<7]), rows: 3) == Array(together[2..<7]))
    }
  }

  /// A robust input costs its steps; one that breaks leaves its place to the next, so that batches stay full.
  @Test func brokenInputsLeaveTheBatch() throws {
    let inputs = try Inputs()
    let attack = try Self.attack(.pgd, .linf, epsilons: [0.01], restarts: 1)
    let shared = CountingClassifier(inputs.problem.classifier(batchSize: 3))
    let outcomes = try attack.run(
      on: inputs.all, reference: inputs.problem.classifier(batchSize: 1),
      gradients: inputs.problem.classifier(batchSize: 8), shared: shared)
    let correct = outcomes.indices.filter { $0 != Inputs.misclassified }
    for index in correct {
      let outcome = outcomes[index]
      #expect(outcome.witness == nil ? outcome.gradients == 13 : outcome.gradients <= 13)
    }
    #expect(correct.contains { outcomes[$0].witness == nil })
    #expect(correct.contains { outcomes[$0].witness != nil && outcomes[$0].gradients < 13 })
    let rows = outcomes.reduce(0) { $0 + $1.gradients }
    #expect(shared.passes.reduce(0, +) == rows)
    // Only when no input is left to begin with are there fewer rows than places: for the steps of one attack.
    #expect(shared.passes.prefix { $0 == 3 }.count >= shared.passes.count - 13)
    #expect(shared.passes.count < rows)
  }

  @Test func misclassifiedInputIsNotTouched() throws {
    let inputs = try Inputs()
    let shared = CountingClassifier(inputs.problem.classifier(batchSize: 4))
    let attack = try Self.attack(.pgd, .l2, epsilons: [0.1], restarts: 2)
    let outcome = try #require(
      try attack.run(
        on: [inputs.all[Inputs.misclassified]], reference: inputs.problem.classifier(batchSize: 1),
        gradients: inputs.problem.classifier(batchSize: 8), shared: shared
      ).first)
    #expect(outcome.witness?.distance == 0 && outcome.witness?.attack == Witness.clean)
    #expect(outcome.queries == 1 && outcome.gradients == 0 && outcome.epsilons == nil)
    #expect(shared.passes.isEmpty)
  }

  @Test(arguments: [1, 2, 5, 17, 40]) func eachInputHasItsOwnBudget(_ budget: Int) throws {
    let inputs = try Inputs()
    let attack = try Self.attack(.pgd, .l2, epsilons: [1e-4, 2e-4], restarts: 3, budget: budget)
    let reference = inputs.problem.classifier(batchSize: 1)
    let gradients = inputs.problem.classifier(batchSize: 8)
    let shared = inputs.problem.classifier(batchSize: 5)
    let outcomes = try attack.run(
      on: inputs.all, reference: reference, gradients: gradients, shared: shared)
    for outcome in outcomes { #expect(outcome.queries <= budget) }
    #expect(
      outcomes.reduce(0) { $0 + $1.queries }
        == reference.forwardRows + gradients.forwardRows + shared.forwardRows)
    #expect(outcomes.reduce(0) { $0 + $1.gradients } == gradients.backwardRows + shared.backwardRows)
    if budget < 17 { #expect(outcomes[0].budgetSpent) }
  }

  /// Attacks that are no sequences of steps from fixed starts run one after another, with the same outcomes.
  @Test(arguments: [AttackName.fab, .apgdCrossEntropy, .auto]) func othersRunInTurn(_ name: AttackName) throws
  {
    let inputs = try Inputs()
    let attack = try Self.attack(name, .l2, epsilons: [0.1], restarts: 2, budget: 400)
    #expect(!attack.sharesBatches)
    let shared = CountingClassifier(inputs.problem.classifier(batchSize: 4))
    let outcomes = try attack.run(
      on: Array(inputs.all.prefix(2)), reference: inputs.problem.classifier(batchSize: 1),
      gradients: inputs.problem.classifier(batchSize: 8), shared: shared)
    #expect(shared.passes.isEmpty)
    for (input, outcome) in zip(inputs.all, outcomes) {
      let alone = try attack.run(
        on: input, reference: inputs.problem.classifier(batchSize: 1),
        gradients: inputs.problem.classifier(batchSize: 8))
      #expect(Self.summary(alone) == Self.summary(outcome))
    }
  }
}

/// Keeps the number of rows of every forward pass.
private final class CountingClassifier: DifferentiableClassifier {
  private let base: LinearClassifier
  private(set) var passes: [Int] = []
  var inputShape: [Int] { base.inputShape }
  var classCount: Int { base.classCount }
  var batchSize: Int { base.batchSize }
  var inputs: UnsafeMutableBufferPointer<Float> { base.inputs }
  var logits: UnsafeBufferPointer<Float> { base.logits }
  var logitGradients: UnsafeMutableBufferPointer<Float> { base.logitGradients }
  var inputGradients: UnsafeBufferPointer<Float> { base.inputGradients }

  init(_ base: LinearClassifier) { self.base = base }

  func forward(count: Int) throws {
    passes.append(count)
    try base.forward(count: count)
  }

  func backward(count: Int) throws { try base.backward(count: count) }
}
