import CertifyThreat
import Foundation

/// A walk on the boundary from decisions alone, for ℓ₂ and ℓ∞ (Chen, Jordan & Wainwright 2020, arXiv 1904.02144).
///
/// At a boundary point u the direction v = Σ φ(u + rη)η, with φ = ±1 for a flip or none less its mean and
/// random unit vectors η, estimates the normal. u moves along v (its signs for ℓ∞) by ‖u − x‖/√k, halved until
/// the point flips, and then back to the boundary: along the segment to x for ℓ₂, by clipping to a smaller ball for
/// ℓ∞. The first point is a random one that flips.
///
/// A walk ends where the boundary with the class that it met is nearest, and the boundary with another may be nearer: a
/// walk starts from the nearest point of each of a few classes, and after a third of the budget the one that has come
/// nearest goes on alone.
struct HopSkipJump: SmallestNormAttack {
  static let name = "hopskipjump"
  /// The most walks.
  private static let mostWalks = 3
  /// Random points at each of three lengths that look for further classes.
  private static let classProposals = 32

  /// A walk: a boundary point and the number of its next step.
  private struct Walk {
    var point: [Float]
    var step = 1
  }

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    if oracle.nearest == nil { try RandomSearch.findAny(oracle, attack: Self.name, generator: &generator) }
    if oracle.classCount > 2 { try lookForClasses(oracle, &generator) }
    var walks = try oracle.nearestOfEachClass.prefix(Self.mostWalks).map {
      Walk(point: try boundary(oracle, from: $0.point))
    }
    if walks.count > 1 {
      let share = oracle.remaining / (3 * walks.count)
      for index in walks.indices {
        try advance(&walks[index], until: oracle.queries + share, oracle, &generator)
      }
    }
    func distance(_ walk: Walk) -> Double {
      walk.point.withUnsafeBufferPointer { oracle.neighbourhood.distance(to: $0) }
    }
    guard var best = walks.min(by: { distance($0) < distance($1) }) else { return }
    try advance(&best, until: .max, oracle, &generator)
  }

  /// Asks about random points around as far as the nearest one that flips, and farther.
  private func lookForClasses(_ oracle: Oracle, _ generator: inout SplitMix64) throws {
    guard let nearest = oracle.bestDistance else { return }
    var set = try oracle.neighbourhood.feasibleSet()
    for factor in [1.0, 2, 4] {
      try set.setRadius(nearest * factor)
      var left = Self.classProposals
      while left > 0 {
        let count = min(oracle.batchSize, left, oracle.remaining / 8)
        guard count > 0 else { return }
        for index in 0..<count {
          RandomSearch.extreme(
            oracle.row(index), radius: nearest * factor, neighbourhood: oracle.neighbourhood, set: &set,
            using: &generator)
        }
        guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return }
        left -= count
      }
    }
  }

  /// Goes on until so many queries were asked in all, or the budget does not reach for another step.
  private func advance(
    _ walk: inout Walk, until limit: Int, _ oracle: Oracle, _ generator: inout SplitMix64
  ) throws {
    let d = Double(oracle.dimension)
    while walk.step <= 1000, oracle.queries < limit {
      let (u, k) = (walk.point, Double(walk.step))
      let distance = u.withUnsafeBufferPointer { oracle.neighbourhood.distance(to: $0) }
      let reach = Norm.l2.distance(u, oracle.input.point) / d.squareRoot()
      let samples = Int(min(30 * k.squareRoot(), 500))
      guard oracle.remaining > samples / 2,
        let normal = try direction(at: u, reach: max(reach, 1e-4), samples: samples, oracle, &generator)
      else { return }
      let step = oracle.threat.norm.steepestStep(along: normal, radius: 1)
      guard let length = try stepLength(from: u, along: step, start: distance / k.squareRoot(), oracle)
      else { return }
      let next = zip(u, step).map { $0 + Float(length) * $1 }
      walk = Walk(point: try boundary(oracle, from: next), step: walk.step + 1)
    }
  }

  /// The direction in which random neighbours flip; `nil` when the budget is spent.
  private func direction(
    at u: [Float], reach: Double, samples: Int, _ oracle: Oracle, _ generator: inout SplitMix64
  ) throws -> [Float]? {
    let d = oracle.dimension
    var sums = (all: [Float](repeating: 0, count: d), flipped: [Float](repeating: 0, count: d))
    var flips = 0
    var asked = 0
    while asked < samples {
      let count = min(oracle.batchSize, samples - asked, oracle.remaining)
      guard count > 0 else { return nil }
      let directions = PointStore(count: count, dimension: d)
      for index in 0..<count {
        Norm.l2.fillBall(radius: 1, into: directions[index], using: &generator)
        for i in 0..<d { oracle.row(index)[i] = u[i] + Float(reach) * directions[index][i] }
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return nil }
      for index in 0..<count {
        let isFlip = oracle.flips(row: index)
        flips += isFlip ? 1 : 0
        for i in 0..<d {
          sums.all[i] += directions[index][i]
          if isFlip { sums.flipped[i] += directions[index][i] }
        }
      }
      asked += count
    }
    // Σ (φ − mean φ) η with φ = ±1 is twice Σ over flips of η, less the share of flips of Σ η.
    let share = Float(flips) / Float(asked)
    guard flips > 0, flips < asked else { return zip(u, oracle.input.point).map { $0 - $1 } }
    return zip(sums.flipped, sums.all).map { $0 - share * $1 }
  }

  /// The first of start, start/2, … at which u + length · step flips; 0 when none does.
  private func stepLength(from u: [Float], along step: [Float], start: Double, _ oracle: Oracle) throws
    -> Double?
  {
    var length = start
    for _ in 0..<4 {
      let count = min(oracle.batchSize, 5, oracle.remaining)
      guard count > 0 else { return nil }
      for index in 0..<count {
        for i in u.indices { oracle.row(index)[i] = u[i] + Float(length * pow(0.5, Double(index))) * step[i] }
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return nil }
      if let first = (0..<count).first(where: { oracle.flips(row: $0) }) {
        return length * pow(0.5, Double(first))
      }
      length *= pow(0.5, Double(count))
    }
    return 0
  }

  /// The boundary point on the way from a flipping point to x.
  private func boundary(_ oracle: Oracle, from point: [Float]) throws -> [Float] {
    let x = oracle.input.point
    let isBox = oracle.threat.norm == .linf
    let length = point.withUnsafeBufferPointer { oracle.neighbourhood.distance(to: $0) }
    func write(_ t: Double, _ row: UnsafeMutableBufferPointer<Float>) {
      guard isBox else { return oracle.neighbourhood.interpolate(to: point, at: t, into: row) }
      let reach = Float(t * length)
      for i in row.indices { row[i] = min(max(point[i], x[i] - reach), x[i] + reach) }
    }
    let t = try oracle.section(
      low: 0, high: 1, precision: 1e-3, usingScores: false, attack: Self.name, path: write)
    var result = point
    result.withUnsafeMutableBufferPointer { write(t, $0) }
    return result
  }
}
