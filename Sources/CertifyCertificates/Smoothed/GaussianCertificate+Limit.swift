import CertifySmoothing
import CertifyStatistics
import CertifyThreat

extension GaussianCertificate {
  /// What n → ∞ would give: upper bounds of the radii that the true probabilities allow.
  ///
  /// With p̄ at least the class's probability and p̲_B at most the runner-up's (`ProbabilityLimits`),
  ///
  /// - `gaussian-p-lower` tends to at most σ Φ⁻¹(p̄);
  /// - the best certificate from probabilities, which is that of `gaussian-runner-up`, to at most
  ///   σ/2 (Φ⁻¹(p̄) − Φ⁻¹(p̲_B)): some classifier with these probabilities has no larger radius (Cohen, Rosenfeld
  ///   and Kolter 2019, arXiv:1902.02918, theorem 2).
  ///
  /// Each bound of a probability fails with probability α at most. The limits are infinite where p̄ = 1, as when every
  /// sample answered the class.
  ///
  /// - Parameters:
  ///   - counts: how often each class answered, on samples that did not choose the class.
  ///   - candidate: the class whose radius is bounded.
  ///   - method: the certificate whose limit is asked for.
  ///   - sigma: σ, positive: the standard deviation of the noise, in the units of the input.
  ///   - alpha: α, in (0, 1): the probability with which a bound of a probability may fail.
  ///   - norm: the norm of the radii, converted as in ``radius(norm:inputCount:)``.
  ///   - inputCount: d ≥ 1.
  /// - Throws: as ``init(counts:candidate:method:sigma:alpha:)``.
  public static func limit(
    counts: ClassCounts, candidate: Int, method: Method, sigma: Double, alpha: Double, norm: Norm,
    inputCount: Int
  ) throws -> RadiusLimit {
    try CertificateError.checkPositive(sigma, name: "σ")
    let limits = try ProbabilityLimits(counts: counts, candidate: candidate, alpha: alpha)
    guard limits.upper < 1 else { return RadiusLimit(method: .infinity, best: .infinity) }
    let scale = norm == .linf ? 1 / Double(max(inputCount, 1)).squareRoot() : 1
    let own = try Normal.quantileRoundedUp(limits.upper)
    let alone = max(own, 0) * sigma * scale
    let best = max((own - (try Normal.quantileRoundedDown(limits.runnerUp))) / 2, 0) * sigma * scale
    return RadiusLimit(method: method == .runnerUp ? best : alone, best: max(best, alone))
  }
}
