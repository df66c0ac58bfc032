import CertifySmoothing
import CertifyThreat

/// Search for a witness against a smoothed classifier by random directions, for models without gradients.
struct SmoothedRandomSearch {
  let oracle: SmoothedOracle

  /// Growing random perturbations until one seems to flip, and where its segment crosses the boundary.
  func search(generator: inout SplitMix64) throws -> SmoothedCrossing? {
    guard let point = try findAny(generator: &generator) else { return nil }
    return try SmoothedCrossing(oracle: oracle, towards: point, samples: 256, attack: RandomSearch.name)
  }

  /// The most promising of several random points of the smallest ball that has one which seems to flip.
  func findAny(generator: inout SplitMix64) throws -> [Float]? {
    let farthest = min(oracle.neighbourhood.farthest, 1e6)
    var radius = farthest < 1e6 ? farthest / 32 : oracle.sigma
    radius = max(min(radius, farthest), oracle.neighbourhood.resolution)
    while radius <= farthest, oracle.queries < oracle.parameters.maximumSmoothedQueries / 2 {
      let point = try bestOf(16, radius: radius, samples: 32, generator: &generator)
      if point != oracle.input.point { return point }
      radius *= 2
    }
    return nil
  }

  /// Looks for a witness with ‖x'−x‖ ≤ ε: the best of 64 random points of the ball is tested when it seems to
  /// flip.
  func run(epsilon: Double, generator: inout SplitMix64) throws {
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let point = try bestOf(64, radius: radius, within: epsilon, samples: 64, generator: &generator)
    if point != oracle.input.point { _ = try oracle.test(point, attack: RandomSearch.name) }
  }

  /// Of some random points of a ball, the one where a rival's share is largest and above ½; x when there is none.
  func bestOf(
    _ points: Int, radius: Double, within epsilon: Double = .infinity, samples: Int,
    generator: inout SplitMix64
  ) throws -> [Float] {
    let neighbourhood = oracle.neighbourhood
    var set = try neighbourhood.feasibleSet()
    try set.setRadius(radius)
    var best = (share: 0.5, point: oracle.input.point)
    let round = oracle.nextRound()
    for _ in 0..<points {
      var point = oracle.input.point
      point.withUnsafeMutableBufferPointer { row in
        RandomSearch.extreme(row, radius: radius, neighbourhood: neighbourhood, set: &set, using: &generator)
      }
      let distance = oracle.feasible(point).withUnsafeBufferPointer { neighbourhood.distance(to: $0) }
      guard AttackGoal.isWithin(distance, epsilon: epsilon) else { continue }
      guard let counts = try oracle.counts(at: point, round: round, samples: 0..<samples) else { break }
      let seen = SegmentSearch.observation(t: 1, counts: counts, label: oracle.input.label)
      let share = (Double(seen.rivalHits) + 0.5) / Double(seen.rivalHits + seen.labelHits + 1)
      if share > best.share { best = (share, point) }
    }
    return best.point
  }
}
