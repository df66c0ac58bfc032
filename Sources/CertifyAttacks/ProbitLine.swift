import Foundation

/// How the rival's share q = p_c/(p_c + p_y) grows along a segment: Φ⁻¹(q(t)) ≈ slope·(t − boundary).
///
/// On a segment across the boundary of a half-space the relation is exact under Gaussian noise. It only
/// chooses where to look; what is reported rests on flip tests.
struct ProbitLine {
  /// A share seen at t.
  struct Observation {
    var t: Double
    var rivalHits: Int
    var labelHits: Int
  }

  /// Where the share is ½.
  var boundary: Double
  var slope: Double

  /// Where the share is Φ(`z`).
  func t(atProbit z: Double) -> Double { boundary + z / slope }

  /// Fits the line by least squares, each observation weighted by the inverse variance of its probit; `nil`
  /// without a rising line. The slope is drawn a little towards `expectedSlope`.
  init?(_ observations: [Observation], expectedSlope: Double) {
    var sums = (w: 0.0, t: 0.0, z: 0.0)
    let points = observations.compactMap { observation -> (t: Double, z: Double, w: Double)? in
      let n = Double(observation.rivalHits + observation.labelHits)
      guard n > 0 else { return nil }
      let q = (Double(observation.rivalHits) + 0.5) / (n + 1)
      let z = Probit.inverse(q)
      let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      // Far from the boundary the line is a poor model, so those points count for less still.
      return (observation.t, z, n * density * density / (q * (1 - q)) * exp(-z * z))
    }
    for point in points {
      sums.w += point.w
      sums.t += point.w * point.t
      sums.z += point.w * point.z
    }
    guard sums.w > 0, expectedSlope > 0 else { return nil }
    let (t, z) = (sums.t / sums.w, sums.z / sums.w)
    // The prior is worth a pair of points of 100 samples, a tenth of the scale apart.
    let prior = 100 * 0.01 / (expectedSlope * expectedSlope)
    var (above, below) = (prior * expectedSlope, prior)
    for point in points {
      above += point.w * (point.t - t) * (point.z - z)
      below += point.w * (point.t - t) * (point.t - t)
    }
    slope = max(above / below, expectedSlope * 0.1)
    boundary = t - z / slope
    guard boundary.isFinite else { return nil }
  }
}

/// The inverse of the normal distribution function, good enough to steer a search.
enum Probit {
  static func inverse(_ p: Double) -> Double {
    var (low, high) = (-9.0, 9.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
