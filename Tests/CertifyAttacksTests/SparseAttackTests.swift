import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyAttacks

/// Attacks that change as few features as they can, on models where the fewest are known.
@Suite struct SparseAttackTests {
  static let box = InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: nil)

  /// The fewest features that flip a linear model: those with the largest gains, each moved to the end of its interval.
  static func fewest(_ problem: LinearProblem, free: [Int]? = nil) -> Int {
    let (y, z) = (problem.label, problem.logits(problem.x))
    return (0..<problem.classCount).filter { $0 != y }.map { c in
      let gains = (free ?? Array(0..<problem.d)).map { i in
        let g =
          Double(problem.weights[c * problem.d + i]) - Double(problem.weights[y * problem.d + i])
        return abs(g) * (g > 0 ? 1 - Double(problem.x[i]) : Double(problem.x[i]))
      }.sorted(by: >)
      var left = z[y] - z[c]
      return gains.firstIndex { gain in
        left -= gain
        return left < 0
      }.map { $0 + 1 } ?? .max
    }.min() ?? .max
  }

  static func attack(
    _ name: AttackName, _ space: InputSpace = box, budget: Int = 3000, seed: UInt64 = 1
  ) throws -> BaseAttack {
    var parameters = AttackParameters()
    parameters.maximumQueries = budget
    return try BaseAttack(
      name: name, goal: .smallestNorm, distance: .l0, space: space, parameters: parameters, seed: seed)
  }

  @Test(arguments: [AttackName.best, .fmn], [[17], [3, 8, 8]])
  func theFewestFeaturesOfLinearModels(_ name: AttackName, _ shape: [Int]) throws {
    for (batch, classes) in [(1, 2), (3, 4), (8, 3), (8, 4)] {
      for seed in 1...3 as ClosedRange<UInt64> {
        let problem = LinearProblem(
          shape: shape, classCount: classes, seed: seed, margin: shape == [17] ? 0.15 : 0.4)
        let fewest = Self.fewest(problem)
        let outcome = try Self.attack(name).run(
          on: problem.input(), reference: problem.classifier(batchSize: 1),
          gradients: problem.classifier(batchSize: batch))
        let witness = try #require(outcome.witness)
        #expect(Int(witness.distance) == fewest, "\(name) B\(batch) K\(classes) seed \(seed)")
        #expect(zip(witness.point, problem.x).count { $0 != $1 } == Int(witness.distance))
        #expect(Self.box.contains(witness.point))
        #expect(try problem.decision(witness.point) == witness.witnessClass)
        #expect(witness.witnessClass != problem.label && witness.attack == "fmn")
      }
    }
  }

  /// From decisions alone: at most twice the fewest.
  @Test(arguments: [AttackName.best, .randomSearch]) func withoutGradients(_ name: AttackName) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let problem = LinearProblem(shape: [17], classCount: 3, seed: seed, margin: 0.15)
      let outcome = try Self.attack(name).run(
        on: problem.input(), reference: problem.classifier(batchSize: 8), gradients: nil)
      let witness = try #require(outcome.witness)
      #expect(Int(witness.distance) >= Self.fewest(problem))
      #expect(Int(witness.distance) <= 2 * Self.fewest(problem))
      #expect(outcome.gradients == 0 && witness.attack == "random-search")
    }
  }

  @Test(arguments: [AttackName.best, .fmn, .randomSearch]) func budgetsAreKept(_ name: AttackName) throws {
    let problem = LinearProblem(shape: [3, 8, 8], classCount: 4, seed: 5, margin: 0.4)
    for budget in Array(1...40) + [60, 100, 150, 300, 700] {
      let reference = problem.classifier(batchSize: 1)
      let gradients = problem.classifier(batchSize: budget % 2 == 0 ? 8 : 1)
      let outcome = try Self.attack(name, budget: budget).run(
        on: problem.input(), reference: reference, gradients: gradients)
      #expect(outcome.queries <= budget)
      #expect(outcome.queries == reference.forwardRows + gradients.forwardRows)
      #expect(outcome.gradients == gradients.backwardRows)
    }
  }

  @Test func onTheGridWithMasksAndTargets() throws {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 3, seed: 9, onGrid: true, margin: 0.2)
    let immutable = Array(0..<12)
    let space = InputSpace(
      bounds: .init(lower: 0, upper: 1), gridSteps: 255,
      features: try FeatureLimits(count: 36, immutable: immutable))
    let attack = try Self.attack(.best, space)
    let outcome = try attack.run(
      on: problem.input(steps: 255), reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: 8))
    let witness = try #require(outcome.witness)
    #expect(immutable.allSatisfy { witness.point[$0] == problem.x[$0] })
    #expect(witness.grid.map { $0.map { Float($0) / 255 } } == witness.point)
    #expect(Int(witness.distance) == Self.fewest(problem, free: Array(12..<36)))
    for target in 0..<3 where target != problem.label {
      let aimed = try attack.run(
        on: problem.input(steps: 255), target: target, reference: problem.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: 8))
      let reached = try #require(aimed.witness)
      #expect(reached.witnessClass == target && reached.distance >= witness.distance)
      #expect(try problem.decision(reached.point) == target)
    }
  }

  /// Integer features and units: moves are whole, and counting does not depend on the units.
  @Test func stepsAndScales() throws {
    let problem = LinearProblem(shape: [12], classCount: 2, seed: 5, margin: 0.2)
    let step = [Float](repeating: 0.25, count: 12)
    let limits = try FeatureLimits(
      count: 12, lower: problem.x.map { $0 - 0.6 }, upper: problem.x.map { $0 + 0.6 }, step: step,
      scale: (0..<12).map { 0.1 + Float($0) })
    let space = InputSpace(bounds: nil, gridSteps: nil, features: limits)
    let outcome = try Self.attack(.best, space).run(
      on: problem.input(), reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: 8))
    let witness = try #require(outcome.witness)
    #expect(witness.distance == Double(zip(witness.point, problem.x).count { $0 != $1 }))
    for i in 0..<12 {
      let moves = (Double(witness.point[i]) - Double(problem.x[i])) / 0.25
      #expect(abs(moves - moves.rounded()) < 1e-5)
    }
  }

  @Test func wrongInputsAreLeftAlone() throws {
    let problem = LinearProblem(shape: [17], classCount: 3, seed: 2)
    var input = problem.input()
    input.label = (problem.label + 1) % 3
    let outcome = try Self.attack(.best).run(
      on: input, reference: problem.classifier(batchSize: 1), gradients: problem.classifier(batchSize: 8))
    #expect(outcome.witness?.distance == 0 && outcome.witness?.attack == "clean" && outcome.queries == 1)
  }

  @Test func whatDoesNotExistIsRefusedWithWhatDoes() throws {
    let known: [AttackName] = [.none, .fmn, .randomSearch, .best]
    let existing = AttackName.allCases.filter { (try? Self.attack($0)) != nil }
    #expect(Set(existing) == Set(known))
    let error = #expect(throws: AttackError.self) { try Self.attack(.pgd) }
    let text = "\(try #require(error))"
    #expect(text.contains("not for l0") && text.contains("none, fmn, random-search, best"), "\(text)")
    let fixed = #expect(throws: AttackError.self) {
      try BaseAttack(name: .fmn, goal: .epsilons([3]), distance: .l0, space: Self.box, seed: 1)
    }
    #expect("\(try #require(fixed))".contains("fewest features"))
  }

  @Test func resultsDependOnTheSeedAlone() throws {
    let problem = LinearProblem(shape: [3, 8, 8], classCount: 4, seed: 5, margin: 0.4)
    func point(_ seed: UInt64) throws -> [Float]? {
      try Self.attack(.randomSearch, seed: seed).run(
        on: problem.input(), reference: problem.classifier(batchSize: 8), gradients: nil
      ).witness?.point
    }
    #expect(try point(1) == point(1))
    #expect(try point(1) != point(2))
  }

  /// FMN's projection: the farthest coordinates stay, of equally far ones the first.
  @Test func theLargestChangesAreKept() {
    let input = AttackInput(index: 0, point: [0, 0, 0, 0, 0], grid: nil, label: 0)
    let neighbourhood = Neighbourhood(
      input: input, threat: ThreatModel(norm: .l2, space: InputSpace(bounds: nil, gridSteps: nil)))
    for (count, expected) in [
      (1, [0, 0, 3, 0, 0]), (2, [-2, 0, 3, 0, 0]), (3, [-2, 0, 3, 2, 0]), (5, [-2, 1, 3, 2, 0]),
    ] as [(Int, [Float])] {
      var point: [Float] = [-2, 1, 3, 2, 0]
      point.withUnsafeMutableBufferPointer { neighbourhood.keepLargest(count, of: $0) }
      #expect(point == expected)
    }
  }

  /// Each point on the way flips and changes fewer features, and of the last one none can be given back.
  @Test(arguments: [1, 5, 16]) func featuresAreGivenBackUntilEachIsNeeded(_ batch: Int) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let problem = LinearProblem(shape: [3, 8, 8], classCount: 3, seed: seed, margin: 0.4)
      let rival = try #require((0..<3).first { $0 != problem.label })
      let far = (0..<problem.d).map { i -> Float in
        problem.weights[rival * problem.d + i] > problem.weights[problem.label * problem.d + i] ? 1 : 0
      }
      let oracle = try Oracle(
        input: problem.input(), threat: BaseAttackTests.threat(.l2, box: true),
        reference: problem.classifier(batchSize: 1), gradients: problem.classifier(batchSize: batch),
        maximumQueries: 10_000, distance: .l0)
      let points = try oracle.givingBack(from: far, attack: "test")
      #expect(points.first == far && points.count > 2)
      let counts = points.map { oracle.changedFeatures(of: $0).count }
      #expect(counts == counts.sorted(by: >) && Set(counts).count == counts.count)
      for point in points { #expect(try problem.decision(point) != problem.label) }
      let last = try #require(points.last)
      for i in oracle.changedFeatures(of: last) {
        #expect(try problem.decision(oracle.restoring([i], of: last)) == problem.label)
      }
    }
  }
}
