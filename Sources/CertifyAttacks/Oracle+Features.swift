import CertifyThreat

/// Distances that count features: giving features of a flipping point back to x.
extension Oracle {
  /// The features in which a point differs from x, those that differ least first.
  func changedFeatures(of point: [Float]) -> [Int] {
    let x = input.point
    return point.indices.filter { point[$0] != x[$0] }
      .sorted { (abs(point[$0] - x[$0]), $0) < (abs(point[$1] - x[$1]), $1) }
  }

  /// A point with some features given back to x.
  func restoring(_ features: some Sequence<Int>, of point: [Float]) -> [Float] {
    var point = point
    for i in features { point[i] = input.point[i] }
    return point
  }

  /// Which of some points flip, as far as the budget reaches; their positions.
  ///
  /// - Parameter kept: Queries that are left unspent.
  /// - Returns: `nil` when the budget does not reach for all of them.
  func flipping(_ points: [[Float]], keeping kept: Int = 0, attack: String) throws -> [Int]? {
    var found: [Int] = []
    var start = 0
    while start < points.count {
      let count = min(batchSize, points.count - start)
      guard remaining - kept >= count else { return nil }
      for slot in 0..<count { _ = row(slot).update(fromContentsOf: points[start + slot]) }
      guard try evaluate(count: count, attack: attack) == .answered else { return nil }
      found += (0..<count).filter { flips(row: $0) }.map { start + $0 }
      start += count
    }
    return found
  }

  /// Gives features of a flipping point back to x while it flips: groups of those that differ least, then ever smaller
  /// ones, until no single feature can be given back.
  ///
  /// - Returns: The points on the way, each with fewer changed features than the one before; `point` is the first.
  func givingBack(from point: [Float], keeping kept: Int = 0, attack: String) throws -> [[Float]] {
    var points = [point]
    var current = point
    var size = max(1, changedFeatures(of: point).count / 4)
    while true {
      let changed = changedFeatures(of: current)
      let groups = stride(from: 0, to: changed.count, by: size).map {
        Array(changed[$0..<min($0 + size, changed.count)])
      }
      guard
        let free = try flipping(
          groups.map { restoring($0, of: current) }, keeping: kept, attack: attack)
      else { return points }
      guard let first = free.first else {
        if size == 1 { return points }
        size = (size + 1) / 2
        continue
      }
      // Each group can be given back alone; together, as many as there are up to one that is needed then.
      let together = free.indices.dropFirst().map { last in
        restoring(free[...last].flatMap { groups[$0] }, of: current)
      }
      let held = try flipping(together, keeping: kept, attack: attack) ?? []
      current = held.last.map { together[$0] } ?? restoring(groups[first], of: current)
      points.append(current)
    }
  }

  /// Gives back features of what was found, asks the reference classifier about each point alone, and returns the one
  /// with the fewest changed features that holds.
  func finishCounting() throws -> Witness? {
    var best: Witness?
    for candidate in nearestOfEachClass.prefix(4) {
      let points = try givingBack(from: candidate.point, keeping: 16, attack: candidate.attack)
      for point in points.reversed() {
        let count = try threat.space.radius(of: point, from: input.point, by: distance)
        guard count < best?.distance ?? .infinity, remaining > 0 else { break }
        let decided = try askReference(about: point)
        guard decided != input.label else { continue }
        best = Witness(
          point: point, grid: neighbourhood.gridPoint(point), distance: count, witnessClass: decided,
          attack: candidate.attack)
        break
      }
    }
    return best
  }
}
