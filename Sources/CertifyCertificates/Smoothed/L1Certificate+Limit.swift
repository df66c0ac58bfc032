import CertifySmoothing
import CertifyThreat
import Foundation

extension L1Certificate {
  /// What n → ∞ would give: upper bounds of the radii that the true probabilities allow.
  ///
  /// With p̄ at least the class's probability, p̲_B at most the runner-up's (`ProbabilityLimits`) and F the distribution
  /// function of one coordinate of the noise,
  ///
  /// - `uniform-p-lower` tends to at most 2λ(p̄ − ½), `uniform-runner-up` to at most λ(p̄ − p̲_B), `laplace-p-lower` to at
  ///   most −λ ln(2(1 − p̄)), `laplace-runner-up` to at most max(½λ ln(p̄/p̲_B), −λ ln(1 − p̄ + p̲_B));
  /// - no certificate from probabilities passes ½(F⁻¹(p̄) − F⁻¹(p̲_B)): the classifier that gives the class where
  ///   u₁ ≤ x₁ + F⁻¹(p̄) and the runner-up where u₁ ≥ x₁ − F⁻¹(p̲_B) has these probabilities, and both are equally likely
  ///   after a move of that length along the first coordinate. It is λ(p̄ − p̲_B) for uniform noise, and
  ///   −½λ (ln(2(1 − p̄)) + ln(2p̲_B)) for Laplace's where p̲_B ≤ ½ ≤ p̄.
  ///
  /// The limits of the methods are converted to other norms as their radii are; the length of that move is the same in
  /// all of them. Those of Laplace noise are infinite where p̄ = 1.
  ///
  /// - Parameters:
  ///   - counts: how often each class answered, on samples that did not choose the class.
  ///   - candidate: the class whose radius is bounded.
  ///   - method: the certificate whose limit is asked for.
  ///   - lambda: λ, positive: half the width of uniform noise, or the scale of Laplace noise, in the units of
  ///     the input.
  ///   - alpha: α, in (0, 1): the probability with which a bound of a probability may fail.
  ///   - norm: the norm of the radii, converted as in ``radius(norm:inputCount:)``.
  ///   - inputCount: d ≥ 1.
  /// - Throws: as ``init(counts:candidate:method:lambda:alpha:)``.
  public static func limit(
    counts: ClassCounts, candidate: Int, method: Method, lambda: Double, alpha: Double, norm: Norm,
    inputCount: Int
  ) throws -> RadiusLimit {
    try CertificateError.checkPositive(lambda, name: "λ")
    let limits = try ProbabilityLimits(counts: counts, candidate: candidate, alpha: alpha)
    let (p, q) = (limits.upper, limits.runnerUp)
    guard method.isUniform || p < 1 else { return RadiusLimit(method: .infinity, best: .infinity) }
    let own = try method.radius(lower: p, upper: q, lambda: lambda)
    let quantile: (Double) -> Double =
      method.isUniform ? { lambda * (2 * $0 - 1) } : { laplaceQuantile($0, lambda: lambda) }
    // The certificates round down, by less than this.
    let slack = 1 + 0x1p-40
    let converted = DerivedRadius.radius(own ?? 0, of: .l1, in: norm, inputCount: inputCount) ?? 0
    return RadiusLimit(
      method: converted * slack, best: max(quantile(p) - quantile(q), 0) / 2 * slack)
  }

  /// F⁻¹(p) of Laplace noise.
  private static func laplaceQuantile(_ p: Double, lambda: Double) -> Double {
    p < 0.5 ? lambda * log(2 * p) : -lambda * log(2 * (1 - p))
  }
}
