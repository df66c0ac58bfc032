import CertifyThreat

/// What follows when witnesses are known.
extension BoundarySearch {
  /// Steps that settle a walk that has come near its end.
  private static let last = BoundaryWalk.Stage(steps: 20, first: 0.3, last: 0.01)
  /// Steps from a place that has nothing to do with the boundary yet.
  private static let search = BoundaryWalk.Stage(steps: 15, first: 0.8, last: 0.05)
  /// Descents in ℓ₂, each in units of what those before have found.
  private static let descents =
    [1, 1.6, 2.5, 4].map { LagrangianDescent(steps: 150, rate: $0) }
    + [LagrangianDescent(steps: 150, rate: 2.5, fromWitness: true)]
  /// Random points walked from in ℓ∞.
  private static let randomStarts = 12
  /// The descents in ℓ∞: the first of the witnesses of three classes, the other of the nearest.
  private static let cubes = [
    CubeDescent(widths: .init(steps: 80, first: 0.15, last: 0.001), classes: 3, kept: 1.2),
    CubeDescent(widths: .init(steps: 80, first: 0.1, last: 0.0005), classes: 1, kept: 1),
  ]

  /// ℓ₂: walks from ``DistantStarts``, from the ends of descents and from witnesses.
  func walkFromManyPlaces(_ oracle: Oracle) throws {
    guard oracle.hasGradients, let afar = try DistantStarts.walk(oracle, metric: .l2) else { return }
    let tracks = Array(afar.tracks.indices)
    for stage in [Self.search, Self.last] {
      guard try run(afar, tracks, stage) else { return }
      for index in tracks where afar.tracks[index].best.isFinite { afar.move(index, to: afar.nearest(index)) }
    }
    for descent in Self.descents {
      guard let walk = try descent.walk(oracle, metric: .l2), try settle(walk) else { return }
    }
    _ = try settle(walkFromKnown(oracle))
  }

  /// ℓ∞: walks from random points and from witnesses, then ``CubeDescent`` from the nearest.
  func walkWithinCubes(_ oracle: Oracle, generator: inout SplitMix64) throws {
    guard let best = oracle.bestDistance, oracle.hasGradients else { return }
    let targets = oracle.nearestOfEachClass.prefix(2).map(\.decided)
    let walk = BoundaryWalk(oracle: oracle, capacity: Self.randomStarts)
    var set = try oracle.neighbourhood.feasibleSet()
    try set.setRadius(best)
    let start = PointStore(count: 1, dimension: oracle.dimension)
    for index in 0..<Self.randomStarts {
      set.randomPoint(into: start[0], using: &generator)
      _ = walk.add(target: targets[index % targets.count], at: UnsafeBufferPointer(start[0]))
    }
    guard try run(walk, Array(walk.tracks.indices), Self.search) else { return }
    let near = walk.tracks.indices.filter { walk.tracks[$0].best <= 1.03 * (oracle.bestDistance ?? best) }
    for index in near { walk.move(index, to: walk.nearest(index)) }
    guard try run(walk, near, Self.last) else { return }
    // On a grid, cubes between two steps hold the same points.
    guard !oracle.neighbourhood.isGrid else {
      _ = try settle(walkFromKnown(oracle))
      return
    }
    for cube in Self.cubes {
      guard try cube.run(oracle) else { return }
    }
  }

  /// A walk with tracks at the witnesses of the two nearest classes that are not much farther than the best.
  private func walkFromKnown(_ oracle: Oracle) -> BoundaryWalk {
    let best = oracle.bestDistance ?? .infinity
    let known = oracle.nearestOfEachClass.prefix(2).filter { $0.distance < 1.1 * best }
    let walk = BoundaryWalk(oracle: oracle, capacity: known.count)
    for witness in known {
      witness.point.withUnsafeBufferPointer { _ = walk.add(target: witness.decided, at: $0) }
    }
    return walk
  }

  /// Takes the last steps with every track of a walk.
  ///
  /// - Returns: `false` when the budget ended it.
  private func settle(_ walk: BoundaryWalk) throws -> Bool {
    try run(walk, Array(walk.tracks.indices), Self.last)
  }

  private func run(_ walk: BoundaryWalk, _ tracks: [Int], _ stage: BoundaryWalk.Stage) throws -> Bool {
    try walk.run(tracks, steps: stage.steps) { .averaged(stage.value($0)) }
  }
}
