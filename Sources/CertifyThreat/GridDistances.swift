/// What a proof about real inputs says of the inputs on a grid.
///
/// On the grid the distances between inputs are ‖k' − k‖_p / steps with integers k: for ℓ₁ and ℓ_∞ n/steps, for ℓ₂
/// √n/steps. The nearest input that a proof does not cover is farther than its radius, and so at the next of these
/// distances or beyond.
public struct GridDistances: Sendable, Equatable {
  private let norm: Norm
  private let steps: Double
  /// A grid input at the grid's distance d is at most d(1 + stretch) away as floats Float(k)/steps: each of two changed
  /// coordinates is off by half a unit in the last place, and a change is a step at least.
  private let stretch: Double

  /// `nil` when the inputs are not on a grid, or their bounds are unknown.
  public init?(_ threat: ThreatModel) {
    guard let steps = threat.space.gridSteps, steps > 0, let bounds = threat.space.bounds else { return nil }
    let largest = max(abs(Double(bounds.lower)), abs(Double(bounds.upper)))
    let stretch = 2 * largest * Double(steps) * 0x1p-24
    guard stretch.isFinite, stretch < 0.5, steps < 1 << 20 else { return nil }
    norm = threat.norm
    self.steps = Double(steps)
    self.stretch = stretch * (1 + 0x1p-40)
  }

  /// The smallest distance at which there may be a grid input farther away than `radius` as floats, rounded down.
  ///
  /// - Parameter radius: no input within it, as floats and in real arithmetic, is given another class.
  public func certified(_ radius: Double) -> Double {
    guard radius > 0, radius < 0x1p20 else { return radius }
    let scaled = radius / (1 + stretch) * steps * (1 - 0x1p-50)
    switch norm {
    case .l1, .linf: return ((scaled.rounded(.down) + 1) / steps).nextDown
    case .l2:
      return (((scaled * scaled * (1 - 0x1p-50)).rounded(.down) + 1).squareRoot() / steps).nextDown.nextDown
    }
  }

  /// A radius, as floats, that covers every grid input nearer than `distance`, with little to spare.
  public func radius(covering distance: Double) -> Double {
    let scaled = distance * steps * (1 - 0x1p-40)
    let last: Double
    switch norm {
    case .l1, .linf: last = scaled.rounded(.up) - 1
    case .l2: last = max((scaled * scaled).rounded(.up) - 1, 0).squareRoot()
    }
    return max(last, 0) / steps * (1 + stretch) * (1 + 0x1p-30)
  }
}
