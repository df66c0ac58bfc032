import BigInt

/// Non-negative fixed-point numbers of `bits` fractional bits, rounded down by every operation.
///
/// Built from lower bounds by `+` and ``multiply(_:_:)``, a result is a lower bound.
enum FixedPoint {
  /// The fractional bits; one unit is 2⁻²⁵⁶, about 10⁻⁷⁷.
  static let bits = 256
  static let one = BigUInt(1) << bits

  /// ⌊2²⁵⁶/√(2π)⌋.
  static let inverseRootTwoPi: BigUInt =
    BigUInt("662114cf50d942343f2cf1402eae38bfd3829f30512706d8c0471b4802639d2e", radix: 16) ?? 0

  /// The exact value of a positive finite `Double`, numerator / denominator.
  static func fraction(_ x: Double) -> (numerator: BigUInt, denominator: BigUInt) {
    let exponent = Int(x.exponent) - Double.significandBitCount
    let significand = BigUInt(x.significandBitPattern | (1 << UInt64(Double.significandBitCount)))
    return exponent < 0 ? (significand, 1 << -exponent) : (significand << exponent, 1)
  }

  static func multiply(_ a: BigUInt, _ b: BigUInt) -> BigUInt { (a * b) >> bits }

  /// At most e⁻ˣ, where x is at most 2¹⁶; the error is below 2⁻²⁵⁰.
  ///
  /// 1/eʸ with y = x/2ˢ < 2⁻⁶ from an upper bound of eʸ (Taylor's series, rounded up), then squared s times
  /// with 64 guard bits.
  static func exponentialOfMinus(_ x: BigUInt) -> BigUInt {
    let guardBits = 64
    let width = bits + guardBits
    let halvings = max(0, x.bitWidth - bits + 6)
    let y = ((x << guardBits) >> halvings) + 1
    var term = BigUInt(1) << width
    var sum = term
    var j = 1
    while term > 4 {
      term = ((term * y) >> width) / BigUInt(j) + 2
      sum += term
      j += 1
    }
    // The rest of the series is below its last term.
    sum += term
    var power = (BigUInt(1) << (2 * width)) / sum
    for _ in 0..<halvings { power = (power * power) >> width }
    return power >> guardBits
  }
}
