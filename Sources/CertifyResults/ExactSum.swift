/// A sum of doubles without rounding, held as an expansion of parts that do not overlap.
///
/// Source: Shewchuk 1997, "Adaptive precision floating-point arithmetic and fast robust geometric
/// predicates", DOI 10.1007/PL00009321 (grow-expansion).
struct ExactSum {
  /// In ascending order of magnitude; their exact sum is the value.
  private var parts: [Double] = []

  /// Adds a finite value.
  mutating func add(_ value: Double) {
    var carry = value
    var grown: [Double] = []
    for part in parts {
      let sum = carry + part
      let virtual = sum - carry
      let error = (carry - (sum - virtual)) + (part - virtual)
      if error != 0 { grown.append(error) }
      carry = sum
    }
    if carry != 0 { grown.append(carry) }
    parts = grown
  }

  /// The sum, to within an ulp.
  var approximate: Double { parts.reduce(0, +) }

  /// The sign of the sum, exactly: that of its largest part.
  var sign: FloatingPointSign? {
    guard let largest = parts.last else { return nil }
    return largest < 0 ? .minus : .plus
  }

  /// The largest double not above sum / count.
  func meanRoundedDown(count: Int) -> Double {
    let divisor = Double(count)
    var quotient = approximate / divisor
    while exceeds(quotient, times: divisor) { quotient = quotient.nextDown }
    while !exceeds(quotient.nextUp, times: divisor) { quotient = quotient.nextUp }
    return quotient
  }

  /// Whether quotient · divisor is above the sum.
  private func exceeds(_ quotient: Double, times divisor: Double) -> Bool {
    let product = quotient * divisor
    let error = (-product).addingProduct(quotient, divisor)
    var difference = self
    difference.add(-product)
    difference.add(-error)
    return difference.sign == .minus
  }
}
