/// Two lines around a function of one number on each element's interval:
/// lowerSlope·x + lowerIntercept ≤ φ(x) ≤ upperSlope·x + upperIntercept.
///
/// The slopes are chosen, the intercepts follow from them and are rounded outward, so that the lines hold for the
/// numbers as stored. Rectifiers: Zhang et al. 2018 (arXiv 1811.00866), with the lower slope that makes the
/// smaller area; sigmoid and tanh: a chord or a tangent on either side of the inflection.
struct Relaxation: Sendable {
  var lowerSlope: [Double]
  var lowerIntercept: [Double]
  var upperSlope: [Double]
  var upperIntercept: [Double]
  /// The elements whose lower slope may be any number in `slopeRange`: those that a rectifier's kink divides.
  var free: [Int] = []
  /// The slopes that bound a rectifier from below.
  let slopeRange: ClosedRange<Double>

  init(_ activation: Activation, lower: [Double], upper: [Double]) {
    let zeros = [Double](repeating: 0, count: lower.count)
    (lowerSlope, lowerIntercept, upperSlope, upperIntercept) = (zeros, zeros, zeros, zeros)
    switch activation {
    case .rectifier(let slope):
      slopeRange = slope...1
      for k in lower.indices { rectifier(k, slope, lower[k], upper[k]) }
    case .tanh:
      slopeRange = 0...1
      for k in lower.indices {
        set(k, TanhLines(lower[k], upper[k]), scale: 1, argument: 1, offset: 0)
      }
    case .sigmoid:
      slopeRange = 0...1
      for k in lower.indices {
        set(k, TanhLines(lower[k] / 2, upper[k] / 2), scale: 0.5, argument: 0.5, offset: 0.5)
      }
    }
  }

  private mutating func rectifier(_ k: Int, _ slope: Double, _ lower: Double, _ upper: Double) {
    if lower >= 0 || upper <= 0 {
      let exact = lower >= 0 ? 1 : slope
      (lowerSlope[k], upperSlope[k]) = (exact, exact)
      return
    }
    free.append(k)
    let chord = (upper - slope * lower) / (upper - lower)
    // A convex function lies below a line that is above it at both ends.
    let intercept = max((slope - chord) * lower, (1 - chord) * upper)
    let size = abs(slope * lower) + abs(chord * lower) + upper + abs(chord * upper)
    upperSlope[k] = chord
    upperIntercept[k] = intercept + size * 0x1p-50 + 0x1p-1000
    lowerSlope[k] = upper > -lower ? 1 : slope
  }

  /// The lines of offset + scale·tanh(argument·x) from those of tanh.
  private mutating func set(
    _ k: Int, _ lines: TanhLines, scale: Double, argument: Double, offset: Double
  ) {
    lowerSlope[k] = lines.lowerSlope * scale * argument
    upperSlope[k] = lines.upperSlope * scale * argument
    lowerIntercept[k] = (offset + lines.lowerIntercept * scale).nextDown
    upperIntercept[k] = (offset + lines.upperIntercept * scale).nextUp
  }
}
