import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// A certified ℓ₁ radius of a classifier smoothed by uniform or Laplace noise of scale λ, computed from counts alone.
///
/// With the bounds p̲ and p̄ of the class probabilities (`ProbabilityBounds`),
///
/// - `uniform-p-lower`: r = 2λ(p̲ − ½); `uniform-runner-up`: r = λ(p̲ − p̄): a shift by δ changes the probability of a
///   set by at most ‖δ‖₁/2λ;
/// - `laplace-p-lower`: r = −λ ln(2(1 − p̲)); `laplace-runner-up`: r = max(½λ ln(p̲/p̄), −λ ln(1 − p̲ + p̄)): it
///   multiplies a probability by at most exp(‖δ‖₁/λ).
///
/// Abstains where r would not be positive. With probability at least 1 − α over the samples, g(x + δ) = ĉ for every
/// ‖δ‖₁ < r. Every rounding goes against the claim. (Lee et al. 2019, arXiv:1906.04948, and Yang et al. 2020,
/// arXiv:2002.08118, for uniform noise; Teng, Lee and Yuan 2019, "ℓ1 adversarial robustness certificates: a randomized
/// smoothing approach", for Laplace's.)
public struct L1Certificate: Sendable, Equatable {
  /// The noise, and how the runner-up's probability is bounded.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Uniform noise, p̄ = 1 − p̲: r = 2λ(p̲ − ½), p̲ at level α.
    case uniformProbabilityLower = "uniform-p-lower"
    /// Uniform noise, p̄ from its own count: r = λ(p̲ − p̄), each at level α/2.
    case uniformRunnerUp = "uniform-runner-up"
    /// Laplace noise, p̄ = 1 − p̲: r = −λ ln(2(1 − p̲)), p̲ at level α.
    case laplaceProbabilityLower = "laplace-p-lower"
    /// Laplace noise, p̄ from its own count: r = max(½λ ln(p̲/p̄), −λ ln(1 − p̲ + p̄)), each at α/2.
    case laplaceRunnerUp = "laplace-runner-up"

    /// Whether the runner-up's count is used.
    public var boundsRunnerUp: Bool { self == .uniformRunnerUp || self == .laplaceRunnerUp }
    /// Whether the noise is uniform, else Laplace's.
    public var isUniform: Bool { self == .uniformProbabilityLower || self == .uniformRunnerUp }

    /// The radius that p̲ = `lower` and p̄ = `upper` certify, rounded down; `nil` where it would not be positive.
    func radius(lower: Double, upper: Double, lambda: Double) throws -> Double? {
      switch self {
      case .uniformProbabilityLower:
        try L1Noise.uniformRadius(probabilityLower: lower, lambda: lambda)
      case .uniformRunnerUp:
        try L1Noise.uniformRadius(probabilityLower: lower, probabilityUpper: upper, lambda: lambda)
      case .laplaceProbabilityLower:
        try L1Noise.laplaceRadius(probabilityLower: lower, lambda: lambda)
      case .laplaceRunnerUp:
        try L1Noise.laplaceRadius(probabilityLower: lower, probabilityUpper: upper, lambda: lambda)
      }
    }
  }

  /// The noise, and how the runner-up's probability was bounded.
  public let method: Method
  /// λ, in the units of the input.
  public let lambda: Double
  /// The probability with which the claim may be wrong.
  public let alpha: Double
  /// p̲ ≤ P[f(x + η) = ĉ].
  public let probabilityLower: Double
  /// p̄ ≥ P[f(x + η) = c] for every other class c.
  public let probabilityUpper: Double
  /// The certified ℓ₁ radius, rounded down and positive; `nil` when abstained.
  public let radius: Double?

  /// 1 − α.
  public var confidence: Double { 1 - alpha }

  /// Certifies class `candidate` from the counts of all classes.
  ///
  /// - Parameters:
  ///   - counts: how often f answered each class, on samples drawn after `candidate` was chosen.
  ///   - candidate: the class that g is said to answer, in 0..<K.
  ///   - method: the noise, and how the runner-up is bounded; fixed before the counts are seen.
  ///   - lambda: half the width of uniform noise, or the scale of Laplace's, in the units of the input.
  ///   - alpha: the probability with which the claim may be wrong.
  /// - Throws: ``CertificateError`` or `StatisticsError` unless 1 ≤ n ≤ 2⁴⁰, there are two classes or more, the candidate
  ///   is one of them, λ > 0 is finite and 0 < α < 1.
  public init(
    counts: ClassCounts, candidate: Int, method: Method, lambda: Double, alpha: Double
  ) throws {
    try self.init(
      ProbabilityBounds(
        counts: counts, candidate: candidate, boundsRunnerUp: method.boundsRunnerUp, alpha: alpha),
      method: method, lambda: lambda, alpha: alpha)
  }

  /// Certifies from the count of the class alone, or with that of the runner-up.
  ///
  /// - Parameters:
  ///   - successes: the samples of which f answered the class that was chosen before they were drawn.
  ///   - samples: n, all of them.
  ///   - runnerUp: the largest count of another class; `nil` bounds it by 1 − p̲.
  ///   - isUniform: whether the noise is uniform, else Laplace's.
  ///   - lambda: half the width of uniform noise, or the scale of Laplace's, in the units of the input.
  ///   - alpha: the probability with which the claim may be wrong.
  /// - Throws: as ``init(counts:candidate:method:lambda:alpha:)``.
  public init(
    successes: Int, samples: Int, runnerUp: Int? = nil, isUniform: Bool, lambda: Double, alpha: Double
  ) throws {
    let method: Method =
      switch (isUniform, runnerUp == nil) {
      case (true, true): .uniformProbabilityLower
      case (true, false): .uniformRunnerUp
      case (false, true): .laplaceProbabilityLower
      case (false, false): .laplaceRunnerUp
      }
    try self.init(
      ProbabilityBounds(
        successes: successes, samples: samples, runnerUp: runnerUp, failed: 0, alpha: alpha),
      method: method, lambda: lambda, alpha: alpha)
  }

  private init(_ bounds: ProbabilityBounds, method: Method, lambda: Double, alpha: Double) throws {
    self.method = method
    self.lambda = lambda
    self.alpha = alpha
    probabilityLower = bounds.lower
    probabilityUpper = bounds.upper
    radius = try method.radius(lower: bounds.lower, upper: bounds.upper, lambda: lambda)
  }

  /// The certified radius in another norm, rounded down; `nil` when abstained.
  ///
  /// The ℓ₁ ball of radius r holds the ℓ₂ ball of radius r/√d and the ℓ∞ ball of radius r/d.
  ///
  /// - Parameters:
  ///   - norm: ℓ₁, ℓ₂ or ℓ∞.
  ///   - inputCount: d ≥ 1, the number of coordinates of an input.
  public func radius(norm: Norm, inputCount: Int) -> Double? {
    radius.flatMap { DerivedRadius.radius($0, of: .l1, in: norm, inputCount: inputCount) }
  }
}
