import CertifyThreat

/// The inputs that a bound speaks of: a box, or an ℓ₁ or ℓ₂ ball cut with one.
struct InputRegion: Sendable {
  /// The smallest box that holds the region, rounded outward.
  let lower: [Double]
  let upper: [Double]
  /// The ball; `nil` when the region is the box.
  let ball: Ball?

  struct Ball: Sendable {
    let norm: Norm
    let center: [Double]
    let radius: Double
  }

  init(lower: [Double], upper: [Double], ball: Ball? = nil) {
    self.lower = lower
    self.upper = upper
    self.ball = ball
  }

  /// Whether the box certainly misses the ball.
  var isEmpty: Bool {
    guard let ball else { return false }
    let nearest = lower.indices.map { max(0, lower[$0] - ball.center[$0], ball.center[$0] - upper[$0]) }
    return ball.norm.length(nearest) * (1 - Double(nearest.count + 16) * 0x1p-51) > ball.radius
  }

  /// The points within `radius` of `center` inside `bounds`.
  init(center: [Float], radius: Double, norm: Norm, bounds: InputSpace.Bounds?) {
    let center = center.map(Double.init)
    let lowest = bounds.map { Double($0.lower) } ?? -.infinity
    let highest = bounds.map { Double($0.upper) } ?? .infinity
    lower = center.map { max(lowest, ($0 - radius).nextDown) }
    upper = center.map { min(highest, ($0 + radius).nextUp) }
    ball = norm == .linf ? nil : Ball(norm: norm, center: center, radius: radius)
  }

  /// The smallest value of Σ gᵢxᵢ in each lane, rounded down.
  func minimum(of form: [Lanes]) -> Lanes {
    var sum = Lanes.zero
    var size = Lanes.zero
    for (i, g) in form.enumerated() {
      let (atLower, atUpper) = (g * lower[i], g * upper[i])
      sum += smaller(atLower, atUpper)
      size += larger(magnitude(atLower), magnitude(atUpper))
    }
    sum -= size * (Double(form.count + 64) * 0x1p-51)
    guard let ball else { return sum }
    for lane in 0..<Lanes.scalarCount {
      let coefficients = form.map { $0[lane] }
      let proof = ball.leastIncrement(of: coefficients, lower: lower, upper: upper)
      let atCenter = ball.value(coefficients)
      let bound =
        atCenter.value + proof.value - (atCenter.size + abs(proof.value)) * Double(form.count + 64) * 0x1p-51
      if bound > sum[lane] || sum[lane].isNaN { sum[lane] = bound }
    }
    return sum
  }

  /// A point where Σ gᵢxᵢ is smallest, up to rounding, in each lane.
  func minimizer(of form: [Lanes]) -> [Lanes] {
    var point = [Lanes](repeating: .zero, count: form.count)
    guard let ball else {
      for (i, g) in form.enumerated() {
        point[i] = Lanes(repeating: lower[i]).replacing(with: upper[i], where: g .< 0)
      }
      return point
    }
    for lane in 0..<Lanes.scalarCount {
      let step = ball.leastIncrement(of: form.map { $0[lane] }, lower: lower, upper: upper).step
      for i in step.indices { point[i][lane] = ball.center[i] + step[i] }
    }
    return point
  }
}
