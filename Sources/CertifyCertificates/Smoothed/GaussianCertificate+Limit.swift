import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// How far certificates of a smoothed classifier could reach at one input if they had ever more samples.
public struct RadiusLimit: Sendable, Equatable {
  /// No number of samples gives the method a larger radius; infinite when that is not known.
  public var method: Double
  /// The same of the best certificate that is given every class's probability; at least `method`.
  public var best: Double

  public init(method: Double, best: Double) {
    self.method = method
    self.best = max(method, best)
  }
}

extension GaussianCertificate {
  /// What n → ∞ would give: upper bounds of the radii that the true probabilities allow.
  ///
  /// With p̄ = U(n_A; n, α) the upper Clopper–Pearson bound of the class's probability and
  /// p̲_B = max(L(max n_c; n, α/(K−1)), (1 − p̄)/(K−1)) a lower one of the runner-up's, over K classes,
  ///
  /// - `gaussian-p-lower` tends to at most σ Φ⁻¹(p̄);
  /// - the best certificate from probabilities, which is that of `gaussian-runner-up`, to at most
  ///   σ/2 (Φ⁻¹(p̄) − Φ⁻¹(p̲_B)): some classifier with these probabilities has no larger radius (Cohen, Rosenfeld
  ///   and Kolter 2019, arXiv:1902.02918, theorem 2).
  ///
  /// Each bound of a probability fails with probability α at most. A failed sample counts for the class. The
  /// limits are infinite where p̄ = 1, as when every sample answered the class.
  ///
  /// - Parameters:
  ///   - norm: the norm of the radii, converted as in ``radius(norm:inputCount:)``.
  ///   - inputCount: d ≥ 1.
  /// - Throws: as ``init(counts:candidate:method:sigma:alpha:)``.
  public static func limit(
    counts: ClassCounts, candidate: Int, method: Method, sigma: Double, alpha: Double, norm: Norm,
    inputCount: Int
  ) throws -> RadiusLimit {
    let certificate = try GaussianCertificate(
      counts: counts, candidate: candidate, method: method, sigma: sigma, alpha: alpha)
    let samples = certificate.samples
    let rivals = Double(counts.counts.count - 1)
    let upper = try ClopperPearson.upperBound(
      successes: certificate.successes + counts.failed, trials: samples, alpha: alpha)
    guard upper < 1 else { return RadiusLimit(method: .infinity, best: .infinity) }
    let others = counts.counts.enumerated().filter { $0.offset != candidate }.map(\.element)
    let runnerUp = max(
      try ClopperPearson.lowerBound(successes: others.max() ?? 0, trials: samples, alpha: alpha / rivals),
      (1 - upper) / rivals)
    let scale = norm == .linf ? 1 / Double(max(inputCount, 1)).squareRoot() : 1
    let own = try Normal.quantileRoundedUp(upper)
    let alone = max(own, 0) * sigma * scale
    let best = max((own - (try Normal.quantileRoundedDown(runnerUp))) / 2, 0) * sigma * scale
    return RadiusLimit(method: method == .runnerUp ? best : alone, best: max(best, alone))
  }
}
