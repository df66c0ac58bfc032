/// The decimal digits of a finite double, all of them: every double is m·2ᵉ and so has a finite expansion.
struct ExactDecimal {
  var isNegative: Bool
  /// The digits before the point, most significant first, without leading zeros; at least one.
  var integerDigits: [UInt8]
  /// The digits behind the point.
  var fractionDigits: [UInt8]

  /// `nil` unless the value is finite.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    isNegative = value.sign == .minus
    var significand = value.significandBitPattern
    var exponent = -1074
    if value.exponentBitPattern > 0 {
      significand |= 1 << 52
      exponent = Int(value.exponentBitPattern) - 1075
    }
    if significand == 0 { exponent = 0 }
    while exponent < 0, significand & 1 == 0 {
      significand >>= 1
      exponent += 1
    }
    // m·2⁻ᵏ = m·5ᵏ / 10ᵏ: k digits stand behind the point.
    var number = Limbs(significand)
    number.multiply(by: exponent < 0 ? 5 : 2, times: abs(exponent))
    let places = max(0, -exponent)
    var digits = number.digits
    if digits.count <= places {
      digits = Array(repeating: 0, count: places + 1 - digits.count) + digits
    }
    integerDigits = Array(digits.dropLast(places))
    fractionDigits = Array(digits.suffix(places))
  }

  /// A natural number in base 10⁹, least significant limb first.
  private struct Limbs {
    private static let base: UInt64 = 1_000_000_000
    private var limbs: [UInt64]

    init(_ value: UInt64) {
      limbs = [value % Self.base, value / Self.base % Self.base, value / Self.base / Self.base]
      trim()
    }

    mutating func multiply(by factor: UInt64, times: Int) {
      var left = times
      while left > 0 {
        let step = min(left, 12)
        var power: UInt64 = 1
        for _ in 0..<step { power *= factor }
        var carry: UInt64 = 0
        for index in limbs.indices {
          let product = limbs[index] * power + carry
          limbs[index] = product % Self.base
          carry = product / Self.base
        }
        if carry > 0 { limbs.append(carry) }
        left -= step
      }
    }

    var digits: [UInt8] {
      var digits: [UInt8] = []
      for limb in limbs {
        var rest = limb
        for _ in 0..<9 {
          digits.append(UInt8(rest % 10))
          rest /= 10
        }
      }
      while digits.count > 1, digits.last == 0 { digits.removeLast() }
      return digits.reversed()
    }

    private mutating func trim() {
      while limbs.count > 1, limbs.last == 0 { limbs.removeLast() }
    }
  }
}
