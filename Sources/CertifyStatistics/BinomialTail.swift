import Foundation

/// A tail of the binomial distribution with a bound of its relative error.
///
/// The tail is P[X = k] times the sum of the ratios P[X = j] / P[X = k], every term positive and at most the
/// one before it, ended by a geometric bound of what is left. P[X = k] is evaluated through deviances, so
/// that nothing of the size of ln n! is subtracted (Loader 2000, "Fast and accurate computation of binomial
/// probabilities"). All rounding is counted in units of u = 2⁻⁵³, with the elementary functions taken to be
/// right to 4u; the constants are stated where they enter.
struct BinomialTail {
  /// The tail as computed.
  let value: Double
  /// |value − tail| ≤ relativeError · tail.
  let relativeError: Double
  /// P[X = k] / tail, which gives the derivative; `nil` when the tail was had by complement.
  let massShare: Double?

  /// At least the tail.
  var upper: Double { min(1, value * (1 + 2 * relativeError)) }

  private static let unit = 0x1p-53

  /// P[X ≥ k] for X ~ Binomial(n, p), 1 ≤ n ≤ 2⁴⁰, 0 ≤ k ≤ n, 10⁻²⁹⁰ ≤ p < 1.
  static func upper(from k: Int, trials n: Int, probability p: Double) -> BinomialTail {
    guard k > 0 else { return BinomialTail(value: 1, relativeError: 0, massShare: nil) }
    guard Double(k) >= Double(n) * p else {
      return complement(of: lower(to: k - 1, trials: n, probability: p))
    }
    return sum(from: k, outward: n - k, inward: k, trials: n, probability: p, odds: p / (1 - p))
  }

  /// P[X ≤ k] for X ~ Binomial(n, p).
  static func lower(to k: Int, trials n: Int, probability p: Double) -> BinomialTail {
    guard k < n else { return BinomialTail(value: 1, relativeError: 0, massShare: nil) }
    guard Double(k) <= Double(n) * p else {
      return complement(of: upper(from: k + 1, trials: n, probability: p))
    }
    return sum(from: k, outward: k, inward: n - k, trials: n, probability: p, odds: (1 - p) / p)
  }

  /// 1 − tail, for a tail that stops short of the mean and so leaves more than a quarter.
  private static func complement(of tail: BinomialTail) -> BinomialTail {
    let value = 1 - tail.value
    let absolute = 2 * tail.relativeError * tail.value + unit
    return BinomialTail(value: value, relativeError: value > 0 ? absolute / value : 1, massShare: nil)
  }

  /// Sums away from the mean: the ratio of the term j+1 to the term j is odds·(outward − j)/(inward + j + 1).
  private static func sum(
    from k: Int, outward: Int, inward: Int, trials n: Int, probability p: Double, odds: Double
  ) -> BinomialTail {
    var term = 1.0
    var total = 1.0
    var rest = 0.0
    var j = 0
    while j < outward {
      let ratio = odds * Double(outward - j) / Double(inward + j + 1)
      term *= ratio
      total += term
      j += 1
      rest = 0
      // Later ratios are smaller, so that what is left is at most a geometric series.
      if ratio < 1, j < outward {
        rest = term * ratio / (1 - ratio)
        if rest < 0x1p-64 * total { break }
      }
    }
    let (logMass, massError) = logMass(of: k, trials: n, probability: p)
    guard logMass > -690 else {
      // Too small to be told apart from 0: 0 ≤ tail ≤ upper.
      return BinomialTail(value: 0x1p-990, relativeError: 1, massShare: nil)
    }
    // Per term: 1 − p, odds, quotient, two products and the sum are rounded once each, hence 8u.
    let error = massError + 8 * Double(j + 2) * unit + 2 * rest / total
    return BinomialTail(value: exp(logMass) * total, relativeError: error, massShare: 1 / total)
  }

  /// ln P[X = k] and a bound of its absolute error (exponentiation included).
  private static func logMass(of k: Int, trials n: Int, probability p: Double) -> (Double, error: Double) {
    let (trials, hits, misses) = (Double(n), Double(k), Double(n - k))
    if k == 0 {
      let value = trials * log1p(-p)
      return (value, error: (8 * abs(value) + 8) * unit)
    }
    if k == n {
      let value = trials * log(p)
      return (value, error: (8 * abs(value) + 8) * unit)
    }
    // k − np, with the product's rounding error put back, so that its relative error is 2u.
    let mean = trials * p
    let difference = (hits - mean) - (-mean).addingProduct(trials, p)
    let deviances =
      deviance(hits, mean: mean, difference: difference)
      + deviance(misses, mean: trials * (1 - p), difference: -difference)
    let width = 0.5 * log(trials / (2 * Double.pi) / hits / misses)
    let value = stirlingRest(n) - stirlingRest(k) - stirlingRest(n - k) - deviances + width
    return (value, error: (512 * deviances + 16 * abs(width) + 64) * unit)
  }

  /// x ln(x/m) + m − x for x, m > 0 with x − m given; relative error at most 256u.
  ///
  /// With v = (x−m)/(x+m) it is (x−m)v + 2x(v³/3 + v⁵/5 + …). Beyond |v| = 0.1 the plain form loses at most
  /// a factor x/deviance ≤ 53.
  private static func deviance(_ x: Double, mean: Double, difference: Double) -> Double {
    let v = difference / (x + mean)
    guard abs(v) < 0.1 else { return x * log(x / mean) - difference }
    let square = v * v
    var power = v * square
    var series = 0.0
    var denominator = 3.0
    while abs(power) > 0x1p-60 * abs(series) {
      series += power / denominator
      power *= square
      denominator += 2
    }
    return difference * v + 2 * x * series
  }

  /// ln n! − [½ ln(2πn) + n ln n − n] for n ≥ 1; absolute error at most 8u.
  ///
  /// The asymptotic series' error is below its first omitted term, 3617/122400 n⁻¹⁵ < 10⁻¹⁹ from n = 16 on;
  /// below, ln n! is a logarithm of an exact product, and the rest follows by ln(1 + 1/n) steps from 16.
  private static func stirlingRest(_ n: Int) -> Double {
    if n < 16 {
      // δ(n) − δ(n+1) = (n + ½) ln(1 + 1/n) − 1, summed from n to 15.
      var sum = stirlingSeries(16)
      for m in n..<16 {
        let v = 1 / Double(2 * m + 1)
        // (n + ½) ln(1 + 1/n) − 1 = Σ_{j≥1} v^{2j}/(2j+1), v = 1/(2n+1).
        let square = v * v
        var power = square
        var denominator = 3.0
        while power > 0x1p-64 {
          sum += power / denominator
          power *= square
          denominator += 2
        }
      }
      return sum
    }
    return stirlingSeries(Double(n))
  }

  private static func stirlingSeries(_ n: Double) -> Double {
    let s = 1 / (n * n)
    return
      (1 / 12.0
      - s
      * (1 / 360.0
        - s * (1 / 1260.0 - s * (1 / 1680.0 - s * (1 / 1188.0 - s * (691 / 360360.0 - s / 156.0))))))
      / n
  }
}
