import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct OracleTests {
  let problem = LinearProblem(shape: [1, 6, 6], classCount: 4, seed: 21)
  static let baseAttacks = AttackMatrix.names(.smallestNorm)
  static let fixedAttacks = AttackMatrix.names(.epsilons([1])).filter { !baseAttacks.contains($0) }

  static func exists(_ name: AttackName, _ norm: Norm) -> Bool {
    AttackMatrix.exists(name, norm, .smallestNorm)
  }

  static func attack(
    _ name: AttackName, norm: Norm = .l2, goal: AttackGoal = .smallestNorm, budget: Int = 3000
  )
    throws -> BaseAttack
  {
    var parameters = AttackParameters()
    parameters.maximumQueries = budget
    return try BaseAttack(
      name: name, goal: goal, threat: BaseAttackTests.threat(norm, box: true), parameters: parameters, seed: 3
    )
  }

  @Test(arguments: baseAttacks + fixedAttacks) func budgetIsNeverExceeded(_ name: AttackName) throws {
    for goal in [AttackGoal.smallestNorm, .epsilons([1e-3, 2e-3, 0.5])] {
      for norm in Norm.allCases where AttackMatrix.exists(name, norm, goal) {
        for budget in Array(1...50) + [100, 700] {
          let reference = problem.classifier(batchSize: 1)
          let gradients = problem.classifier(batchSize: budget % 3 == 0 ? 1 : 16)
          let outcome = try Self.attack(name, norm: norm, goal: goal, budget: budget)
            .run(on: problem.input(), reference: reference, gradients: gradients)
          #expect(outcome.queries <= budget)
          #expect(outcome.queries == reference.forwardRows + gradients.forwardRows)
          #expect(outcome.gradients == gradients.backwardRows)
        }
      }
    }
  }

  /// With the smallest budget that is not refused an attack gets as far as its first step.
  @Test(arguments: baseAttacks + fixedAttacks, [2, 4, 12]) func smallestBudgetHoldsAStep(
    _ name: AttackName, _ classes: Int
  ) throws {
    let problem = LinearProblem(shape: [12], classCount: classes, seed: 4)
    let isFixed = Self.fixedAttacks.contains(name)
    let goal = isFixed ? AttackGoal.epsilons([1e-3]) : .smallestNorm
    func refusal(_ budget: Int) throws -> AttackError? {
      var parameters = AttackParameters()
      parameters.maximumQueries = budget
      do throws(AttackError) {
        try name.check(
          smoothed: false, gradients: true, classCount: classes, goal: goal, norm: .l2, parameters: parameters
        )
        return nil
      } catch {
        return error
      }
    }
    let smallest = try #require(try (1...1000).first { try refusal($0) == nil })
    #expect(smallest > 1)
    let error = try #require(try refusal(smallest - 1))
    #expect("\(error)".contains("\(smallest) against \(classes) classes"))
    let gradients = problem.classifier(batchSize: 64)
    let outcome = try Self.attack(name, goal: goal, budget: smallest).run(
      on: problem.input(), reference: problem.classifier(batchSize: 1), gradients: gradients)
    // More than the query of x itself and, where there are gradients at all, those at x.
    #expect(outcome.queries > 1)
    let usesGradients = outcome.gradients > 0
    let atInput = min(classes - 1, 9)
    if usesGradients, ![.apgdCrossEntropy, .apgdRatio, .auto, .flow].contains(name) {
      #expect(gradients.forwardRows > 1 + atInput)
    }
  }

  @Test(arguments: baseAttacks + fixedAttacks) func misclassifiedInputIsItsOwnWitness(_ name: AttackName)
    throws
  {
    var input = problem.input()
    input.label = (input.label + 1) % 4
    for goal in [AttackGoal.smallestNorm, .epsilons([0.1])] {
      for norm in Norm.allCases where AttackMatrix.exists(name, norm, goal) {
        let gradients = problem.classifier(batchSize: 8)
        let outcome = try Self.attack(name, norm: norm, goal: goal).run(
          on: input, reference: problem.classifier(batchSize: 1), gradients: gradients)
        #expect(outcome.witness?.distance == 0)
        #expect(outcome.witness?.attack == Witness.clean)
        #expect(outcome.witness?.witnessClass == problem.label)
        #expect(outcome.witness?.point == problem.x)
        #expect(outcome.queries == 1)
        #expect(gradients.forwardRows == 0)
      }
    }
  }

  /// Whatever an attack writes, f is asked about points of 𝒳 only.
  @Test func rowsAreMovedIntoTheSpace() throws {
    let classifier = problem.classifier(batchSize: 2)
    let oracle = try Oracle(
      input: problem.input(), threat: BaseAttackTests.threat(.l2, box: true),
      reference: problem.classifier(batchSize: 1), gradients: classifier, maximumQueries: 100)
    for i in 0..<oracle.dimension {
      oracle.row(0)[i] = [-5, 0.25, 1.5, .nan, .infinity][i % 5]
      oracle.row(1)[i] = Float(i) / 10 - 1
    }
    #expect(try oracle.evaluate(count: 2, attack: "test") == .answered)
    let x = problem.x
    for i in 0..<oracle.dimension {
      #expect(classifier.inputs[i] == [0, 0.25, 1, x[i], x[i]][i % 5])
      #expect(classifier.inputs[oracle.dimension + i] == min(max(Float(i) / 10 - 1, 0), 1))
    }
  }

  /// The classifier with gradients flips earlier than the one that defines f: only the latter counts.
  @Test(arguments: baseAttacks + fixedAttacks, Norm.allCases) func witnessesHoldOnTheReference(
    _ name: AttackName, _ norm: Norm
  ) throws {
    var easier = problem
    let z = problem.logits(problem.x).sorted(by: >)
    easier.bias[problem.label] -= Float(z[0] - z[1]) / 2
    #expect(easier.label == problem.label)
    let exact = problem.radius(norm: norm, box: true)
    var unbeatable = problem
    unbeatable.bias[problem.label] += 1000
    for goal in [AttackGoal.smallestNorm, .epsilons([exact * 1.2])]
    where AttackMatrix.exists(name, norm, goal) {
      let outcome = try Self.attack(name, norm: norm, goal: goal, budget: 1000).run(
        on: problem.input(), reference: problem.classifier(batchSize: 1),
        gradients: easier.classifier(batchSize: 8))
      if let witness = outcome.witness {
        #expect(try problem.decision(witness.point) != problem.label)
        #expect(witness.distance >= exact * (1 - 2e-6))
      }
      let none = try Self.attack(name, norm: norm, goal: goal, budget: 1000).run(
        on: problem.input(), reference: unbeatable.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: 8))
      #expect(none.witness == nil)
    }
  }

  @Test func noWitnessIsAbsent() throws {
    var unbeatable = problem
    unbeatable.bias[problem.label] += 1000
    for name in Self.baseAttacks {
      let outcome = try Self.attack(name).run(
        on: problem.input(), reference: unbeatable.classifier(batchSize: 1),
        gradients: unbeatable.classifier(batchSize: 8))
      #expect(outcome.witness == nil)
      #expect(outcome.cleanClass == problem.label)
    }
  }

  @Test func noneAsksOnlyAboutTheInput() throws {
    let outcome = try Self.attack(.none).run(
      on: problem.input(), reference: problem.classifier(batchSize: 1), gradients: nil)
    #expect(outcome.witness == nil)
    #expect(outcome.queries == 1)
  }

  @Test(arguments: baseAttacks, Norm.allCases) func resultsDoNotDependOnOrder(
    _ name: AttackName, _ norm: Norm
  )
    throws
  {
    guard Self.exists(name, norm) else { return }
    let attack = try Self.attack(name, norm: norm)
    let others = (0..<3).map { LinearProblem(shape: [1, 6, 6], classCount: 4, seed: 30 + $0).x }
    func run(_ order: [Int]) throws -> [Int: Witness?] {
      let (reference, gradients) = (problem.classifier(batchSize: 4), problem.classifier(batchSize: 8))
      var results: [Int: Witness?] = [:]
      for index in order {
        var input = problem.input(index: index)
        input.point = others[index]
        var labelled = problem
        labelled.x = others[index]
        input.label = labelled.label
        results[index] = try attack.run(on: input, reference: reference, gradients: gradients).witness
      }
      return results
    }
    #expect(try run([0, 1, 2]) == run([2, 0, 1]))
  }

  @Test func seedAndIndexKeyTheRandomChoices() throws {
    func distance(seed: UInt64, index: Int) throws -> Double? {
      let attack = try BaseAttack(
        name: .randomSearch, goal: .smallestNorm, threat: BaseAttackTests.threat(.l2, box: true), seed: seed)
      return try attack.run(
        on: problem.input(index: index), reference: problem.classifier(batchSize: 8), gradients: nil
      ).witness?.distance
    }
    let first = try distance(seed: 1, index: 0)
    #expect(first != nil)
    #expect(try distance(seed: 1, index: 0) == first)
    #expect(try distance(seed: 2, index: 0) != first)
    #expect(try distance(seed: 1, index: 1) != first)
  }

  @Test(arguments: Norm.allCases, [[17], [1, 6, 6], [3, 8, 8]]) func gridWitnessesLieOnTheGrid(
    _ norm: Norm, _ shape: [Int]
  ) throws {
    let problem = LinearProblem(shape: shape, classCount: 3, seed: 5, onGrid: true, margin: 0.1)
    let threat = BaseAttackTests.threat(norm, box: true, grid: true)
    let exact = problem.radius(norm: norm, box: true)
    for name in Self.baseAttacks where Self.exists(name, norm) {
      let attack = try BaseAttack(name: name, goal: .smallestNorm, threat: threat, seed: 1)
      let outcome = try attack.run(
        on: problem.input(steps: 255), reference: problem.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: 16))
      let witness = try #require(outcome.witness)
      let grid = try #require(witness.grid)
      #expect(witness.point == grid.map { Float($0) / 255 })
      let x = problem.input(steps: 255).grid ?? []
      let steps = zip(grid, x).map { abs(Double($0) - Double($1)) }
      let distance =
        switch norm {
        case .l1: steps.reduce(0, +) / 255
        case .l2: steps.reduce(0) { $0 + $1 * $1 }.squareRoot() / 255
        case .linf: (steps.max() ?? 0) / 255
        }
      #expect(abs(witness.distance - distance) <= 1e-12 && witness.distance >= distance * (1 - 1e-15))
      #expect(witness.distance >= exact * (1 - 2e-6))
      #expect(try problem.decision(witness.point) == witness.witnessClass)
      let greedy = problem.greedyGridRadius(norm: norm)
      // A walk in real coordinates is rounded at the end: less than a step a coordinate is lost by that.
      let isRounded = [.ddn, .fmn, .fab, .boundaryWalk].contains(name) && norm == .l2
      if !isRounded, ![.randomSearch, .hopSkipJump].contains(name) {
        #expect(witness.distance <= greedy * 1.01)
      }
    }
  }

  /// ε = n/255 is reached exactly on the grid, and (n − ½)/255 is not.
  @Test func fixedEpsilonOnTheGridTakesWholeSteps() throws {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 3, seed: 5, onGrid: true, margin: 0.1)
    let threat = BaseAttackTests.threat(.linf, box: true, grid: true)
    let steps = (problem.radius(norm: .linf, box: true) * 255).rounded(.up)
    // The two that search at random do not find a single point.
    for name in Self.fixedAttacks + [.fgsm, .pgd, .fab] where ![.square, .minimizingMovement].contains(name) {
      for (epsilon, succeeds) in [(steps / 255, true), ((steps - 0.5) / 255, false)] {
        let outcome = try BaseAttack(name: name, goal: .epsilons([epsilon]), threat: threat, seed: 1).run(
          on: problem.input(steps: 255), reference: problem.classifier(batchSize: 1),
          gradients: problem.classifier(batchSize: 16))
        #expect((outcome.succeededEpsilon != nil) == succeeds, "\(name) at \(epsilon)")
      }
    }
  }

  @Test(arguments: Norm.allCases, [1, 7, 32]) func curvedBoundary(_ norm: Norm, _ batch: Int) throws {
    var generator = TestGenerator(state: 9)
    let center = (0..<20).map { _ in Float.random(in: -1...1, using: &generator) }
    let x = center.map { $0 + Float.random(in: -0.3...0.3, using: &generator) }
    let sphere = SphereClassifier(center: center, radius: 3, batchSize: batch)
    let outcome = try BaseAttack(
      name: .pgd, goal: .smallestNorm, threat: BaseAttackTests.threat(norm, box: false), seed: 1
    ).run(
      on: AttackInput(index: 0, point: x, grid: nil, label: 0),
      reference: SphereClassifier(center: center, radius: 3, batchSize: 1), gradients: sphere)
    let exact = sphere.exactRadius(at: x, norm: norm)
    let witness = try #require(outcome.witness)
    #expect(witness.distance >= exact * (1 - 2e-6))
    #expect(witness.distance <= exact * 1.01)
  }

  /// The gradient at x does not point to the nearest boundary point: one step is not enough, PGD's are.
  @Test(arguments: [1, 7, 32]) func misleadingFirstGradient(_ batch: Int) throws {
    var generator = TestGenerator(state: 9)
    let center = (0..<20).map { _ in Float.random(in: -1...1, using: &generator) }
    let x = center.map { $0 + Float.random(in: -0.3...0.3, using: &generator) }
    let curvatures = (0..<20).map { _ in Double.random(in: 0.05...1, using: &generator) }
    func ellipsoid(_ batch: Int) -> SphereClassifier {
      SphereClassifier(center: center, radius: 3, curvatures: curvatures, batchSize: batch)
    }
    let exact = ellipsoid(1).exactL2Radius(at: x)
    func run(_ name: AttackName, _ goal: AttackGoal) throws -> Witness? {
      try BaseAttack(name: name, goal: goal, threat: BaseAttackTests.threat(.l2, box: false), seed: 1).run(
        on: AttackInput(index: 0, point: x, grid: nil, label: 0), reference: ellipsoid(1),
        gradients: ellipsoid(batch)
      ).witness
    }
    let oneStep = try #require(try run(.fgsm, .smallestNorm))
    #expect(oneStep.distance > exact * 1.02)
    let witness = try #require(try run(.pgd, .smallestNorm))
    #expect(witness.distance >= exact * (1 - 2e-6))
    #expect(witness.distance <= exact * 1.01)
    #expect(try run(.fgsm, .epsilons([exact * 1.01])) == nil)
    #expect(try run(.pgd, .epsilons([exact * 1.01])) != nil)
    #expect(try run(.pgd, .epsilons([exact * 0.99])) == nil)
  }
}
