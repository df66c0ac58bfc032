import BigInt

/// The masses of Q(η) for η of Laplace's law, density exp(−|η|/λ)/2λ, where Q rounds to the grid of step
/// 1/`gridSteps`.
///
/// With h = 1/(gridSteps·λ) the mass of cell 0 is 1 − exp(−h/2), that of cell k ≥ 1 is
/// ½ exp(−(k − ½)h)(1 − exp(−h)), and all beyond K − ½ has ½ exp(−(K − ½)h). λ is the exact value of the `Double`;
/// everything is computed in 256-bit fixed point from bounds on the safe side, so that each mass is a lower bound,
/// within 2⁻¹⁸⁰ of the true one, before it is rounded down to a multiple of 2⁻⁶⁰. (The law is that of Teng, Lee and
/// Yuan 2019, "ℓ1 adversarial robustness certificates: a randomized smoothing approach", and Yang et al. 2020,
/// arXiv:2002.08118.)
public struct RoundedLaplace: RoundedLaw, Equatable {
  /// λ, in the units of the input.
  public let lambda: Double
  /// The grid's steps between 0 and 1.
  public let gridSteps: Int
  public let cells: RoundedCells

  /// Computes the masses.
  ///
  /// - Parameters:
  ///   - lambda: λ, with 0.05 ≤ gridSteps·λ ≤ 2²³.
  ///   - gridSteps: the steps of the grid in a unit, from 1 to 65535: 255 for 8-bit data in [0, 1].
  ///   - reach: K, from 1 to 2¹⁶. Everything beyond ±(K − ½) steps is folded into the cells ±K.
  /// - Throws: ``StatisticsError`` for an argument outside its range.
  public init(lambda: Double, gridSteps: Int = 255, reach: Int) throws(StatisticsError) {
    try RoundedCells.check(gridSteps: gridSteps)
    guard (1...65536).contains(reach) else {
      throw .countOutOfRange(name: "the reach", value: reach, range: 1...65536)
    }
    let steps = Double(gridSteps)
    guard lambda.isFinite, lambda * steps >= 0.05, lambda * steps <= 0x1p23 else {
      throw .valueOutOfRange(name: "λ", value: lambda, interval: "[\(0.05 / steps), \(0x1p23 / steps)]")
    }
    // h = unit / (steps · value), in units of 2⁻²⁵⁶ and rounded up, so that exponentials are lower bounds.
    let (value, unit) = FixedPoint.fraction(lambda)
    let step = (unit << FixedPoint.bits) / (value * BigUInt(gridSteps))
    let decay = FixedPoint.exponentialOfMinus(step + 1)
    // 1 − exp(−h) from below: the exponential of a smaller number, and the error of its computation.
    let slack = BigUInt(1) << 8
    func complement(_ x: BigUInt) -> BigUInt {
      let exponential = FixedPoint.exponentialOfMinus(x) + slack
      return exponential < FixedPoint.one ? FixedPoint.one - exponential : 0
    }
    let width = complement(step)
    // exp(−(k − ½)h) from k = 1 on.
    var density = FixedPoint.exponentialOfMinus((step + 1) / 2 + 1)
    var floors = [UInt64(complement(step / 2) >> (FixedPoint.bits - 60))]
    for k in 1...reach {
      let mass = k == reach ? density : FixedPoint.multiply(density, width)
      floors.append(UInt64(mass >> (FixedPoint.bits - 59)))
      density = FixedPoint.multiply(density, decay)
    }
    self.lambda = lambda
    self.gridSteps = gridSteps
    cells = try RoundedCells(half: floors, law: "Laplace's law of scale \(lambda)")
  }
}
