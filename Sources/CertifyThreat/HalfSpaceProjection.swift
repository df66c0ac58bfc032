/// The nearest point of a half-space in a box: argmin { ‖v − c‖_p : g·(v − c) ≥ gain, v ∈ box }.
///
/// The minimiser moves every coordinate by sign(gᵢ)·wᵢ with γᵢ the room to the box on that side and
/// - ℓ∞: wᵢ = min(ε, γᵢ);
/// - ℓ₂: wᵢ = min(λ|gᵢ|, γᵢ);
/// - ℓ₁: wᵢ = γᵢ where |gᵢ| > θ, 0 where |gᵢ| < θ, and in between where they are equal.
///
/// ε and λ solve a concave, increasing, piecewise linear equation: Newton's method from 0 never overshoots and
/// ends after finitely many steps. θ is bracketed by bisection. All is done in single precision: it steers a
/// search, and proves nothing. It owns the memory it needs.
public struct HalfSpaceProjection: Sendable {
  /// The norm ‖·‖_p that v − c is measured in.
  public let norm: Norm
  /// The box, infinite where nothing bounds a coordinate.
  public let box: Box
  /// |gᵢ|.
  private var slopes: [Float]
  /// γᵢ.
  private var rooms: [Float]

  /// Makes room for points of `dimension` coordinates, 0 or more.
  ///
  /// - Parameters:
  ///   - norm: What v − c is measured in.
  ///   - bounds: The interval of every coordinate; `nil` for all of ℝᵈ.
  ///   - dimension: d.
  public init(norm: Norm, bounds: InputSpace.Bounds?, dimension: Int) {
    self.init(norm: norm, box: bounds.map { Box($0, dimension: dimension) }, dimension: dimension)
  }

  /// Makes room for points of `dimension` coordinates, 0 or more.
  ///
  /// - Parameters:
  ///   - norm: What v − c is measured in.
  ///   - box: An interval a coordinate; `nil` for all of ℝᵈ.
  ///   - dimension: d.
  /// - Precondition: The box has `dimension` coordinates.
  public init(norm: Norm, box: Box?, dimension: Int) {
    precondition(dimension >= 0, "a space has no negative dimension")
    precondition(box.map { $0.lower.count == dimension } ?? true, "a box of the space")
    self.norm = norm
    self.box = box ?? Box(.init(lower: -.infinity, upper: .infinity), dimension: dimension)
    slopes = Array(repeating: 0, count: dimension)
    rooms = slopes
  }

  /// Writes the nearest point.
  ///
  /// - Parameters:
  ///   - center: c, in the box.
  ///   - gradient: g; coordinates that are not finite count as 0.
  ///   - gain: What g·(v − c) must reach; c itself is nearest when it is not positive.
  ///   - stretch: The displacement is multiplied by this factor, and then cut off by the box.
  ///   - point: v, overwritten.
  /// - Returns: ‖v − c‖_p without `stretch`, or `nil` when no point of the box gains so much; `point` is then
  ///   the one that gains most, and with an infinite box c.
  @discardableResult
  public mutating func project(
    _ center: UnsafeBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>, gain: Double,
    stretch: Double = 1, into point: UnsafeMutableBufferPointer<Float>
  ) -> Double? {
    let count = slopes.count
    precondition(center.count == count && gradient.count == count && point.count == count, "one space")
    guard gain > 0 else {
      for i in 0..<count { point[i] = center[i] }
      return 0
    }
    let norm = norm
    let box = box
    let distance: Double? = slopes.withUnsafeMutableBufferPointer { slopes in
      rooms.withUnsafeMutableBufferPointer { rooms in
        for i in 0..<count {
          let g = gradient[i].finite(orElse: 0)
          slopes[i] = abs(g)
          rooms[i] = g > 0 ? box.upper[i] - center[i] : g < 0 ? center[i] - box.lower[i] : 0
        }
        let solver = HalfSpaceSolver(count: count, slopes: slopes, rooms: rooms, gain: Float(gain))
        return switch norm {
        case .linf: solver.solveLinf()
        case .l2: solver.solveL2()
        case .l1: solver.solveL1()
        }
      }
    }
    let stretch = Float(stretch)
    for i in 0..<count {
      let length = rooms[i] == .infinity ? 0 : rooms[i] * stretch
      let moved = gradient[i] > 0 ? center[i] + length : center[i] - length
      point[i] = min(max(moved, box.lower[i]), box.upper[i])
    }
    return distance
  }
}

