import CertifyEngine
import CertifyThreat

/// Points found on another model with gradients, tried on this one (Papernot et al. 2016, arXiv 1605.07277).
///
/// Queries of the other model are its own and do not count.
struct Transfer: SmallestNormAttack {
  static let name = "transfer"
  /// Directions of each kind that are followed for the smallest norm.
  private static let directions = 4

  let surrogate: any DifferentiableClassifier
  var parameters: AttackParameters

  /// The surrogate's nearest witnesses and its gradients at x are directions; each is followed from x until this model
  /// flips.
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    let substitute = try substitute(for: oracle)
    try BoundarySearch().runSmallestNorm(on: substitute, generator: &generator)
    for found in substitute.nearestOfEachClass.prefix(Self.directions) {
      let limit = min(oracle.bestDistance ?? .infinity, oracle.neighbourhood.farthest) / found.distance
      try oracle.climb(from: 1, limit: limit, attack: Self.name) { t, row in
        oracle.neighbourhood.interpolate(to: found.point, at: t, into: row)
        oracle.neighbourhood.clip(row)
      }
    }
    guard let start = try InputGradients(oracle: substitute, limit: Self.directions, attack: Self.name) else {
      return
    }
    for target in start.targets {
      try LinearPath(neighbourhood: oracle.neighbourhood, gradient: target.gradient)
        .search(oracle: oracle, from: abs(target.distance), attack: Self.name)
    }
  }

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let substitute = try substitute(for: oracle)
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let count = parameters.restarts
    let rows = try PGDRows(oracle: substitute, capacity: count, attack: Self.name)
    let losses: [AttackLoss] = [.margin, .crossEntropy]
    let tasks = (0..<count).map { PGDRows.Row(epsilon: radius, loss: losses[$0 % 2]) }
    for index in 0..<count { try rows.randomize(index, epsilon: radius, using: &generator) }
    _ = try rows.run(tasks, steps: parameters.steps, stop: .never, generator: &generator)
    var next = 0
    while next < count {
      let group = min(count - next, oracle.batchSize, oracle.remaining)
      guard group > 0 else { return }
      for slot in 0..<group { _ = oracle.row(slot).update(fromContentsOf: rows.point(next + slot)) }
      guard try oracle.evaluate(count: group, attack: Self.name) == .answered else { return }
      next += group
    }
  }

  /// The surrogate has a budget and best points of its own: its flips prove nothing here.
  private func substitute(for oracle: Oracle) throws -> Oracle {
    try Oracle(
      input: oracle.input, threat: oracle.threat, reference: surrogate, gradients: surrogate,
      maximumQueries: max(oracle.maximumQueries, parameters.restarts * (parameters.steps + 2)))
  }
}
