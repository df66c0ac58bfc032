import Foundation

/// Integrals with an estimate of their error: Gauss–Legendre in panels, halved until nothing changes any more.
enum Quadrature {
  /// An integral and how much it changed when the panels were last halved.
  struct Integral {
    var value: Double
    var error: Double
  }

  /// ∫ f over [low, high].
  ///
  /// - Parameter tolerance: the change that is small enough; after 2¹⁴ panels whatever is left stays in `error`.
  static func integral(
    from low: Double, to high: Double, tolerance: Double = 1e-12, of function: (Double) -> Double
  ) -> Integral {
    var panels = 8
    var last = sum(from: low, to: high, panels: panels, function)
    while true {
      panels *= 2
      let next = sum(from: low, to: high, panels: panels, function)
      let change = abs(next - last)
      if change <= tolerance || panels >= 1 << 14 { return Integral(value: next, error: change) }
      last = next
    }
  }

  private static func sum(
    from low: Double, to high: Double, panels: Int, _ function: (Double) -> Double
  ) -> Double {
    let half = (high - low) / Double(panels) / 2
    var total = 0.0
    for panel in 0..<panels {
      let middle = low + (2 * Double(panel) + 1) * half
      for node in nodes { total += node.weight * half * function(middle + half * node.place) }
    }
    return total
  }

  /// The ten nodes on [−1, 1]: the zeros of the Legendre polynomial P₁₀ by Newton's method, wᵢ = 2/((1 − xᵢ²)P₁₀′(xᵢ)²)
  /// (Abramowitz & Stegun 1964, 25.4.29).
  private static let nodes: [(place: Double, weight: Double)] = (1...10).map { index in
    let degree = 10
    var x = cos(Double.pi * (Double(index) - 0.25) / (Double(degree) + 0.5))
    var slope = 1.0
    for _ in 0..<50 {
      var (before, value) = (1.0, x)
      for k in 2...degree {
        (before, value) = (value, ((2 * Double(k) - 1) * x * value - (Double(k) - 1) * before) / Double(k))
      }
      slope = Double(degree) * (x * value - before) / (x * x - 1)
      x -= value / slope
    }
    return (x, 2 / ((1 - x * x) * slope * slope))
  }
}
