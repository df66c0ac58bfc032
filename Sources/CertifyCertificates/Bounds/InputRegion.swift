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

  init(lower: [Double], upper: [Double]) {
    self.lower = lower
    self.upper = upper
    ball = nil
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
      sum += pointwiseMin(atLower, atUpper)
      size += pointwiseMax(magnitude(atLower), magnitude(atUpper))
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

extension InputRegion.Ball {
  /// g·x₀ and Σ|gᵢx₀ᵢ|.
  func value(_ g: [Double]) -> (value: Double, size: Double) {
    var (value, size) = (0.0, 0.0)
    for i in g.indices {
      let product = g[i] * center[i]
      value += product
      size += abs(product)
    }
    return (value, size)
  }

  /// The smallest g·δ for δ in the ball with x₀ + δ in the box, rounded down, and the δ that attains it.
  ///
  /// The value is that of the dual problem, which is a lower bound at every multiplier, not only the best one.
  func leastIncrement(of g: [Double], lower: [Double], upper: [Double]) -> (value: Double, step: [Double]) {
    norm == .l1
      ? leastIncrementL1(of: g, lower: lower, upper: upper)
      : leastIncrementL2(of: g, lower: lower, upper: upper)
  }

  /// ℓ₁: fills the rooms to the box in descending order of |gᵢ|. For every threshold τ ≥ 0,
  /// g·δ ≥ −[τε + Σ (|gᵢ| − τ)⁺ roomᵢ].
  private func leastIncrementL1(
    of g: [Double], lower: [Double], upper: [Double]
  ) -> (value: Double, step: [Double]) {
    func room(_ i: Int) -> Double {
      max(0, g[i] > 0 ? center[i] - lower[i] : upper[i] - center[i])
    }
    var step = [Double](repeating: 0, count: g.count)
    var left = radius
    var threshold = 0.0
    for i in g.indices.sorted(by: { abs(g[$0]) > abs(g[$1]) }) {
      let move = min(left, room(i))
      step[i] = g[i] > 0 ? -move : move
      left -= move
      guard left > 0 else {
        threshold = abs(g[i])
        break
      }
    }
    var total = threshold * radius
    for i in g.indices {
      let excess = abs(g[i]) - threshold
      if excess > 0 { total += excess * room(i) }
    }
    return (-total * (1 + Double(g.count + 64) * 0x1p-51), step)
  }

  /// ℓ₂: δᵢ = clamp(−t·gᵢ) minimises g·δ + ‖δ‖²/2t over the box, so that for every t > 0
  /// g·δ ≥ Σ (gᵢδᵢ(t) + δᵢ(t)²/2t) − ε²/2t; t by bisection on ‖δ(t)‖ = ε.
  private func leastIncrementL2(
    of g: [Double], lower: [Double], upper: [Double]
  ) -> (value: Double, step: [Double]) {
    let low = zip(lower, center).map { min(0, ($0 - $1).nextDown) }
    let high = zip(upper, center).map { max(0, ($0 - $1).nextUp) }
    func step(_ i: Int, _ t: Double) -> Double { min(max(-t * g[i], low[i]), high[i]) }
    func length(_ t: Double) -> Double {
      var sum = 0.0
      for i in g.indices {
        let move = step(i, t)
        sum += move * move
      }
      return sum.squareRoot()
    }
    let size = Norm.l2.length(g)
    guard size > 0, size.isFinite, radius > 0 else {
      return (size.isFinite ? -0.0 : .nan, [Double](repeating: 0, count: g.count))
    }
    var (short, long) = (radius / size, radius / size)
    var doublings = 0
    while length(long) < radius, doublings < 60 {
      short = long
      long *= 2
      doublings += 1
    }
    if doublings < 60 {
      for _ in 0..<40 {
        let middle = (short + long) / 2
        if length(middle) < radius { short = middle } else { long = middle }
      }
    }
    var (value, terms) = (-radius * radius / (2 * short), radius * radius / (2 * short))
    var moves = [Double](repeating: 0, count: g.count)
    for i in g.indices {
      let move = step(i, short)
      moves[i] = move
      value += g[i] * move + move * move / (2 * short)
      terms += abs(g[i] * move) + move * move / (2 * short)
    }
    return (value - terms * Double(g.count + 64) * 0x1p-50, moves)
  }
}

/// |v| in each lane.
func magnitude(_ v: Lanes) -> Lanes { v.replacing(with: -v, where: v .< 0) }
