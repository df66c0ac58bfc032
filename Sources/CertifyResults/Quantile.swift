/// Order statistics: quantiles that are values of the sample, never between two of them.
public enum Quantile {
  /// max(1, ⌈q·n⌉) for q in [0, 1]; `nil` for n = 0 or another q.
  ///
  /// A product within a few ulp of an integer is that integer: a double only approximates the decimal q.
  ///
  /// - Parameters:
  ///   - fraction: q, in [0, 1].
  ///   - count: n, the number of values.
  public static func rank(_ fraction: Double, count: Int) -> Int? {
    guard count > 0, fraction >= 0, fraction <= 1 else { return nil }
    let product = fraction * Double(count)
    let nearest = product.rounded()
    let rank = abs(product - nearest) <= 4 * product.ulp ? nearest : product.rounded(.up)
    return min(max(Int(rank), 1), count)
  }

  /// The ⌈q·n⌉-th smallest value (the smallest for q = 0), `nil` of an empty sample.
  ///
  /// A fraction of at least 1 − q of the sample is at this value or above.
  ///
  /// - Parameters:
  ///   - fraction: q in [0, 1].
  ///   - sorted: The sample in ascending order.
  public static func of(_ fraction: Double, sorted: [Double]) -> Double? {
    rank(fraction, count: sorted.count).map { sorted[$0 - 1] }
  }
}
