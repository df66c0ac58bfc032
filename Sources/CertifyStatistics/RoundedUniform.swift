import BigInt

/// The masses of Q(η) for η uniform on [−λ, λ], where Q rounds to the grid of step 1/`gridSteps`.
///
/// With L = λ·gridSteps the mass of cell k is the length of [k − ½, k + ½] ∩ [−L, L] over 2L, an exact rational
/// number, since λ is the exact value of the `Double`; its product with 2⁶⁰ is rounded down. (The law is that of
/// Yang et al. 2020, arXiv:2002.08118.)
public struct RoundedUniform: RoundedLaw, Equatable {
  /// λ, in the units of the input.
  public let lambda: Double
  /// The grid's steps between 0 and 1.
  public let gridSteps: Int
  public let cells: RoundedCells

  /// Computes the masses.
  ///
  /// - Parameters:
  ///   - lambda: λ, with 0.1 ≤ gridSteps·λ ≤ 2²³.
  ///   - gridSteps: the steps of the grid in a unit, from 1 to 65535: 255 for 8-bit data in [0, 1].
  ///   - reach: K ≥ 1. Everything beyond ±(K − ½) steps is folded into the cells ±K.
  /// - Throws: ``StatisticsError`` for an argument outside its range.
  public init(lambda: Double, gridSteps: Int = 255, reach: Int) throws(StatisticsError) {
    try RoundedCells.check(gridSteps: gridSteps)
    try RoundedCells.check(reach: reach)
    let steps = Double(gridSteps)
    guard lambda.isFinite, lambda * steps >= 0.1, lambda * steps <= 0x1p23 else {
      throw .valueOutOfRange(name: "λ", value: lambda, interval: "[\(0.1 / steps), \(0x1p23 / steps)]")
    }
    // 2L = length / unit.
    var (length, unit) = FixedPoint.fraction(lambda)
    length *= BigUInt(2 * gridSteps)
    // Cell k ends at min(k + ½, L); what is beyond the last cell's inner edge belongs to it.
    let floors = (0...reach).map { k in
      let inner = BigUInt(k == 0 ? 0 : 2 * k - 1) * unit
      let outer = k == reach ? length : min(BigUInt(2 * k + 1) * unit, length)
      guard outer > inner else { return UInt64(0) }
      let width = k == 0 ? 2 * outer : outer - inner
      return UInt64((width << 60) / (2 * length))
    }
    self.lambda = lambda
    self.gridSteps = gridSteps
    cells = try RoundedCells(half: floors, law: "the uniform law on ±\(lambda)")
  }
}
