import CertifyThreat
import Foundation

/// Random search over squares, from scores alone (Andriushchenko et al. 2020, arXiv 1912.00049).
///
/// Where a proposal raises the margin max_{c≠y} z_c − z_y it is kept. For ℓ∞ a proposal sets a random square of the
/// image, each channel with one sign, to the face of the ball; for ℓ₁ and ℓ₂ it moves what two squares hold, and
/// what the ball leaves unused, into one of them (Croce & Hein 2021, arXiv 2103.01208, for ℓ₁). A square covers
/// the part p of the image: .8 at first, halved after 10, 50, 200, 500, 1000, 2000, 4000, 6000 and 8000
/// ten-thousandths of the queries. Inputs that are not images have random sets of coordinates for squares. A
/// batch of proposals is made from one point, and the best of them is kept.
struct Square: FixedEpsilonAttack {
  static let name = "square"
  private static let halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let neighbourhood = oracle.neighbourhood
    let radius = neighbourhood.largestStep(within: epsilon)
    var proposals = try SquareProposals(oracle: oracle, radius: radius)
    let total = oracle.remaining
    var best: (margin: Double, point: [Float]) = (-.infinity, oracle.input.point)
    while oracle.remaining > 0 {
      let count = min(oracle.batchSize, oracle.remaining)
      let spent = 10_000 * (total - oracle.remaining) / max(total, 1)
      let part = 0.8 * pow(0.5, Double(Self.halvings.count { $0 < spent }))
      for index in 0..<count {
        if best.margin == -.infinity {
          try proposals.start(oracle.row(index), using: &generator)
        } else {
          _ = oracle.row(index).update(fromContentsOf: best.point)
          try proposals.change(oracle.row(index), part: part, using: &generator)
        }
      }
      guard try oracle.evaluate(count: count, attack: Self.name) == .answered else { return }
      if let found = oracle.bestDistance, AttackGoal.isWithin(found, epsilon: epsilon) { return }
      for index in 0..<count where oracle.margin(row: index) > best.margin {
        // Rounding to the grid may have left the ball; such a point is no place to go on from.
        let distance = neighbourhood.distance(to: UnsafeBufferPointer(oracle.row(index)))
        guard AttackGoal.isWithin(distance, epsilon: epsilon) else { continue }
        best = (oracle.margin(row: index), Array(oracle.row(index)))
      }
      if best.margin == -.infinity { best.margin = -.greatestFiniteMagnitude }
    }
  }
}

/// The proposals of ``Square`` in one ball.
private struct SquareProposals {
  private let norm: Norm
  private let x: [Float]
  private let radius: Double
  private let windows: SquareWindows
  private var set: FeasibleSet

  init(oracle: Oracle, radius: Double) throws {
    norm = oracle.threat.norm
    x = oracle.input.point
    self.radius = radius
    windows = SquareWindows(shape: oracle.inputShape)
    set = try oracle.neighbourhood.feasibleSet()
    try set.setRadius(radius)
  }

  /// Writes a first point: stripes of random signs for ℓ∞, many small squares for the other norms.
  mutating func start(_ point: UnsafeMutableBufferPointer<Float>, using generator: inout SplitMix64) throws {
    _ = point.update(fromContentsOf: x)
    for window in norm == .linf ? windows.stripes : windows.tiles(using: &generator) {
      add(window, to: point, length: norm == .linf ? radius : 1, using: &generator)
    }
    if norm != .linf { rescale(point) }
    set.project(point)
  }

  /// Changes `point`, which is in the ball, within a square that covers a part of the input.
  mutating func change(
    _ point: UnsafeMutableBufferPointer<Float>, part: Double, using generator: inout SplitMix64
  ) throws {
    let window = windows.random(part: part, using: &generator)
    if norm == .linf {
      for channel in window {
        let sign: Float = Bool.random(using: &generator) ? 1 : -1
        for (i, _) in channel { point[i] = x[i] + sign * Float(radius) }
      }
    } else {
      let other = windows.random(part: part, using: &generator)
      let exponent = norm == .l2 ? 2.0 : 1.0
      func mass(_ coordinates: some Sequence<Int>) -> Double {
        coordinates.reduce(0) { $0 + pow(abs(Double(point[$1]) - Double(x[$1])), exponent) }
      }
      let own = Set(window.joined().map(\.index))
      let both = own.union(other.joined().map(\.index))
      let unused = max(pow(radius, exponent) - mass(point.indices), 0)
      let available = pow(mass(both.sorted()) + unused, 1 / exponent)
      let size = pow(mass(own.sorted()), 1 / exponent)
      for i in both where !own.contains(i) { point[i] = x[i] }
      // Half of the direction is what was there, half is new.
      for i in own { point[i] = x[i] + (size > 0 ? (point[i] - x[i]) / Float(size) : 0) }
      add(window, to: point, length: 1, using: &generator)
      let grown = pow(mass(own.sorted()), 1 / exponent)
      guard grown > 0 else { return }
      for i in own { point[i] = x[i] + (point[i] - x[i]) * Float(available / grown) }
    }
    set.project(point)
  }

  /// Adds a pattern whose channels have random signs: of height `length` for ℓ∞, of that ℓp length otherwise.
  private func add(
    _ window: SquareWindows.Window, to point: UnsafeMutableBufferPointer<Float>, length: Double,
    using generator: inout SplitMix64
  ) {
    let weights = window.joined().map { Float($0.weight) }
    let size = norm == .linf ? 1 : norm.length(of: weights)
    guard size > 0 else { return }
    for channel in window {
      let sign: Double = Bool.random(using: &generator) ? 1 : -1
      for (i, weight) in channel {
        point[i] += Float(sign * length / size * (norm == .linf ? 1 : weight))
      }
    }
  }

  private func rescale(_ point: UnsafeMutableBufferPointer<Float>) {
    let size = x.withUnsafeBufferPointer { norm.distance(UnsafeBufferPointer(point), $0) }
    guard size > 0 else { return }
    for i in point.indices { point[i] = x[i] + (point[i] - x[i]) * Float(radius / size) }
  }
}