/// The solution for one gradient; each method replaces `rooms` by the lengths wᵢ.
private struct HalfSpaceSolver {
  let count: Int
  let slopes: UnsafeMutableBufferPointer<Float>
  let rooms: UnsafeMutableBufferPointer<Float>
  let gain: Float

  func solveLinf() -> Double? {
    guard
      let radius = newton(
        gained: { slope, room, radius in slope * least(radius, room) },
        rate: { slope, room, radius in radius < room ? slope : 0 })
    else { return nil }
    for i in 0..<count { rooms[i] = slopes[i] > 0 ? least(radius, rooms[i]) : 0 }
    return Double(radius)
  }

  func solveL2() -> Double? {
    guard
      let scale = newton(
        gained: { slope, room, scale in slope * least(scale * slope, room) },
        rate: { slope, room, scale in scale * slope < room ? slope * slope : 0 })
    else { return nil }
    for i in 0..<count { rooms[i] = least(scale * slopes[i], rooms[i]) }
    return Double(sum { rooms[$0] * rooms[$0] }).squareRoot()
  }

  func solveL1() -> Double? {
    for i in 0..<count where slopes[i] == 0 { rooms[i] = 0 }
    func gained(above threshold: Float) -> Float {
      sum { slopes[$0] >= threshold ? slopes[$0] * rooms[$0] : 0 }
    }
    guard gained(above: .leastNonzeroMagnitude) >= gain else { return nil }
    var low: Float = 0
    var high: Float = 0
    for i in 0..<count { high = max(high, slopes[i]) }
    high = high.nextUp
    for _ in 0..<40 {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if gained(above: middle) >= gain { low = middle } else { high = middle }
    }
    var left = gain - gained(above: high)
    for i in 0..<count where slopes[i] < high {
      guard slopes[i] >= low, slopes[i] > 0, left > 0 else {
        rooms[i] = 0
        continue
      }
      rooms[i] = least(rooms[i], left / slopes[i])
      left -= slopes[i] * rooms[i]
    }
    return Double(sum { rooms[$0] })
  }

  /// The multiplier at which the gain is reached; `nil` when it never is.
  @inline(__always)
  private func newton(
    gained: (Float, Float, Float) -> Float, rate: (Float, Float, Float) -> Float
  ) -> Float? {
    var multiplier: Float = 0
    for _ in 0..<100 {
      let missing = gain - (multiplier > 0 ? sum { gained(slopes[$0], rooms[$0], multiplier) } : 0)
      guard missing > gain * 1e-6 else { return multiplier }
      let rate = sum { rate(slopes[$0], rooms[$0], multiplier) }
      let next = multiplier + missing / rate
      guard rate > 0, next.isFinite else { return nil }
      guard next > multiplier else { return multiplier }
      multiplier = next
    }
    return multiplier
  }

  /// Σ term(i), in eight partial sums.
  @inline(__always)
  private func sum(_ term: (Int) -> Float) -> Float {
    var partial = SIMD8<Float>()
    var i = 0
    while i + 8 <= count {
      for lane in 0..<8 { partial[lane] += term(i + lane) }
      i += 8
    }
    var total = partial.sum()
    while i < count {
      total += term(i)
      i += 1
    }
    return total
  }
}

/// The smaller number, in the form of one instruction.
@inline(__always)
private func least(_ a: Float, _ b: Float) -> Float { a < b ? a : b }
