import Foundation

/// Certified ℓ₁ radii of noises other than the Gaussian, from a lower bound p̲ of the top class's probability.
///
/// They hold in real arithmetic; noise drawn in floating point makes neither sound for a program
/// (Yang et al. 2020, "Randomized smoothing of all shapes and sizes", arXiv:2002.08118).
public enum L1Noise {
  /// 2λ(p̲ − ½) for noise uniform on [−λ, λ]ᵈ, rounded down; `nil` when p̲ ≤ ½. At a standard deviation s, λ = √3 s.
  ///
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and 0 ≤ p̲ ≤ 1.
  public static func uniformRadius(probabilityLower p: Double, lambda: Double) throws -> Double? {
    try check(p, lambda)
    guard p > 0.5 else { return nil }
    // p − ½ and the doubling are exact.
    return (2 * (p - 0.5) * lambda).nextDown
  }

  /// −λ ln(2(1 − p̲)) for Laplace noise of scale λ, rounded down; `nil` when p̲ ≤ ½. At a standard deviation s,
  /// λ = s/√2.
  ///
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and 0 ≤ p̲ < 1.
  public static func laplaceRadius(probabilityLower p: Double, lambda: Double) throws -> Double? {
    try check(p, lambda)
    guard p < 1 else { throw CertificateError.valueOutOfRange(name: "p̲", value: p, interval: "[0, 1)") }
    guard p > 0.5 else { return nil }
    // 1 − 2(p − ½) is exact; the logarithm is right to 4 units.
    return (-log1p(-2 * (p - 0.5)) * lambda * (1 - 0x1p-49)).nextDown
  }

  private static func check(_ p: Double, _ lambda: Double) throws {
    guard lambda > 0, lambda.isFinite else {
      throw CertificateError.valueOutOfRange(name: "λ", value: lambda, interval: "(0, ∞)")
    }
    guard p >= 0, p <= 1 else {
      throw CertificateError.valueOutOfRange(name: "p̲", value: p, interval: "[0, 1]")
    }
  }
}
