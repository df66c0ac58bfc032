import Foundation

/// Lines below and above tanh on an interval.
///
/// For any slope s the best intercept is an extremum of tanh(x) − s·x, which is at an end or at ±artanh √(1 − s).
struct TanhLines {
  let lowerSlope: Double
  let lowerIntercept: Double
  let upperSlope: Double
  let upperIntercept: Double

  init(_ lower: Double, _ upper: Double) {
    upperSlope = Self.upperSlope(lower, upper)
    upperIntercept = Self.upperIntercept(slope: upperSlope, lower, upper)
    // tanh is odd: what bounds it from below on [l, u] bounds it from above on [−u, −l].
    lowerSlope = Self.upperSlope(-upper, -lower)
    lowerIntercept = -Self.upperIntercept(slope: lowerSlope, -upper, -lower)
  }

  private static func derivative(_ x: Double) -> Double {
    let value = tanh(x)
    return (1 - value) * (1 + value)
  }

  private static func upperSlope(_ lower: Double, _ upper: Double) -> Double {
    guard upper - lower > 1e-6 else { return derivative((lower + upper) / 2) }
    let chord = (tanh(upper) - tanh(lower)) / (upper - lower)
    if lower >= 0 { return derivative((lower + upper) / 2) }
    if upper <= 0 || derivative(upper) >= chord { return chord }
    // The tangent in d > 0 through the lower end.
    var (near, far) = (0.0, upper)
    for _ in 0..<40 {
      let middle = (near + far) / 2
      if derivative(middle) * (middle - lower) > tanh(middle) - tanh(lower) {
        near = middle
      } else {
        far = middle
      }
    }
    return derivative(far)
  }

  /// The largest tanh(x) − slope·x, with room for the rounding of its evaluation.
  private static func upperIntercept(slope: Double, _ lower: Double, _ upper: Double) -> Double {
    var largest = max(tanh(lower) - slope * lower, tanh(upper) - slope * upper)
    if slope > 0, slope < 1 {
      let place = atanh((1 - slope).squareRoot())
      // Beside the stationary point by rounding, the value is off by the square of that.
      if place > lower, place < upper { largest = max(largest, tanh(place) - slope * place) }
    } else if slope <= 0 {
      largest = max(largest, 1 - slope * upper)
    }
    let magnitude = max(abs(lower), abs(upper))
    return largest + 1e-12 + abs(slope) * magnitude * 0x1p-48
  }
}
