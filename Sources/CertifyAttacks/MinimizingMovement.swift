import CertifyThreat

/// The adversarial flow by minimising movements, from scores alone (Weigand, Roith & Burger 2025, "Adversarial flows").
///
/// u_{k+1} is the point of B_τ^s(u_k) ∩ B_ε^p(x) ∩ box at which the margin is largest, found by a
/// ``ConsensusSearch``; u_k itself when the search finds nothing better. As τ → 0 it follows the same flow as
/// ``EulerFlow``, whose first-order steps it replaces by a global search. There are as many steps as asked for, or
/// fewer when the queries do not allow 150 for each.
struct MinimizingMovement: FixedEpsilonAttack {
  static let name = "minimizing-movement"
  private static let particles = 30
  private static let rounds = 5

  var parameters: AttackParameters

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let steps = max(1, min(parameters.steps, oracle.remaining / (Self.particles * Self.rounds)))
    let step = try EulerFlow.step(
      stepNorm: parameters.stepNorm, epsilon: epsilon, steps: steps, neighbourhood: oracle.neighbourhood)
    let center = oracle.input.point.map(Double.init)
    let search = ConsensusSearch(set: step, center: center, neighbourhood: oracle.neighbourhood)
    var (u, last) = (center, [Double]?.none)
    var margin = -Double.infinity
    oracle.visit(oracle.input.point, isFirst: true)
    for _ in 0..<steps {
      let best = try search.best(
        around: u, value: margin, last: last, particles: Self.particles, rounds: Self.rounds,
        using: &generator
      ) { try margins($0, oracle) }
      guard best.point != u else { break }
      (last, u, margin) = (u, best.point, best.value)
      oracle.visit(u.map { Float($0) })
      if let found = oracle.bestDistance, AttackGoal.isWithin(found, epsilon: epsilon) { return }
    }
  }

  /// The margins at some points, one after another; `nil` when the budget is spent.
  private func margins(_ points: [Double], _ oracle: Oracle) throws -> [Double]? {
    var values: [Double] = []
    while values.count * oracle.dimension < points.count {
      let start = values.count * oracle.dimension
      let left = points.count / oracle.dimension - values.count
      let count = min(left, oracle.batchSize, oracle.remaining)
      guard count > 0 else { return nil }
      for slot in 0..<count {
        let row = oracle.row(slot)
        for i in row.indices { row[i] = Float(points[start + slot * oracle.dimension + i]) }
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return nil }
      values += (0..<count).map { oracle.margin(row: $0) }
    }
    return values
  }
}
