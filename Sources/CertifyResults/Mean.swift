/// Means that are not above the true one.
public enum Mean {
  /// The largest double that is not above the exact mean; infinite or NaN when a value is, `nil` of nothing.
  ///
  /// Where every value is below 2⁻⁹⁰⁰ or one above 2⁹⁰⁰, in magnitude, the smallest value: a mean is never less.
  public static func roundedDown(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    guard values.allSatisfy(\.isFinite) else { return values.reduce(0, +) }
    let largest = values.reduce(0) { max($0, abs($1)) }
    guard largest == 0 || (largest > 0x1p-900 && largest < 0x1p900) else { return values.min() }
    var sum = ExactSum()
    for value in values { sum.add(value) }
    return sum.meanRoundedDown(count: values.count)
  }
}
