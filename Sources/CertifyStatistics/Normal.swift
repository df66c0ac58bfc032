/// The standard normal distribution, to nearest and rounded outward.
///
/// The rounded variants move the library's value by ``margin`` relative. The library states no bound; over
/// the range |x| ≤ 38 and 10⁻³⁰⁰ ≤ p ≤ 1 − 2⁻⁵³ its error against 60-digit values is below an eighth of it
/// (see the tests).
public enum Normal {
  /// What the rounded variants allow for, relative: 2⁻⁴⁶ ≈ 1.4·10⁻¹⁴.
  public static let margin = 0x1p-46

  /// Φ(x) = P[Z ≤ x].
  ///
  /// - Throws: ``StatisticsError`` when x is NaN.
  public static func cdf(_ x: Double) throws(StatisticsError) -> Double {
    guard !x.isNaN else { throw .valueOutOfRange(name: "x", value: x, interval: "(−∞, ∞)") }
    return try SpecialFunctions.normalCDF(x)
  }

  /// A number that is at least Φ(x) and at most 1; positive.
  public static func cdfRoundedUp(_ x: Double) throws(StatisticsError) -> Double {
    // Below −37.6 the library's value underflows.
    min(1, max(try cdf(x) * (1 + margin), 0x1p-1000))
  }

  /// A number that is at most Φ(x) and at least 0.
  public static func cdfRoundedDown(_ x: Double) throws(StatisticsError) -> Double {
    let value = try cdf(x) * (1 - margin)
    return value < 0x1p-1000 ? 0 : value
  }

  /// Φ⁻¹(p).
  ///
  /// - Throws: ``StatisticsError`` unless 0 < p < 1.
  public static func quantile(_ p: Double) throws(StatisticsError) -> Double {
    guard p > 0, p < 1 else { throw .valueOutOfRange(name: "p", value: p, interval: "(0, 1)") }
    return try SpecialFunctions.normalQuantile(p)
  }

  /// A number that is at most Φ⁻¹(p).
  public static func quantileRoundedDown(_ p: Double) throws(StatisticsError) -> Double {
    let x = try quantile(p)
    return x - abs(x) * margin
  }

  /// A number that is at least Φ⁻¹(p).
  public static func quantileRoundedUp(_ p: Double) throws(StatisticsError) -> Double {
    let x = try quantile(p)
    return x + abs(x) * margin
  }
}
