/// Numbers as people write them in requirements and policies.
enum DecimalNumber {
  /// A decimal such as `0.5`, `.25` or `1e-3`, or a fraction of two of them such as `8/255`; `nil` for
  /// anything else, infinities and NaN included.
  static func parse(_ text: some StringProtocol) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, let numerator = decimal(first) else { return nil }
    guard parts.count == 2 else { return numerator }
    guard let denominator = decimal(parts[1]), denominator != 0 else { return nil }
    let quotient = numerator / denominator
    return quotient.isFinite ? quotient : nil
  }

  private static func decimal(_ text: some StringProtocol) -> Double? {
    let trimmed = String(text).trimmingSpaces
    guard !trimmed.isEmpty, trimmed.allSatisfy({ "0123456789.eE+-".contains($0) }),
      let value = Double(trimmed), value.isFinite
    else { return nil }
    return value
  }
}
