import CertifyThreat

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
    guard norm == .l1 else { return leastIncrementL2(of: g, lower: lower, upper: upper) }
    let holdsCenter = g.indices.allSatisfy { lower[$0] <= center[$0] && center[$0] <= upper[$0] }
    return holdsCenter
      ? leastIncrementL1(of: g, lower: lower, upper: upper)
      : leastIncrementL1(of: g, aside: lower, upper)
  }

  /// ℓ₁, where the box holds the center: fills the rooms to the box in descending order of |gᵢ|. For every
  /// threshold τ ≥ 0, g·δ ≥ −[τε + Σ (|gᵢ| − τ)⁺ roomᵢ].
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

  /// ℓ₁, for any box: the best of the thresholds |gᵢ|, at each of which
  /// g·δ ≥ Σ min over the interval of (gᵢδᵢ + τ|δᵢ|) − τε.
  private func leastIncrementL1(
    of g: [Double], aside lower: [Double], _ upper: [Double]
  ) -> (value: Double, step: [Double]) {
    var best = (value: -Double.infinity, step: [Double](repeating: 0, count: g.count))
    for threshold in [0] + g.map({ abs($0) }) {
      var (value, size) = (-threshold * radius, threshold * radius)
      var step = best.step
      for i in g.indices {
        let (low, high) = ((lower[i] - center[i]).nextDown, (upper[i] - center[i]).nextUp)
        var least = Double.infinity
        for move in [low, high] + (low < 0 && high > 0 ? [0] : []) {
          let own = g[i] * move + threshold * abs(move)
          if own < least { (least, step[i]) = (own, move) }
          size += (abs(g[i]) + threshold) * abs(move)
        }
        value += least
      }
      let bound = value - size * Double(g.count + 64) * 0x1p-50
      if bound > best.value { best = (bound, step) }
    }
    return best
  }

  /// ℓ₂: δᵢ = clamp(−t·gᵢ) minimises g·δ + ‖δ‖²/2t over the box, so that for every t > 0
  /// g·δ ≥ Σ (gᵢδᵢ(t) + δᵢ(t)²/2t) − ε²/2t. The t with ‖δ(t)‖ = ε follows from which coordinates are clamped at the
  /// last guess of it.
  private func leastIncrementL2(
    of g: [Double], lower: [Double], upper: [Double]
  ) -> (value: Double, step: [Double]) {
    let size = Norm.l2.length(g)
    guard size > 0, size.isFinite, radius > 0 else {
      return (size.isFinite ? -0.0 : .nan, [Double](repeating: 0, count: g.count))
    }
    let low = zip(lower, center).map { ($0 - $1).nextDown }
    let high = zip(upper, center).map { ($0 - $1).nextUp }
    var t = radius / size
    var moves = g
    for round in 0..<24 {
      var (clamped, free) = (0.0, 0.0)
      for i in g.indices {
        let wanted = -t * g[i]
        let move = min(max(wanted, low[i]), high[i])
        moves[i] = move
        if move == wanted { free += g[i] * g[i] } else { clamped += move * move }
      }
      let rest = radius * radius - clamped
      // Where the box alone holds every coordinate, the ball costs nothing in the limit.
      let farther = t < 0x1p40 * radius / size ? t * 0x1p60 : t
      let next = rest > 0 ? (free > 0 ? (rest / free).squareRoot() : farther) : t / 4
      if round == 23 || abs(next - t) <= 0x1p-40 * t { break }
      t = next
    }
    var (value, terms) = (-radius * radius / (2 * t), radius * radius / (2 * t))
    for i in g.indices {
      value += g[i] * moves[i] + moves[i] * moves[i] / (2 * t)
      terms += abs(g[i] * moves[i]) + moves[i] * moves[i] / (2 * t)
    }
    return (value - terms * Double(g.count + 64) * 0x1p-50, moves)
  }
}
