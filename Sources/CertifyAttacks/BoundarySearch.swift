import CertifyThreat

/// Walks along the boundary of the nearest rival classes, giving up those that stay behind.
///
/// A walk starts at x for each class. After 8 steps those that have come within 1.5 times the best distance go
/// on, after 16 more those within 1.2 times; these start again at their nearest points for 30 short steps.
///
/// When witnesses are known already, as in a portfolio, walks start elsewhere: a boundary has many places where the
/// distance is smallest nearby, and other starts end in others. In ℓ₂ they start at ``DistantStarts``, where
/// ``LagrangianDescent`` has come to from x, with several widths, and from the nearest witness, and at the witnesses of
/// the two nearest classes. In ℓ∞ every walk moves all coordinates alike, so that those from afar would end where others
/// do: there they start at random points as far from x as the best, and ``CubeDescent`` goes on from the nearest. ℓ₁ has
/// walks of its own, see ``SparseBoundarySearch``.
struct BoundarySearch: SmallestNormAttack {
  /// Rival classes walked to from x.
  private static let targets = 9
  /// How walks in the norm of the distance come to the boundary, and how much farther than the nearest one may be that
  /// goes on.
  static let stages: [(stage: BoundaryWalk.Stage, kept: Double)] = [
    (.init(steps: 8, first: 1, last: 0.4), 1.5), (.init(steps: 16, first: 0.5, last: 0.05), 1.2),
  ]

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    switch (oracle.nearest == nil, oracle.threat.norm) {
    case (true, .l1): try SparseBoundarySearch().walkFromInput(oracle)
    case (true, _): try walkFromInput(oracle)
    case (false, .l1): try SparseBoundarySearch().walkFromWitnesses(oracle, generator: &generator)
    case (false, .l2): try walkFromManyPlaces(oracle)
    case (false, .linf): try walkWithinCubes(oracle, generator: &generator)
    }
  }

  /// Walks from x to the nearest rival classes.
  ///
  /// - Parameters:
  ///   - metric: The norm in which the walks go, and in which they are compared.
  ///   - stages: The steps, and how much farther than the nearest a track may be that goes on after them.
  /// - Returns: The walk and the tracks that are left; `nil` when the budget or the lack of gradients ended it.
  static func approach(
    _ oracle: Oracle, metric: Norm, stages: [(stage: BoundaryWalk.Stage, kept: Double)]
  ) throws -> (walk: BoundaryWalk, tracks: [Int])? {
    guard let start = try InputGradients(oracle: oracle, limit: targets, attack: BoundaryWalk.name) else {
      return nil
    }
    let walk = BoundaryWalk(oracle: oracle, capacity: targets, metric: metric)
    var tracks = oracle.input.point.withUnsafeBufferPointer { x in
      start.targets.compactMap { walk.add(target: $0.label, at: x) }
    }
    for (stage, kept) in stages {
      guard try walk.run(tracks, steps: stage.steps, rule: { .averaged(stage.value($0)) }) else { return nil }
      let best = walk.tracks.reduce(.infinity) { min($0, $1.best) }
      guard best.isFinite else { continue }
      tracks = tracks.filter { min(walk.tracks[$0].best, walk.tracks[$0].promise) < kept * best }
    }
    // A target that lies behind another class is found by steps that only look for its boundary.
    if oracle.nearest == nil {
      guard try walk.run(tracks, steps: 30, rule: { _ in .averaged(0) }) else { return nil }
    }
    return (walk, tracks)
  }

  private func walkFromInput(_ oracle: Oracle) throws {
    let norm = oracle.threat.norm
    guard let (walk, tracks) = try Self.approach(oracle, metric: norm, stages: Self.stages) else { return }
    for index in tracks where walk.tracks[index].best.isFinite { walk.move(index, to: walk.nearest(index)) }
    let last = BoundaryWalk.Stage(steps: 30, first: 0.3, last: 0.01)
    _ = try walk.run(tracks, steps: last.steps) { .averaged(last.value($0)) }
  }
}
