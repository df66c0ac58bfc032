import BigInt

/// The masses of Q(η) for η ~ N(0, σ²), where Q rounds to the grid of step 1/`gridSteps`.
///
/// Cell k is |255η − k| < ½ for 255 steps; σ is the exact rational value of the `Double`. With h = 1/(255σ), the mass
/// of cell k is, substituting s = hv/2 in ∫ φ(kh + s) ds over |s| < h/2,
///
///     φ(kh) · h · Σ_m w^m/(2m)! · A_m,   w = (kh²/2)²,   A_m = ∫₀¹ v^{2m} exp(−h²v²/8) dv,
///
/// where every term is positive and A_m = (exp(−a) + 2a A_{m+1}) / (2m+1), a = h²/8. All of it is computed in
/// 256-bit fixed point from lower bounds, rounding down, so that each mass is a lower bound by construction;
/// it lies within 2⁻¹⁵⁰ of the true one, so that the floors are those of the true masses.
public struct RoundedNormal: RoundedLaw, Equatable {
  /// The standard deviation, in the units of the input.
  public let sigma: Double
  /// The grid's steps between 0 and 1.
  public let gridSteps: Int
  public let cells: RoundedCells

  /// Computes the masses.
  ///
  /// - Parameters:
  ///   - sigma: σ, with 0.0999 ≤ gridSteps·σ ≤ 25 500.
  ///   - gridSteps: 1 to 65 535.
  ///   - reach: K ≥ 1. Everything beyond ±(K − ½) steps is folded into the cells ±K: exact where noise of K
  ///     steps leads to the same clipped value as any larger one. `nil` chooses the largest K whose cell has
  ///     a mass of at least 1, and leaves what lies beyond to ``failed`` (less than 2⁻⁵⁸ in all).
  /// - Throws: ``StatisticsError`` for an argument outside its range.
  public init(sigma: Double, gridSteps: Int = 255, reach: Int? = nil) throws(StatisticsError) {
    try RoundedCells.check(gridSteps: gridSteps)
    let steps = Double(gridSteps)
    guard sigma.isFinite, sigma * steps >= 0.0999, sigma * steps <= 25_500 else {
      throw .valueOutOfRange(name: "σ", value: sigma, interval: "[\(0.0999 / steps), \(25_500 / steps)]")
    }
    if let reach { try RoundedCells.check(reach: reach) }
    // Beyond 9.75σ lies less than 2⁻⁷² of the distribution.
    let covered = Int((9.75 * sigma * steps).rounded(.up))
    var half = GaussianCells.lowerBounds(sigma: sigma, gridSteps: gridSteps, reach: covered)
    if let reach, reach < covered {
      let folded = half[reach...].reduce(0, +)
      half.removeSubrange(reach...)
      half.append(folded)
    }
    var floors = half.map { UInt64($0 >> (FixedPoint.bits - 60)) }
    if let reach {
      floors += [UInt64](repeating: 0, count: max(0, reach + 1 - floors.count))
    } else {
      while floors.count > 2, floors.last == 0 { floors.removeLast() }
    }
    self.sigma = sigma
    self.gridSteps = gridSteps
    cells = try RoundedCells(half: floors, law: "N(0, \(sigma)²)")
  }
}

/// The integrals behind ``RoundedNormal``.
enum GaussianCells {
  /// Lower bounds of the masses of the cells 0…reach in units of 2⁻²⁵⁶.
  static func lowerBounds(sigma: Double, gridSteps: Int, reach: Int) -> [BigUInt] {
    let bits = FixedPoint.bits
    // h = 1/(steps·σ).
    let (value, unit) = FixedPoint.fraction(sigma)
    let low = (unit << bits) / (value * BigUInt(gridSteps))
    let high = low + 1
    let squareLow = (low * low) >> bits
    let squareHigh = ((high * high) >> bits) + 1

    let coefficients = seriesCoefficients(squareLow: squareLow, squareHigh: squareHigh, reach: reach)
    // density = h φ(kh), ratio = exp(−(2k+1)h²/2), by recurrence.
    var density = FixedPoint.multiply(low, FixedPoint.inverseRootTwoPi)
    var ratio = FixedPoint.exponentialOfMinus((squareHigh >> 1) + 1)
    let ratioStep = FixedPoint.exponentialOfMinus(squareHigh)
    let reachSquared = BigUInt(reach) * BigUInt(reach)
    var masses: [BigUInt] = []
    masses.reserveCapacity(reach + 1)
    for k in 0...reach {
      let u = (BigUInt(k * k) << bits) / reachSquared
      var sum = BigUInt(0)
      for coefficient in coefficients.reversed() { sum = ((sum * u) >> bits) + coefficient }
      masses.append(FixedPoint.multiply(density, sum))
      density = FixedPoint.multiply(density, ratio)
      ratio = FixedPoint.multiply(ratio, ratioStep)
    }
    return masses
  }

  /// Lower bounds of W^m/(2m)! · A_m, where W is w at k = reach: the series in (k/reach)².
  private static func seriesCoefficients(
    squareLow: BigUInt, squareHigh: BigUInt, reach: Int
  ) -> [BigUInt] {
    let half = (BigUInt(reach) * squareLow) >> 1
    let w = FixedPoint.multiply(half, half)
    // W^m/(2m)!, until it is below the unit.
    var weights = [FixedPoint.one]
    while let last = weights.last, last > 0 {
      let m = weights.count
      weights.append(FixedPoint.multiply(last, w) / BigUInt(2 * m * (2 * m - 1)))
    }
    let doubleA = squareLow >> 2
    let edge = FixedPoint.exponentialOfMinus((squareHigh >> 3) + 1)
    var moment = BigUInt(0)
    var coefficients = weights
    for m in stride(from: weights.count + 100, through: 0, by: -1) {
      moment = (edge + FixedPoint.multiply(doubleA, moment)) / BigUInt(2 * m + 1)
      if m < weights.count { coefficients[m] = FixedPoint.multiply(weights[m], moment) }
    }
    return coefficients
  }
}
