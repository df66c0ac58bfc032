import CertifyThreat
import Foundation

/// Walks along the boundary of the nearest rival classes, giving up those that stay behind.
///
/// A walk starts at x for each class. After 8 steps those that have come within 1.5 times the best distance go
/// on, after 16 more those within 1.2 times; these start again at their nearest points for 30 short steps.
///
/// When witnesses are known already, as in a portfolio, walks start instead at the witnesses of the two nearest
/// classes and at random points as far from x as the best: a boundary has many places where the distance is
/// smallest nearby, and other starts end in others.
struct BoundarySearch: SmallestNormAttack {
  /// Rival classes walked to from x.
  private static let targets = 9
  /// Random points walked from when a witness is known.
  private static let randomStarts = 8

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    if oracle.nearest == nil {
      try walkFromInput(oracle)
    } else {
      try walkFromWitnesses(oracle, generator: &generator)
    }
  }

  private func walkFromInput(_ oracle: Oracle) throws {
    guard let start = try InputGradients(oracle: oracle, limit: Self.targets, attack: BoundaryWalk.name)
    else {
      return
    }
    let walk = BoundaryWalk(oracle: oracle, capacity: Self.targets)
    var tracks = oracle.input.point.withUnsafeBufferPointer { x in
      start.targets.compactMap { walk.add(target: $0.label, at: x) }
    }
    for stage in [Stage(steps: 8, first: 1, last: 0.4), Stage(steps: 16, first: 0.5, last: 0.05)] {
      guard try walk.run(tracks, steps: stage.steps, rule: { .averaged(stage.value($0)) }) else { return }
      guard let best = oracle.bestDistance else { continue }
      let kept = stage.steps == 8 ? 1.5 : 1.2
      tracks = tracks.filter { min(walk.tracks[$0].best, walk.tracks[$0].promise) < kept * best }
    }
    // A target that lies behind another class is found by steps that only look for its boundary.
    if oracle.nearest == nil {
      guard try walk.run(tracks, steps: 30, rule: { _ in .averaged(0) }) else { return }
    }
    for index in tracks where walk.tracks[index].best.isFinite { walk.move(index, to: walk.nearest(index)) }
    let last = Stage(steps: 30, first: 0.3, last: 0.01)
    _ = try walk.run(tracks, steps: last.steps) { .averaged(last.value($0)) }
  }

  private func walkFromWitnesses(_ oracle: Oracle, generator: inout SplitMix64) throws {
    let known = Array(oracle.nearestOfEachClass.prefix(2))
    guard let best = oracle.bestDistance, oracle.hasGradients else { return }
    let walk = BoundaryWalk(oracle: oracle, capacity: known.count + Self.randomStarts)
    let polished = known.compactMap { witness in
      witness.point.withUnsafeBufferPointer { walk.add(target: witness.decided, at: $0) }
    }
    var set = try oracle.neighbourhood.feasibleSet()
    try set.setRadius(best)
    let start = PointStore(count: 1, dimension: oracle.dimension)
    var fresh: [Int] = []
    for index in 0..<Self.randomStarts {
      set.randomPoint(into: start[0], using: &generator)
      let target = known[index % known.count].decided
      if let track = walk.add(target: target, at: UnsafeBufferPointer(start[0])) { fresh.append(track) }
    }
    let search = Stage(steps: 15, first: 0.8, last: 0.05)
    guard try walk.run(fresh, steps: search.steps, rule: { .averaged(search.value($0)) }) else { return }
    fresh.removeAll { walk.tracks[$0].best > 1.03 * (oracle.bestDistance ?? best) }
    for index in fresh { walk.move(index, to: walk.nearest(index)) }
    let isSparse = oracle.threat.norm == .l1
    let last = isSparse ? Stage(steps: 25, first: 1, last: 0.03) : Stage(steps: 20, first: 0.3, last: 0.01)
    _ = try walk.run(polished + fresh, steps: last.steps) {
      isSparse ? .proximal(last.value($0)) : .averaged(last.value($0))
    }
  }

  /// Some steps over which β, or r, falls geometrically.
  private struct Stage {
    var steps: Int
    var first: Double
    var last: Double

    func value(_ step: Int) -> Double { first * pow(last / first, Double(step) / Double(max(steps - 1, 1))) }
  }
}
