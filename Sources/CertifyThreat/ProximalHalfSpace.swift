/// Short sparse steps on to half-spaces cut with a box: the proximal step of the ℓ₁ distance.
///
/// argmin { ‖v − x‖₁ + ‖v − u‖₂² / (2r) : g·(v − x) ≥ gain, v ∈ box } moves every coordinate from x by
/// wᵢ(λ) = S_r(uᵢ − xᵢ + rλgᵢ), cut off by the box, where S_r(q) = sign(q)·max(|q| − r, 0) and λ ≥ 0 is the smallest
/// multiplier with Σ gᵢwᵢ(λ) ≥ gain. That sum never falls as λ grows, so λ is bracketed by doubling and bisection.
/// Unlike the nearest point of the half-space, which is a corner of the box but for one coordinate, v stays near
/// u: r is how far a coordinate may give back in one step. All is done in single precision: it steers a search, and
/// proves nothing.
public struct ProximalHalfSpace: Sendable {
  /// The box, infinite where nothing bounds a coordinate.
  public let box: Box
  /// uᵢ − xᵢ, and rgᵢ.
  private var offsets: [Float]
  private var slopes: [Float]

  /// Makes room for points of `dimension` coordinates, each within `bounds`, or anywhere without.
  public init(bounds: InputSpace.Bounds?, dimension: Int) {
    self.init(box: bounds.map { Box($0, dimension: dimension) }, dimension: dimension)
  }

  /// - Precondition: The box has `dimension` coordinates.
  public init(box: Box?, dimension: Int) {
    precondition(dimension >= 0, "a space has no negative dimension")
    precondition(box.map { $0.lower.count == dimension } ?? true, "a box of the space")
    self.box = box ?? Box(.init(lower: -.infinity, upper: .infinity), dimension: dimension)
    offsets = Array(repeating: 0, count: dimension)
    slopes = offsets
  }

  /// Writes the point of the step.
  ///
  /// - Parameters:
  ///   - center: x, in the box.
  ///   - start: u.
  ///   - gradient: g; coordinates that are not finite count as 0.
  ///   - gain: What g·(v − x) must reach. Where the box holds no such point, v is one that gains nearly most.
  ///   - reach: r, positive.
  ///   - stretch: v − x is multiplied by this factor, and then cut off by the box.
  ///   - point: v, overwritten; may be the memory of `start`.
  public mutating func step(
    _ center: UnsafeBufferPointer<Float>, from start: UnsafeBufferPointer<Float>,
    gradient: UnsafeBufferPointer<Float>, gain: Double, reach: Double, stretch: Double = 1,
    into point: UnsafeMutableBufferPointer<Float>
  ) {
    let count = offsets.count
    precondition(
      center.count == count && start.count == count && gradient.count == count && point.count == count,
      "one space")
    let r = max(Float(reach), .leastNormalMagnitude)
    var largest: Float = 0
    for i in 0..<count {
      offsets[i] = start[i] - center[i]
      slopes[i] = r * gradient[i].finite(orElse: 0)
      largest = max(largest, abs(slopes[i]))
    }
    let target = Float(gain) * r
    func moved(_ i: Int, _ multiplier: Float) -> Float {
      let q = offsets[i] + multiplier * slopes[i]
      let w = q > r ? q - r : q < -r ? q + r : 0
      return min(max(w, box.lower[i] - center[i]), box.upper[i] - center[i])
    }
    func reaches(_ multiplier: Float) -> Bool {
      var sum: Float = 0
      for i in 0..<count { sum += slopes[i] * moved(i, multiplier) }
      return sum >= target
    }
    let multiplier = largest > 0 ? Self.smallest(unit: r / largest, where: reaches) : 0
    let stretch = Float(stretch)
    for i in 0..<count {
      point[i] = min(max(center[i] + moved(i, multiplier) * stretch, box.lower[i]), box.upper[i])
    }
  }

  /// The smallest λ ≥ 0 at which a condition holds that goes on to hold, to one part in 10⁶.
  private static func smallest(unit: Float, where holds: (Float) -> Bool) -> Float {
    guard !holds(0) else { return 0 }
    var (low, high): (Float, Float) = (0, unit)
    for _ in 0..<40 where !holds(high) { (low, high) = (high, high * 2) }
    for _ in 0..<24 {
      let middle = (low + high) / 2
      guard middle > low, middle < high, high - low > 1e-6 * high else { break }
      if holds(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
