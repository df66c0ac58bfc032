import CertifySmoothing
import CertifyThreat

/// Search for a witness against a smoothed classifier by random directions, for models without gradients.
struct SmoothedRandomSearch {
  let oracle: SmoothedOracle

  /// Looks for the witness of the smallest norm: growing random perturbations until one seems to flip, the
  /// best of several such directions, then its segment.
  func runSmallestNorm(generator: inout SplitMix64) throws {
    let neighbourhood = oracle.neighbourhood
    let directions = 16
    let farthest = min(neighbourhood.farthest, 1e6)
    var radius = farthest.isFinite ? farthest / 32 : oracle.sigma
    radius = max(min(radius, farthest), neighbourhood.resolution)
    var set = try neighbourhood.feasibleSet()
    while radius <= farthest, oracle.queries < oracle.parameters.maximumSmoothedQueries / 2 {
      try set.setRadius(radius)
      var best: (share: Double, point: [Float])?
      let round = oracle.nextRound()
      for _ in 0..<directions {
        var point = oracle.input.point
        point.withUnsafeMutableBufferPointer { row in
          RandomSearch.extreme(
            row, radius: radius, neighbourhood: neighbourhood, set: &set, using: &generator)
        }
        guard let counts = try oracle.counts(at: point, round: round, samples: 0..<32) else { break }
        let seen = SegmentSearch.observation(t: 1, counts: counts, label: oracle.input.label)
        let share = (Double(seen.rivalHits) + 0.5) / Double(seen.rivalHits + seen.labelHits + 1)
        if share > best?.share ?? 0.5 { best = (share, point) }
      }
      if let best {
        let search = SegmentSearch(oracle: oracle, attack: RandomSearch.name, point: best.point)
        var observations: [ProbitLine.Observation] = []
        guard let line = try search.line(from: 1, observations: &observations) else { return }
        try search.confirm(line: line, observations: observations, planning: 4000)
        return
      }
      radius *= 2
    }
  }

  /// Looks for a witness with ‖x'−x‖ ≤ ε: the best of 64 random points of the ball is tested when it seems to
  /// flip.
  func run(epsilon: Double, generator: inout SplitMix64) throws {
    let neighbourhood = oracle.neighbourhood
    let radius = neighbourhood.largestStep(within: epsilon)
    var set = try neighbourhood.feasibleSet()
    try set.setRadius(radius)
    let round = oracle.nextRound()
    var best: (share: Double, point: [Float])?
    for _ in 0..<64 {
      var point = oracle.input.point
      point.withUnsafeMutableBufferPointer { row in
        RandomSearch.extreme(row, radius: radius, neighbourhood: neighbourhood, set: &set, using: &generator)
      }
      let distance = oracle.feasible(point).withUnsafeBufferPointer { neighbourhood.distance(to: $0) }
      guard AttackGoal.isWithin(distance, epsilon: epsilon) else { continue }
      guard let counts = try oracle.counts(at: point, round: round, samples: 0..<64) else { break }
      let seen = SegmentSearch.observation(t: 1, counts: counts, label: oracle.input.label)
      let share = (Double(seen.rivalHits) + 0.5) / Double(seen.rivalHits + seen.labelHits + 1)
      if share > best?.share ?? 0.5 { best = (share, point) }
    }
    if let best { _ = try oracle.test(best.point, attack: RandomSearch.name) }
  }
}
