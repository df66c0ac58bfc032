/// Means that are not above the true one.
public enum Mean {
  /// The largest double that is not above the exact mean; infinite or NaN when a value is, `nil` of nothing.
  public static func roundedDown(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    guard values.allSatisfy(\.isFinite) else { return values.reduce(0, +) }
    var sum = ExactSum()
    for value in values { sum.add(value) }
    return sum.meanRoundedDown(count: values.count)
  }
}
