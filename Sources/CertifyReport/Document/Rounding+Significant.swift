extension Rounding {
  /// The nearest decimal with so many significant digits: `0.8940`, `12.35`, `3.1·10⁻⁷`; a number just below 1 has more, so
  /// that it is not taken for 1.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : nearest(value, places: 0) }
    var exponent = 0
    while abs(value) >= power(ofTen: exponent + 1) { exponent += 1 }
    while abs(value) < power(ofTen: exponent), exponent > -307 { exponent -= 1 }
    if abs(value) > 0.999, abs(value) < 1 {
      // As many digits as it takes to see that it is not 1.
      var places = digits
      while places < 15, 1 - abs(value) < power(ofTen: 1 - places) { places += 1 }
      return nearest(value, places: places)
    }
    if (-4..<7).contains(exponent) { return nearest(value, places: max(0, digits - 1 - exponent)) }
    let mantissa = nearest(value / power(ofTen: exponent), places: digits - 1)
    return "\(mantissa)·10\(superscript(exponent))"
  }

  /// 10ⁿ, to nearest within a few units of the last place; |n| ≤ 307.
  static func power(ofTen exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<min(abs(exponent), 307) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }

  /// A whole number in raised digits.
  static func superscript(_ number: Int) -> String {
    let raised: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
      "9": "⁹",
    ]
    return String(String(number).map { raised[$0] ?? $0 })
  }
}
