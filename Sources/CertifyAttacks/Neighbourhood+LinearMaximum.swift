import CertifyThreat

extension Neighbourhood {
  /// Writes the point of ball ∩ box at which a linear function is largest: x + argmax g·δ.
  ///
  /// δᵢ = ±ε cut off by the box for ℓ∞; δᵢ = λgᵢ cut off by the box for ℓ₂, with λ such that ‖δ‖₂ = ε;
  /// for ℓ₁ the coordinates' rooms filled in descending order of |gᵢ| until ε is spent.
  ///
  /// - Parameter order: coordinates in descending order of |g|, for ℓ₁ only; see ``order(of:)``.
  func maximize(
    _ g: UnsafeBufferPointer<Float>, order: [Int], radius: Double,
    into row: UnsafeMutableBufferPointer<Float>
  ) {
    switch norm {
    case .linf:
      for i in row.indices { row[i] = moved(i, by: g[i] > 0 ? radius : g[i] < 0 ? -radius : 0) }
    case .l2:
      let scale = scale(of: g, radius: radius)
      for i in row.indices { row[i] = moved(i, by: g[i] == 0 ? 0 : Double(g[i]) * scale) }
    case .l1:
      copyInput(to: row)
      var left = radius
      for i in order where left > 0 && g[i] != 0 {
        let spent = min(left, room(i, towards: g[i]))
        row[i] = moved(i, by: g[i] > 0 ? spent : -spent)
        left -= spent
      }
    }
  }

  /// Coordinates in descending order of |g| where the norm needs it (ℓ₁), else nothing.
  func order(of g: UnsafeBufferPointer<Float>) -> [Int] {
    guard norm == .l1 else { return [] }
    return g.indices.filter { g[$0] != 0 }.sorted { (abs(g[$1]), $0) < (abs(g[$0]), $1) }
  }

  /// The room between x and the box in coordinate `i` in the direction of `sign`.
  func room(_ i: Int, towards sign: Float) -> Double {
    sign > 0 ? Double(upper[i]) - Double(x[i]) : Double(x[i]) - Double(lower[i])
  }

  /// The float nearest to xᵢ + offset in the box that is at most |offset| away from xᵢ.
  private func moved(_ i: Int, by offset: Double) -> Float {
    var value = Float(Double(x[i]) + offset)
    if abs(Double(value) - Double(x[i])) > abs(offset) { value = offset > 0 ? value.nextDown : value.nextUp }
    return min(max(value, lower[i]), upper[i])
  }

  /// λ with ‖min(λ|gᵢ|, roomᵢ)‖₂ = radius, by bisection; when the box is smaller than the ball, one that
  /// fills it.
  private func scale(of g: UnsafeBufferPointer<Float>, radius: Double) -> Double {
    var square = 0.0
    for value in g where value != 0 {
      square += Double(value) * Double(value)
    }
    guard square > 0 else { return 0 }
    var low = radius / square.squareRoot()
    guard isCut(g, scale: low) else { return low }
    var high = low
    for _ in 0..<60 where length(of: g, scale: high) < radius {
      low = high
      high *= 4
    }
    for _ in 0..<50 where high - low > 1e-9 * high {
      let middle = (low + high) / 2
      if length(of: g, scale: middle) < radius { low = middle } else { high = middle }
    }
    return low
  }

  private func isCut(_ g: UnsafeBufferPointer<Float>, scale: Double) -> Bool {
    g.indices.contains { g[$0] != 0 && abs(Double(g[$0])) * scale > room($0, towards: g[$0]) }
  }

  private func length(of g: UnsafeBufferPointer<Float>, scale: Double) -> Double {
    var square = 0.0
    for i in g.indices where g[i] != 0 {
      let step = min(abs(Double(g[i])) * scale, room(i, towards: g[i]))
      square += step * step
    }
    return square.squareRoot()
  }
}
