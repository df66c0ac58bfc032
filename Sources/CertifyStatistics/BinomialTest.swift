/// Exact tests of a binomial probability. Every p-value is rounded up, so that a test rejects at most as
/// often as its level allows.
public enum BinomialTest {
  /// P[X ≥ k] for X ~ Binomial(n, p): the p-value of "the probability is at most p".
  ///
  /// - Parameters:
  ///   - successes: k, in 0...trials.
  ///   - trials: n, at least 1.
  ///   - probability: p, in [0, 1].
  /// - Throws: ``StatisticsError`` unless 1 ≤ n ≤ 2⁴⁰, 0 ≤ k ≤ n and 10⁻²⁹⁰ ≤ p < 1.
  public static func upperTail(
    successes: Int, trials: Int, probability: Double
  ) throws(StatisticsError) -> Double {
    try check(successes, trials, probability)
    return BinomialTail.upper(from: successes, trials: trials, probability: probability).upper
  }

  /// P[X ≤ k] for X ~ Binomial(n, p): the p-value of "the probability is at least p".
  ///
  /// - Parameters:
  ///   - successes: k, in 0...trials.
  ///   - trials: n, at least 1.
  ///   - probability: p, in [0, 1].
  /// - Throws: ``StatisticsError`` unless 1 ≤ n ≤ 2⁴⁰, 0 ≤ k ≤ n and 10⁻²⁹⁰ ≤ p < 1.
  public static func lowerTail(
    successes: Int, trials: Int, probability: Double
  ) throws(StatisticsError) -> Double {
    try check(successes, trials, probability)
    return BinomialTail.lower(to: successes, trials: trials, probability: probability).upper
  }

  /// min(1, 2 P[X ≥ max(k, n−k)]) for X ~ Binomial(n, ½): the two-sided p-value of "the probability is ½".
  ///
  /// - Parameters:
  ///   - successes: k, in 0...trials.
  ///   - trials: n, at least 1.
  /// - Throws: ``StatisticsError`` unless 1 ≤ n ≤ 2⁴⁰ and 0 ≤ k ≤ n.
  public static func twoSidedAtHalf(successes: Int, trials: Int) throws(StatisticsError) -> Double {
    try check(successes, trials, 0.5)
    let larger = max(successes, trials - successes)
    // Powers of two are exact: n of n is 2·2⁻ⁿ.
    if larger == trials, trials < 1000 { return 2 / Double(sign: .plus, exponent: trials, significand: 1) }
    return min(1, 2 * BinomialTail.upper(from: larger, trials: trials, probability: 0.5).upper)
  }

  private static func check(_ k: Int, _ n: Int, _ p: Double) throws(StatisticsError) {
    try Check.trials(n)
    try Check.successes(k, of: n)
    guard p >= 1e-290, p < 1 else {
      throw .valueOutOfRange(name: "the probability", value: p, interval: "[1e-290, 1)")
    }
  }
}
