/// Lists of radii that are good to read.
public enum RadiusList {
  /// 0, s, 2s, … up to the first that reaches `largest`, s being 1, 2, 2.5 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - largest: The radius to reach; anything but a positive finite number gives `[0]`.
  ///   - steps: The most steps; the smallest s that needs no more is taken.
  /// - Returns: Radii that are the doubles nearest to their decimal text.
  public static func fitting(_ largest: Double, steps: Int = 10) -> [Double] {
    guard largest.isFinite, largest >= 1e-12, largest <= 1e12, steps > 0 else { return [0] }
    for exponent in -14...12 {
      for mantissa in [10, 20, 25, 50] {
        let needed = (largest / multiple(mantissa, exponent)).rounded(.up)
        guard needed <= Double(steps) else { continue }
        return (0...Int(needed)).map { multiple($0 * mantissa, exponent) }
      }
    }
    return [0]
  }

  /// factor · 10^(exponent − 1), rounded once.
  private static func multiple(_ factor: Int, _ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<abs(exponent - 1) { power *= 10 }
    return exponent < 1 ? Double(factor) / power : Double(factor) * power
  }
}
