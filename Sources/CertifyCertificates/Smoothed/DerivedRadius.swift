import CertifyThreat

/// Radii in one norm that follow from those in another: balls inside balls.
public enum DerivedRadius {
  /// The radius of the largest ball of `norm` inside the ball of `source` of this radius, rounded down.
  ///
  /// ‖δ‖_p ≤ d^{max(0, 1/p − 1/q)} ‖δ‖_q in d dimensions (Hölder): an ℓ₂ radius r gives ℓ₁ ≥ r and ℓ∞ ≥ r/√d, an ℓ₁
  /// radius r gives ℓ₂ ≥ r/√d and ℓ∞ ≥ r/d. `nil` for d < 1.
  ///
  /// - Parameters:
  ///   - radius: Of the ball of `source`, in the units of the input.
  ///   - source: The norm q that the radius is proven in.
  ///   - norm: The norm p that one is wanted in.
  ///   - inputCount: d.
  public static func radius(_ radius: Double, of source: Norm, in norm: Norm, inputCount: Int) -> Double? {
    guard inputCount >= 1 else { return nil }
    let factor = factor(from: source, to: norm, inputCount: inputCount)
    return factor == 1 ? radius : (radius / factor).nextDown
  }

  /// The least radius of `source` whose ball holds the ball of `norm` of this radius, rounded up.
  ///
  /// - Parameters:
  ///   - radius: Of the ball of `norm`, in the units of the input.
  ///   - norm: The norm p that the radius is wanted in.
  ///   - source: The norm q that one is to be proven in.
  ///   - inputCount: d; `nil` is returned below 1.
  public static func needed(_ radius: Double, in norm: Norm, from source: Norm, inputCount: Int) -> Double? {
    guard inputCount >= 1 else { return nil }
    let factor = factor(from: source, to: norm, inputCount: inputCount)
    return factor == 1 || radius == 0 ? radius : (radius * factor).nextUp
  }

  /// d^{max(0, 1/p − 1/q)}, rounded up.
  private static func factor(from source: Norm, to norm: Norm, inputCount: Int) -> Double {
    let count = Double(inputCount)
    return switch (source, norm) {
    case (.l2, .linf), (.l1, .l2): count == 1 ? 1 : count.squareRoot().nextUp
    case (.l1, .linf): count
    default: 1
    }
  }
}
