import CertifyThreat

/// The walks of ``BoundarySearch`` for ℓ₁, where the boundary has a place where the distance is smallest nearby for
/// nearly every choice of coordinates to move.
///
/// The nearest point of a half-space in ℓ₁ is a corner of the box but for one coordinate, so that walks over such
/// points settle at once on the coordinates that matter at x. From x walks therefore go to the boundary twice: in ℓ₁,
/// 8 steps and 16 more for those within 1.5 times the best distance, and in ℓ₂, where all coordinates move and
/// gradients farther out have their say, 8 steps and 12 more. What then lies within 1.3 times the best in ℓ₂ is made
/// sparse by 25 steps of ``ProximalHalfSpace``, whose reach falls from the largest move of a coordinate to a
/// thirtieth of it.
///
/// When witnesses are known already, walks come back from ``DistantStarts``, 20 steps in ℓ₂ and 25 sparse ones, and 25
/// from where a ``LagrangianDescent`` has come to. Next, the witnesses of the four nearest classes that lie within 1.3
/// times the best distance take 30 such steps with a reach that starts three times as long, which frees coordinates
/// that had reached the box.
///
/// Where one search after another ends where the first did, the boundary is simple and more of them would too. Only where
/// something has come nearer than the walk from x, by .3 %, is there a second descent, a ``PrimalDualDescent``, and do
/// walks start in the end twice at each of the two nearest witnesses with three tenths of the coordinates, drawn at random,
/// back at x: others take their place.
struct SparseBoundarySearch {
  /// The steps that make a point sparse.
  private static let sparse = BoundaryWalk.Stage(steps: 25, first: 1, last: 0.03)
  /// How much farther than the best a witness may be to be walked from.
  private static let kept = 1.3
  /// Where the best is no nearer than this part of what the walk from x found, the boundary is taken to be simple.
  private static let simple = 0.997
  /// Classes whose witnesses are walked from.
  private static let classes = 4
  /// Of these, classes whose witnesses are thinned out, and how often each.
  private static let thinned = (classes: 2, times: 2)
  /// The chance with which a coordinate goes back to x.
  private static let returned = 0.3

  func walkFromInput(_ oracle: Oracle) throws {
    guard try BoundarySearch.approach(oracle, metric: .l1, stages: BoundarySearch.stages) != nil else {
      return
    }
    let stages: [(BoundaryWalk.Stage, Double)] = [
      (.init(steps: 8, first: 0.8, last: 0.4), 1.5), (.init(steps: 12, first: 0.4, last: 0.1), Self.kept),
    ]
    guard let (dense, tracks) = try BoundarySearch.approach(oracle, metric: .l2, stages: stages) else {
      return
    }
    _ = try walkSparsely(oracle, from: dense, tracks)
  }

  /// Makes sparse where the tracks of a walk in ℓ₂ have ended.
  ///
  /// - Returns: `false` when the budget ended it.
  private func walkSparsely(_ oracle: Oracle, from dense: BoundaryWalk, _ tracks: [Int]) throws -> Bool {
    let sparse = BoundaryWalk(oracle: oracle, capacity: tracks.count)
    for index in tracks {
      let track = dense.tracks[index]
      let start = track.best.isFinite ? dense.nearest(index) : UnsafeBufferPointer(dense.point(index))
      _ = sparse.add(target: track.target, at: start)
    }
    return try run(sparse, Self.sparse)
  }

  private func walkFromAfar(_ oracle: Oracle) throws -> Bool {
    guard let dense = try DistantStarts.walk(oracle, metric: .l2) else { return false }
    let tracks = Array(dense.tracks.indices)
    let approach = BoundaryWalk.Stage(steps: 20, first: 0.8, last: 0.05)
    guard try dense.run(tracks, steps: approach.steps, rule: { .averaged(approach.value($0)) }) else {
      return false
    }
    return try walkSparsely(oracle, from: dense, tracks)
  }

  func walkFromWitnesses(_ oracle: Oracle, generator: inout SplitMix64) throws {
    let first = oracle.bestDistance(of: BoundaryWalk.name) ?? .infinity
    func isRugged() -> Bool { oracle.bestDistance ?? .infinity < Self.simple * first }
    guard oracle.hasGradients, try walkFromAfar(oracle) else { return }
    guard try walk(from: LagrangianDescent(steps: 150, rate: 2.5).walk(oracle, metric: .l1)) else { return }
    if isRugged() {
      guard try walk(from: PrimalDualDescent(steps: 150, rate: 0.2).walk(oracle)) else { return }
    }
    let known = witnesses(oracle, atMost: Self.classes)
    let walk = BoundaryWalk(oracle: oracle, capacity: known.count)
    for witness in known {
      witness.point.withUnsafeBufferPointer { _ = walk.add(target: witness.decided, at: $0) }
    }
    guard try run(walk, .init(steps: 30, first: 3, last: 0.03)) else { return }
    let nearest = witnesses(oracle, atMost: Self.thinned.classes)
    guard isRugged(), !nearest.isEmpty else { return }
    let again = BoundaryWalk(oracle: oracle, capacity: Self.thinned.classes * Self.thinned.times)
    for index in 0..<Self.thinned.classes * Self.thinned.times {
      let witness = nearest[index % nearest.count]
      let start = thinnedOut(witness.point, x: oracle.input.point, using: &generator)
      start.withUnsafeBufferPointer { _ = again.add(target: witness.decided, at: $0) }
    }
    _ = try run(again, .init(steps: 20, first: 1, last: 0.03))
  }

  /// Makes sparse where a descent has ended.
  ///
  /// - Returns: `false` when the budget ended it.
  private func walk(from descended: BoundaryWalk?) throws -> Bool {
    guard let descended else { return false }
    return try run(descended, Self.sparse)
  }

  /// The nearest witnesses of classes that are not much farther than the best.
  private func witnesses(_ oracle: Oracle, atMost limit: Int) -> [Oracle.Found] {
    let best = oracle.bestDistance ?? .infinity
    return oracle.nearestOfEachClass.prefix(limit).filter { $0.distance <= Self.kept * best }
  }

  /// - Returns: `false` when the budget ended it.
  private func run(_ walk: BoundaryWalk, _ stage: BoundaryWalk.Stage) throws -> Bool {
    try walk.run(Array(walk.tracks.indices), steps: stage.steps) { .proximal(stage.value($0)) }
  }

  /// `point` with some coordinates, drawn at random, back at x.
  private func thinnedOut(_ point: [Float], x: [Float], using generator: inout SplitMix64) -> [Float] {
    zip(point, x).map { Double.random(in: 0..<1, using: &generator) < Self.returned ? $1 : $0 }
  }
}
