import Foundation

/// One-sided confidence bounds of a binomial probability (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).
///
/// L(k) solves P[X ≥ k] = α and U(k) solves P[X ≤ k] = α for X ~ Binomial(n, p). Both are *sound*: the true
/// tail at the number returned does not exceed α. The incomplete beta function of the GNU Scientific Library
/// proposes a root by bisection; it has no error bound, so the tail is summed again with one
/// (`BinomialTail`), the root corrected, and moved outward until the upper bound of the tail is at most α.
/// The move is of the size of that bound, about 10⁻¹² relative at n = 10⁵ and 10⁻¹¹ at n = 10⁷.
public enum ClopperPearson {
  /// L(k; n, α), the lower bound: P[p ≥ L] ≥ 1 − α whatever p is.
  ///
  /// L(0) = 0, L(n) = α^{1/n}.
  ///
  /// - Parameters:
  ///   - k: The successes, in 0...n.
  ///   - n: The trials, at least 1.
  ///   - alpha: α, in (0, 1): the probability with which the bound may fail.
  /// - Throws: ``StatisticsError`` unless 1 ≤ n ≤ 2⁴⁰, 0 ≤ k ≤ n and 0 < α < 1.
  public static func lowerBound(
    successes k: Int, trials n: Int, alpha: Double
  ) throws(StatisticsError) -> Double {
    try check(k, n, alpha)
    if k == 0 { return 0 }
    if k == n {
      // The exponent is right to 3u relative, its exponential to 4u more.
      let exponent = log(alpha) / Double(n)
      return max(0, exp(exponent) * (1 - 0x1p-50 * (1 - exponent)))
    }
    let proposal = bisect { p in
      let tail =
        SpecialFunctions.betaCDF(p, Double(k), Double(n - k + 1))
        ?? BinomialTail.upper(from: k, trials: n, probability: p).value
      return tail > alpha
    }
    // d ln P[X ≥ k] / dp = (k/p) P[X = k] / P[X ≥ k].
    let corrected = correct(proposal) { p in
      let tail = BinomialTail.upper(from: k, trials: n, probability: p)
      guard let share = tail.massShare else { return nil }
      return log(tail.upper / alpha) / (Double(k) / p * share)
    }
    return moveOutward(corrected, by: -1) { p in
      p < smallest || BinomialTail.upper(from: k, trials: n, probability: p).upper <= alpha
    }
  }

  /// U(k; n, α), the upper bound: P[p ≤ U] ≥ 1 − α whatever p is.
  ///
  /// U(n) = 1, U(0) = 1 − α^{1/n}, and U(k; n) = 1 − L(n − k; n), though not computed so: the difference
  /// would lose what distinguishes small bounds.
  ///
  /// - Parameters:
  ///   - k: The successes, in 0...n.
  ///   - n: The trials, at least 1.
  ///   - alpha: α, in (0, 1): the probability with which the bound may fail.
  /// - Throws: ``StatisticsError`` unless 1 ≤ n ≤ 2⁴⁰, 0 ≤ k ≤ n and 0 < α < 1.
  public static func upperBound(
    successes k: Int, trials n: Int, alpha: Double
  ) throws(StatisticsError) -> Double {
    try check(k, n, alpha)
    if k == n { return 1 }
    // |t eᵗ / expm1(t)| ≤ 1 for t < 0: the relative error of the exponent is not magnified.
    if k == 0 { return min(1, -expm1(log(alpha) / Double(n)) * (1 + 0x1p-49)) }
    let proposal = bisect { p in
      let tail =
        SpecialFunctions.betaCDF(1 - p, Double(n - k), Double(k + 1))
        ?? BinomialTail.lower(to: k, trials: n, probability: p).value
      return tail <= alpha
    }
    // d ln P[X ≤ k] / dp = −((n−k)/(1−p)) P[X = k] / P[X ≤ k].
    let corrected = correct(proposal) { p in
      let tail = BinomialTail.lower(to: k, trials: n, probability: p)
      guard let share = tail.massShare else { return nil }
      return -log(tail.upper / alpha) / (Double(n - k) / (1 - p) * share)
    }
    return moveOutward(corrected, by: 1) { p in
      p >= 1 || BinomialTail.lower(to: k, trials: n, probability: p).upper <= alpha
    }
  }

  /// Below this a lower bound is returned as 0.
  private static let smallest = 1e-290

  private static func check(_ k: Int, _ n: Int, _ alpha: Double) throws(StatisticsError) {
    try Check.trials(n)
    try Check.successes(k, of: n)
    try Check.level(alpha, name: "α")
  }

  /// The point of (0, 1) at which `isAbove` turns from false to true, to about 10⁻¹⁵ relative.
  private static func bisect(_ isAbove: (Double) -> Bool) -> Double {
    var (low, high) = (smallest, 1.0)
    for _ in 0..<80 where high - low > 0x1p-51 * low {
      let middle = high > 4 * low ? (low * high).squareRoot() : low + (high - low) / 2
      if isAbove(middle) { high = middle } else { low = middle }
    }
    return low + (high - low) / 2
  }

  /// A few of Newton's steps from a point that is already close; `step` is what to subtract.
  private static func correct(_ start: Double, step: (Double) -> Double?) -> Double {
    var p = start
    for _ in 0..<3 {
      guard p > smallest, p < 1, let change = step(p), abs(change) < 1e-3 * p, p - change < 1 else {
        return p
      }
      p -= change
      if abs(change) < 0x1p-50 * p { break }
    }
    return p
  }

  /// The first of p(1 ± 2⁻⁵²), p(1 ± 2⁻⁵¹), … that is sound; 0 or 1 at the latest.
  private static func moveOutward(_ start: Double, by direction: Double, isSound: (Double) -> Bool) -> Double
  {
    var p = min(max(start, smallest), 1)
    var margin = 0x1p-52
    while !isSound(p) {
      p = min(max(start * (1 + direction * margin), 0), 1)
      margin *= 2
    }
    return p < smallest ? 0 : p
  }
}
