import CertifyThreat
import Foundation

/// Search by random points alone, for models without gradients.
///
/// Points of growing balls are tried until one flips; the segment to x is searched; then, row by row in turn, random
/// parts of the perturbation are given back and fresh points of smaller balls tried, and the segment to the nearest
/// that flips is searched again. It is weak, and named apart from the gradient attacks so that nobody takes its upper
/// bounds for theirs.
struct RandomSearch: SmallestNormAttack {
  static let name = "random-search"

  var parameters: AttackParameters

  /// Looks for a witness with ‖x'−x‖ ≤ ε among random points of the ball, spending the whole budget.
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let neighbourhood = oracle.neighbourhood
    var set = try neighbourhood.feasibleSet()
    let radius = neighbourhood.largestStep(within: epsilon)
    try set.setRadius(radius)
    let limit = oracle.queries + max(1, parameters.maximumQueries / 4)
    while oracle.queries < limit {
      let count = min(oracle.batchSize, 32, oracle.remaining)
      guard count > 0 else { return }
      for index in 0..<count {
        Self.extreme(
          oracle.row(index), radius: radius, neighbourhood: neighbourhood, set: &set, using: &generator)
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return }
      if let best = oracle.bestDistance, AttackGoal.isWithin(best, epsilon: epsilon) { return }
    }
  }

  /// Looks for the witness of the smallest norm.
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    try Self.findAny(oracle, attack: Self.name, generator: &generator)
    guard oracle.bestDistance != nil else { return }
    try oracle.shrinkNearest(attack: Self.name)
    var set = try oracle.neighbourhood.feasibleSet()
    var part = 0.25
    while oracle.remaining > 0, part * Double(oracle.dimension) >= 0.5 {
      guard let nearest = oracle.nearest,
        try improve(on: nearest, part: part, oracle: oracle, set: &set, using: &generator)
      else { return }
      let best = oracle.bestDistance ?? nearest.distance
      if best < nearest.distance { try oracle.shrinkNearest(attack: Self.name) }
      if best > nearest.distance * 0.999 { part *= 0.8 }
    }
  }

  /// Asks about changes of the nearest flipping point and about fresh points of smaller balls, in turn.
  ///
  /// - Returns: `false` when the budget ended it.
  private func improve(
    on nearest: Oracle.Found, part: Double, oracle: Oracle, set: inout FeasibleSet,
    using generator: inout SplitMix64
  ) throws -> Bool {
    let proposals = 32
    var next = 0
    while next < proposals {
      let count = min(oracle.batchSize, proposals - next, oracle.remaining)
      guard count > 0 else { return false }
      for slot in 0..<count {
        let (row, turn) = (oracle.row(slot), next + slot)
        if turn % 2 == 0 {
          giveBack(
            nearest.point, part: part, neighbourhood: oracle.neighbourhood, into: row, using: &generator)
        } else {
          let radius = nearest.distance * pow(0.5, Double(turn) / Double(proposals))
          try set.setRadius(radius)
          Self.extreme(
            row, radius: radius, neighbourhood: oracle.neighbourhood, set: &set, using: &generator)
        }
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return false }
      next += count
    }
    return true
  }

  /// Tries points of growing balls until one flips.
  static func findAny(_ oracle: Oracle, attack: String, generator: inout SplitMix64) throws {
    let neighbourhood = oracle.neighbourhood
    var set = try neighbourhood.feasibleSet()
    let farthest = neighbourhood.farthest
    var radius = farthest.isFinite ? farthest / 64 : 1e-2
    while oracle.bestDistance == nil, radius <= min(farthest, 1e6) {
      let count = min(oracle.batchSize, 32, oracle.remaining)
      guard count > 0 else { return }
      try set.setRadius(radius)
      for index in 0..<count {
        extreme(
          oracle.row(index), radius: radius, neighbourhood: neighbourhood, set: &set, using: &generator)
      }
      guard try oracle.evaluate(count: count, attack: attack) == .answered else { return }
      radius *= 2
    }
  }

  /// Writes a random point far out in ball ∩ box: a sign for each block of coordinates, scaled to the ball.
  static func extreme(
    _ row: UnsafeMutableBufferPointer<Float>, radius: Double, neighbourhood: Neighbourhood,
    set: inout FeasibleSet, using generator: inout SplitMix64
  ) {
    let d = row.count
    let moved = neighbourhood.norm == .linf ? d : max(1, d >> Int.random(in: 0...5, using: &generator))
    let block = max(1, moved >> Int.random(in: 0...6, using: &generator))
    let length =
      switch neighbourhood.norm {
      case .linf: radius
      case .l2: radius / Double(moved).squareRoot()
      case .l1: radius / Double(moved)
      }
    neighbourhood.copyInput(to: row)
    let start = moved == d ? 0 : Int.random(in: 0..<d, using: &generator)
    var sign = 1.0
    for k in 0..<moved {
      if k % block == 0 { sign = Bool.random(using: &generator) ? 1 : -1 }
      let i = (start + k) % d
      row[i] = Float(Double(row[i]) + sign * length)
    }
    set.project(row)
  }

  /// Writes `point` with a random part of its coordinates moved back to x, wholly or by half.
  private func giveBack(
    _ point: [Float], part: Double, neighbourhood: Neighbourhood,
    into row: UnsafeMutableBufferPointer<Float>, using generator: inout SplitMix64
  ) {
    let keep: Float = Bool.random(using: &generator) ? 0 : 0.5
    for i in row.indices {
      let isMoved = Double.random(in: 0..<1, using: &generator) < part
      row[i] = isMoved ? neighbourhood.x[i] + keep * (point[i] - neighbourhood.x[i]) : point[i]
    }
  }
}
