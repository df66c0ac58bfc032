import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// A certified ℓ₂ radius of a classifier smoothed by N(0, σ²I), computed from counts alone.
///
/// With the bounds p̲ and p̄ of the class probabilities (`ProbabilityBounds`),
///
/// - `gaussian-p-lower`: abstain if p̲ ≤ ½, r = σ Φ⁻¹(p̲), p̲ at level α;
/// - `gaussian-runner-up`: abstain if p̲ ≤ p̄, r = σ/2 (Φ⁻¹(p̲) − Φ⁻¹(p̄)), each at level α/2.
///
/// With probability at least 1 − α over the samples, g(x + δ) = ĉ for every ‖δ‖₂ < r. Which of the two is used
/// must be fixed before the counts are seen. Every rounding goes against the claim. (Cohen, Rosenfeld and
/// Kolter 2019, "Certified adversarial robustness via randomized smoothing", arXiv:1902.02918.)
public struct GaussianCertificate: Sendable, Equatable {
  /// How the runner-up's probability is bounded.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// By 1 − p̲: r = σ Φ⁻¹(p̲), p̲ at level α.
    case probabilityLower = "gaussian-p-lower"
    /// By p̄ from its own count: r = σ/2 (Φ⁻¹(p̲) − Φ⁻¹(p̄)), each at level α/2.
    case runnerUp = "gaussian-runner-up"
  }

  /// How the runner-up's probability was bounded.
  public let method: Method
  /// σ, in the units of the input.
  public let sigma: Double
  /// The probability with which the claim may be wrong.
  public let alpha: Double
  /// n, failed samples included.
  public let samples: Int
  /// n_A.
  public let successes: Int
  /// p̲ ≤ P[f(x + η) = ĉ].
  public let probabilityLower: Double
  /// p̄ ≥ P[f(x + η) = c] for every other class c.
  public let probabilityUpper: Double
  /// The certified ℓ₂ radius, rounded down and positive; `nil` when abstained.
  public let radius: Double?

  /// Whether no positive radius is certified.
  public var abstained: Bool { radius == nil }
  /// 1 − α.
  public var confidence: Double { 1 - alpha }

  /// Certifies from the count of the class alone, or with that of the runner-up.
  ///
  /// - Parameters:
  ///   - successes: the samples of which f answered the class that was chosen before they were drawn.
  ///   - samples: n, all of them.
  ///   - runnerUp: the largest count of another class; `nil` bounds it by 1 − p̲ (`gaussian-p-lower`).
  ///   - failed: samples whose noise could not be drawn exactly; part of `samples`.
  ///   - sigma: the standard deviation σ of the noise in a coordinate, in the units of the input.
  ///   - alpha: the probability with which the claim may be wrong.
  /// - Throws: ``CertificateError`` or `StatisticsError` unless 1 ≤ n ≤ 2⁴⁰, the counts are non-negative with a sum
  ///   of at most n, σ > 0 is finite and 0 < α < 1.
  public init(
    successes: Int, samples: Int, runnerUp: Int? = nil, failed: Int = 0, sigma: Double, alpha: Double
  ) throws {
    try CertificateError.checkPositive(sigma, name: "σ")
    try self.init(
      ProbabilityBounds(
        successes: successes, samples: samples, runnerUp: runnerUp, failed: failed, alpha: alpha),
      method: runnerUp == nil ? .probabilityLower : .runnerUp, sigma: sigma, alpha: alpha)
  }

  /// Certifies class `candidate` from the counts of all classes.
  ///
  /// - Parameters:
  ///   - counts: how often f answered each class, on samples drawn after `candidate` was chosen.
  ///   - candidate: the class that g is said to answer, in 0..<K.
  ///   - method: how the runner-up is bounded; fixed before the counts are seen.
  ///   - sigma: the standard deviation σ of the noise in a coordinate, in the units of the input.
  ///   - alpha: the probability with which the claim may be wrong.
  /// - Throws: as ``init(successes:samples:runnerUp:failed:sigma:alpha:)``, and for a class that has no count.
  public init(
    counts: ClassCounts, candidate: Int, method: Method, sigma: Double, alpha: Double
  ) throws {
    try CertificateError.checkPositive(sigma, name: "σ")
    try self.init(
      ProbabilityBounds(
        counts: counts, candidate: candidate, boundsRunnerUp: method == .runnerUp, alpha: alpha),
      method: method, sigma: sigma, alpha: alpha)
  }

  private init(_ bounds: ProbabilityBounds, method: Method, sigma: Double, alpha: Double) throws {
    self.method = method
    self.sigma = sigma
    self.alpha = alpha
    samples = bounds.samples
    successes = bounds.successes
    probabilityLower = bounds.lower
    probabilityUpper = bounds.upper
    radius = try Self.radius(
      lower: bounds.lower, upper: method == .runnerUp ? bounds.upper : nil, sigma: sigma)
  }

  /// The certified radius in another norm, rounded down; `nil` when abstained.
  ///
  /// The ℓ₂ ball of radius r holds the ℓ₁ ball of radius r and the ℓ∞ ball of radius r/√d.
  ///
  /// - Parameters:
  ///   - norm: ℓ₁, ℓ₂ or ℓ∞.
  ///   - inputCount: d ≥ 1, the number of coordinates of an input.
  public func radius(norm: Norm, inputCount: Int) -> Double? {
    radius.flatMap { DerivedRadius.radius($0, of: .l2, in: norm, inputCount: inputCount) }
  }

  private static func radius(lower: Double, upper: Double?, sigma: Double) throws -> Double? {
    let radius: Double
    if let upper {
      guard lower > upper, upper > 0 else { return nil }
      let width = try Normal.quantileRoundedDown(lower) - Normal.quantileRoundedUp(upper)
      // One rounding each of the difference and the product.
      radius = (sigma / 2 * width.nextDown).nextDown
    } else {
      guard lower > 0.5 else { return nil }
      radius = (sigma * (try Normal.quantileRoundedDown(lower))).nextDown
    }
    return radius > 0 && radius.isFinite ? radius : nil
  }
}
