import CertifyThreat
import Foundation

/// Walks along the boundary of the nearest rival classes, giving up those that stay behind.
///
/// A walk starts at x for each class. After 8 steps those that have come within 1.5 times the best distance go
/// on, after 16 more those within 1.2 times; these start again at their nearest points for 30 short steps.
struct BoundarySearch: SmallestNormAttack {
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    let targets = 9
    guard let start = try InputGradients(oracle: oracle, limit: targets, attack: BoundaryWalk.name) else {
      return
    }
    let walk = BoundaryWalk(oracle: oracle, capacity: targets + 1)
    var tracks = oracle.input.point.withUnsafeBufferPointer { x in
      start.targets.compactMap { walk.add(target: $0.label, at: x) }
    }
    if let nearest = oracle.nearest {
      let known = nearest.point.withUnsafeBufferPointer { walk.add(target: nearest.decided, at: $0) }
      if let known { tracks.append(known) }
    }
    for stage in [
      Stage(steps: 8, first: 1, last: 0.4, kept: 1.5), Stage(steps: 16, first: 0.5, last: 0.05, kept: 1.2),
    ] {
      guard try walk.run(tracks, steps: stage.steps, pull: stage.pull) else { return }
      guard let best = oracle.bestDistance else { continue }
      tracks = tracks.filter { min(walk.tracks[$0].best, walk.tracks[$0].promise) < stage.kept * best }
    }
    for index in tracks where walk.tracks[index].best.isFinite { walk.move(index, to: walk.nearest(index)) }
    let last = Stage(steps: 30, first: 0.3, last: 0.01, kept: 1)
    _ = try walk.run(tracks, steps: last.steps, pull: last.pull)
  }

  /// Some steps over which β falls geometrically.
  private struct Stage {
    var steps: Int
    var first: Double
    var last: Double
    /// Walks within this factor of the best distance go on after it.
    var kept: Double

    func pull(_ step: Int) -> Double { first * pow(last / first, Double(step) / Double(max(steps - 1, 1))) }
  }
}
