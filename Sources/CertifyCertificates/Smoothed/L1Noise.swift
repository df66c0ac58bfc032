import CertifyStatistics
import Foundation

/// Certified ℓ₁ radii under uniform and Laplace noise, from bounds of the class probabilities; see ``L1Certificate``.
///
/// They hold in real arithmetic; noise drawn in floating point makes neither sound for a program
/// (Yang et al. 2020, "Randomized smoothing of all shapes and sizes", arXiv:2002.08118).
public enum L1Noise {
  /// 2λ(p̲ − ½) for noise uniform on [−λ, λ]ᵈ, rounded down; `nil` when p̲ ≤ ½. At a standard deviation s, λ = √3 s.
  ///
  /// - Parameters:
  ///   - p: p̲, in [0, 1]: at most the probability of the class.
  ///   - lambda: λ, positive and finite: half the width of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and 0 ≤ p̲ ≤ 1.
  public static func uniformRadius(probabilityLower p: Double, lambda: Double) throws -> Double? {
    try check(p, 0, lambda)
    guard p > 0.5 else { return nil }
    // p − ½ and the doubling are exact.
    return positive((2 * (p - 0.5) * lambda).nextDown)
  }

  /// λ(p̲ − p̄) for noise uniform on [−λ, λ]ᵈ, p̄ bounding every other class; rounded down, `nil` when p̲ ≤ p̄.
  ///
  /// - Parameters:
  ///   - p: p̲, in [0, 1]: at most the probability of the class.
  ///   - q: p̄, in [0, 1]: at least the probability of every other class.
  ///   - lambda: λ, positive and finite: half the width of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and both probabilities are in [0, 1].
  public static func uniformRadius(
    probabilityLower p: Double, probabilityUpper q: Double, lambda: Double
  ) throws -> Double? {
    try check(p, q, lambda)
    guard p > q else { return nil }
    return positive(((p - q).nextDown * lambda).nextDown)
  }

  /// −λ ln(2(1 − p̲)) for Laplace noise of scale λ, rounded down; `nil` when p̲ ≤ ½. At a standard deviation s,
  /// λ = s/√2.
  ///
  /// - Parameters:
  ///   - p: p̲, in [0, 1]: at most the probability of the class.
  ///   - lambda: λ, positive and finite: the scale of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and 0 ≤ p̲ < 1.
  public static func laplaceRadius(probabilityLower p: Double, lambda: Double) throws -> Double? {
    try check(p, 0, lambda)
    guard p < 1 else { throw CertificateError.valueOutOfRange(name: "p̲", value: p, interval: "[0, 1)") }
    guard p > 0.5 else { return nil }
    // 1 − 2(p − ½) is exact; the logarithm is right to 4 units.
    return positive((-log1p(-2 * (p - 0.5)) * lambda * (1 - 0x1p-49)).nextDown)
  }

  /// max(½λ ln(p̲/p̄), −λ ln(1 − p̲ + p̄)) for Laplace noise of scale λ, p̄ bounding every other class; rounded down,
  /// `nil` when p̲ ≤ p̄.
  ///
  /// - Parameters:
  ///   - p: p̲, in [0, 1]: at most the probability of the class.
  ///   - q: p̄, in [0, 1]: at least the probability of every other class.
  ///   - lambda: λ, positive and finite: the scale of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite, 0 ≤ p̲ < 1 and 0 < p̄ ≤ 1.
  public static func laplaceRadius(
    probabilityLower p: Double, probabilityUpper q: Double, lambda: Double
  ) throws -> Double? {
    try check(p, q, lambda)
    guard p < 1 else { throw CertificateError.valueOutOfRange(name: "p̲", value: p, interval: "[0, 1)") }
    guard q > 0 else { throw CertificateError.valueOutOfRange(name: "p̄", value: q, interval: "(0, 1]") }
    guard p > q else { return nil }
    // The logarithms of numbers that are rounded towards 1 are right to 4 units.
    let ratio = 0.5 * log(max(1, (p / q).nextDown))
    let rest = -log(min(1, ((1 - p).nextUp + q).nextUp))
    return positive((max(ratio, rest) * lambda * (1 - 0x1p-49)).nextDown)
  }

  /// p₀ = ½ + R/2λ, rounded up: a probability above it certifies more than R under uniform noise. At least 1 where none
  /// does.
  ///
  /// - Parameters:
  ///   - radius: R, at least 0, in the units of the input.
  ///   - lambda: λ, positive and finite: half the width of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and R ≥ 0.
  public static func uniformProbability(radius: Double, lambda: Double) throws -> Double {
    try check(radius: radius, lambda)
    return radius == 0 ? 0.5 : (0.5 + (radius / lambda / 2).nextUp.nextUp).nextUp
  }

  /// p₀ = 1 − ½ exp(−R/λ), rounded up: a probability above it certifies more than R under Laplace noise.
  ///
  /// - Parameters:
  ///   - radius: R, at least 0, in the units of the input.
  ///   - lambda: λ, positive and finite: the scale of the noise, in the units of the input.
  /// - Throws: ``CertificateError`` unless λ > 0 is finite and R ≥ 0.
  public static func laplaceProbability(radius: Double, lambda: Double) throws -> Double {
    try check(radius: radius, lambda)
    // ½ − ½ expm1(−R/λ); expm1 is right to 4 units, and the quotient's error is not magnified.
    return radius == 0 ? 0.5 : min(1, (0.5 - 0.5 * expm1(-radius / lambda) * (1 + 0x1p-48)).nextUp)
  }

  private static func positive(_ radius: Double) -> Double? {
    radius > 0 && radius.isFinite ? radius : nil
  }

  private static func check(_ p: Double, _ q: Double, _ lambda: Double) throws {
    try CertificateError.checkPositive(lambda, name: "λ")
    for (name, value) in [("p̲", p), ("p̄", q)] where !(value >= 0 && value <= 1) {
      throw CertificateError.valueOutOfRange(name: name, value: value, interval: "[0, 1]")
    }
  }

  private static func check(radius: Double, _ lambda: Double) throws {
    try CertificateError.checkPositive(lambda, name: "λ")
    guard radius >= 0, radius.isFinite else {
      throw CertificateError.valueOutOfRange(name: "the radius", value: radius, interval: "[0, ∞)")
    }
  }
}
