import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

/// Attacks on linear models where coordinates differ: exact radii are known from the slopes that are left.
@Suite struct ConstrainedAttackTests {
  static let problem = LinearProblem(shape: [12], classCount: 2, seed: 5, margin: 0.1)

  static func run(
    _ name: AttackName, _ norm: Norm, _ limits: FeatureLimits, problem: LinearProblem = problem,
    goal: AttackGoal = .smallestNorm
  ) throws -> AttackOutcome {
    let space = InputSpace(bounds: nil, gridSteps: nil, features: limits)
    let attack = try BaseAttack(
      name: name, goal: goal, threat: ThreatModel(norm: norm, space: space), seed: 3)
    return try attack.run(
      on: problem.input(), reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: 8))
  }

  /// margin / ‖s∘w‖_q over the coordinates that may change.
  static func exact(_ norm: Norm, scale: [Float], free: [Int]) -> Double {
    let z = problem.logits(problem.x)
    let slopes = free.map {
      Float(Double(scale[$0]) * (Double(problem.weights[problem.d + $0]) - Double(problem.weights[$0])))
    }
    return abs(z[0] - z[1]) / norm.dual.length(of: slopes)
  }

  @Test(arguments: [AttackName.best, .pgd, .fmn, .fab, .boundaryWalk, .randomSearch], Norm.allCases)
  func immutableFeaturesStay(_ name: AttackName, _ norm: Norm) throws {
    let immutable = [0, 1, 2, 5, 9]
    let free = (0..<12).filter { !immutable.contains($0) }
    let outcome = try Self.run(name, norm, try FeatureLimits(count: 12, immutable: immutable))
    let witness = try #require(outcome.witness)
    let exact = Self.exact(norm, scale: [Float](repeating: 1, count: 12), free: free)
    #expect(immutable.allSatisfy { witness.point[$0] == Self.problem.x[$0] })
    #expect(witness.distance >= exact * (1 - 2e-6))
    if name != .randomSearch { #expect(witness.distance <= exact * 1.01) }
  }

  @Test(arguments: [AttackName.best, .pgd, .fab, .boundaryWalk], Norm.allCases)
  func lengthsAreInTheUnitsOfTheFeatures(_ name: AttackName, _ norm: Norm) throws {
    let scale: [Float] = [0.01, 0.1, 1, 10, 0.5, 2, 3, 0.25, 1, 1, 5, 0.7]
    let outcome = try Self.run(name, norm, try FeatureLimits(count: 12, scale: scale))
    let witness = try #require(outcome.witness)
    let exact = Self.exact(norm, scale: scale, free: Array(0..<12))
    #expect(witness.distance >= exact * (1 - 1e-5))
    #expect(witness.distance <= exact * 1.01)
    #expect(try Self.problem.decision(witness.point) == witness.witnessClass)
  }

  @Test(arguments: Norm.allCases) func boundsOfSingleFeaturesHold(_ norm: Norm) throws {
    let lower = Self.problem.x.indices.map { Self.problem.x[$0] - Float($0) * 0.02 }
    let upper = Self.problem.x.indices.map { Self.problem.x[$0] + Float($0) * 0.02 }
    let limits = try FeatureLimits(count: 12, lower: lower, upper: upper)
    guard let witness = try Self.run(.best, norm, limits).witness else { return }
    for i in 0..<12 { #expect(witness.point[i] >= lower[i] && witness.point[i] <= upper[i]) }
    #expect(witness.point[0] == Self.problem.x[0])
    #expect(witness.distance >= Self.problem.radius(norm: norm, box: false) * (1 - 2e-6))
  }

  @Test(arguments: [AttackName.best, .randomSearch], [true, false])
  func stepsAreWhole(_ name: AttackName, scaled: Bool) throws {
    var step = [Float](repeating: 0.25, count: 12)
    step[3] = 0
    let limits = try FeatureLimits(
      count: 12, step: step, scale: scaled ? (0..<12).map { 1 + Float($0) } : nil)
    let outcome = try Self.run(name, .l2, limits)
    let witness = try #require(outcome.witness)
    for i in 0..<12 where i != 3 {
      let count = (Double(witness.point[i]) - Double(Self.problem.x[i])) / 0.25
      #expect(abs(count - count.rounded()) < 1e-5)
    }
    let threat = ThreatModel(norm: .l2, space: InputSpace(bounds: nil, gridSteps: nil, features: limits))
    #expect(witness.distance == (try threat.radius(of: witness.point, from: Self.problem.x)))
  }

  @Test func masksOfImagesOnTheGrid() throws {
    let problem = LinearProblem(shape: [1, 6, 6], classCount: 3, seed: 9, onGrid: true)
    let immutable = Array(0..<18)
    let space = InputSpace(
      bounds: .init(lower: 0, upper: 1), gridSteps: 255,
      features: try FeatureLimits(count: 36, immutable: immutable))
    for norm in Norm.allCases {
      let attack = try BaseAttack(
        name: .best, goal: .smallestNorm, threat: ThreatModel(norm: norm, space: space), seed: 3)
      let outcome = try attack.run(
        on: problem.input(steps: 255), reference: problem.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: 8))
      let witness = try #require(outcome.witness)
      #expect(immutable.allSatisfy { witness.point[$0] == problem.x[$0] })
      #expect(witness.grid.map { $0.map { Float($0) / 255 } } == witness.point)
      #expect(try problem.decision(witness.point) == witness.witnessClass)
    }
  }

  @Test func fixedEpsilonIsInTheUnitsOfTheFeatures() throws {
    let scale = (0..<12).map { 0.1 + Float($0) }
    let limits = try FeatureLimits(count: 12, scale: scale)
    for norm in Norm.allCases {
      let exact = Self.exact(norm, scale: scale, free: Array(0..<12))
      for (factor, succeeds) in [(0.99, false), (1.02, true)] {
        let outcome = try Self.run(.pgd, norm, limits, goal: .epsilons([exact * factor]))
        #expect((outcome.succeededEpsilon != nil) == succeeds, "\(norm) \(factor)")
      }
    }
  }
}
