/// Double-precision operations on magnitudes whose results never fall below the exact ones.
///
/// The rounding error of each operation is recovered exactly (Dekker 1971, doi 10.1007/BF01397083; Knuth's
/// two-sum; a fused multiply-add for products), and the result is moved to the next number when it is short.
/// An exact result stays as it is.
enum Upward {
  /// |a − b|, at most one unit in the last place above.
  @inline(__always)
  static func distance(_ a: Float, _ b: Float) -> Double {
    let high = Double(max(a, b))
    let low = Double(min(a, b))
    return sum(high, -low)
  }

  /// a + b.
  @inline(__always)
  static func sum(_ a: Double, _ b: Double) -> Double {
    let sum = a + b
    let part = sum - a
    let error = (a - (sum - part)) + (b - part)
    return error > 0 ? sum.nextUp : sum
  }

  /// a².
  @inline(__always)
  static func square(_ a: Double) -> Double {
    let square = a * a
    return (-square).addingProduct(a, a) > 0 ? square.nextUp : square
  }

  /// √a.
  @inline(__always)
  static func squareRoot(_ a: Double) -> Double {
    let root = a.squareRoot()
    return (-a).addingProduct(root, root) < 0 ? root.nextUp : root
  }

  /// a / b for b > 0.
  @inline(__always)
  static func quotient(_ a: Double, _ b: Double) -> Double {
    let quotient = a / b
    return (-a).addingProduct(quotient, b) < 0 ? quotient.nextUp : quotient
  }
}

extension Float {
  /// The float nearest to `self` + `offset` whose distance from `self` is at most |`offset`|.
  ///
  /// Exact up to a relative 2⁻⁵³ of the distance, which the callers allow for.
  @inline(__always)
  func moved(by offset: Double) -> Float {
    let moved = Float(Double(self) + offset)
    let isUpward = offset >= 0
    let excess = isUpward ? Double(moved) - Double(self) - offset : Double(self) - Double(moved) + offset
    if moved == 0 { return excess > 0 ? (isUpward ? moved.nextDown : moved.nextUp) : moved }
    // Back towards `self`: one bit pattern less when the move leads away from 0, one more when towards it.
    let step: UInt32 = (moved > 0) == isUpward ? ~0 : 1
    return Float(bitPattern: moved.bitPattern &+ (excess > 0 ? step : 0))
  }

  /// `self` with infinities replaced by the largest finite number of their sign, and NaN by `replacement`.
  @inline(__always)
  func finite(orElse replacement: Float) -> Float {
    let largest = Float.greatestFiniteMagnitude
    let capped = self > largest ? largest : self < -largest ? -largest : self
    return capped.isNaN ? replacement : capped
  }
}

extension Double {
  /// The largest float whose magnitude is at most that of `self`, with its sign.
  @inline(__always)
  var roundedTowardZeroToFloat: Float {
    let nearest = Float(self)
    return Float(bitPattern: nearest.bitPattern &- (abs(Double(nearest)) > abs(self) ? 1 : 0))
  }
}
