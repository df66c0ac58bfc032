import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// A certified ℓ₂ radius of a classifier smoothed by N(0, σ²I), computed from counts alone.
///
/// The class ĉ is chosen on separate samples; of n *fresh* samples n_A answer ĉ. With the one-sided
/// Clopper–Pearson bounds L and U,
///
/// - `gaussian-p-lower`: p̲ = L(n_A; n, α), abstain if p̲ ≤ ½, r = σ Φ⁻¹(p̲);
/// - `gaussian-runner-up`: p̲ = L(n_A; n, α/2), p̄ = min(1 − p̲, U(max n_c; n, α/2)) with the maximum over the
///   other classes, abstain if p̲ ≤ p̄, r = σ/2 (Φ⁻¹(p̲) − Φ⁻¹(p̄)).
///
/// The second needs no factor for the number of classes: the true runner-up is one fixed class, its count is at
/// most the maximum, and U increases. A failed sample counts in n, not in n_A, and is added to the maximum.
/// With probability at least 1 − α over the samples, g(x + δ) = ĉ for every ‖δ‖₂ < r. Which of the two is used
/// must be fixed before the counts are seen. Every rounding goes against the claim. (Cohen, Rosenfeld and
/// Kolter 2019, "Certified adversarial robustness via randomized smoothing", arXiv:1902.02918.)
public struct GaussianCertificate: Sendable, Equatable {
  /// How the runner-up's probability is bounded.
  public enum Method: String, Sendable, Codable, CaseIterable {
    case probabilityLower = "gaussian-p-lower"
    case runnerUp = "gaussian-runner-up"
  }

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

  public var abstained: Bool { radius == nil }
  /// 1 − α.
  public var confidence: Double { 1 - alpha }

  /// Certifies from the count of the class alone, or with that of the runner-up.
  ///
  /// - Parameters:
  ///   - runnerUp: the largest count of another class; `nil` bounds it by 1 − p̲ (`gaussian-p-lower`).
  ///   - failed: samples whose noise could not be drawn exactly; part of `samples`.
  /// - Throws: ``CertificateError`` or `StatisticsError` unless 1 ≤ n ≤ 2⁴⁰, the counts are non-negative with a sum
  ///   of at most n, σ > 0 is finite and 0 < α < 1.
  public init(
    successes: Int, samples: Int, runnerUp: Int? = nil, failed: Int = 0, sigma: Double, alpha: Double
  ) throws {
    guard sigma > 0, sigma.isFinite else {
      throw CertificateError.valueOutOfRange(name: "σ", value: sigma, interval: "(0, ∞)")
    }
    guard samples >= 1 else {
      throw CertificateError.countOutOfRange(
        name: "the number of samples", value: samples, range: 1...(1 << 40))
    }
    try Self.check(successes, name: "the number of successes", most: samples)
    try Self.check(failed, name: "the number of failed samples", most: samples - successes)
    if let runnerUp {
      try Self.check(runnerUp, name: "the runner-up's count", most: samples - successes - failed)
    }
    let level = runnerUp == nil ? alpha : alpha / 2
    let lower = try ClopperPearson.lowerBound(successes: successes, trials: samples, alpha: level)
    // 1 − p̲ is exact for p̲ ≥ ½ and moved up otherwise.
    var upper = lower >= 0.5 ? 1 - lower : (1 - lower).nextUp
    if let runnerUp {
      upper = min(
        upper, try ClopperPearson.upperBound(successes: runnerUp + failed, trials: samples, alpha: level))
    }
    method = runnerUp == nil ? .probabilityLower : .runnerUp
    self.sigma = sigma
    self.alpha = alpha
    self.samples = samples
    self.successes = successes
    probabilityLower = lower
    probabilityUpper = upper
    radius = try Self.radius(lower: lower, upper: runnerUp == nil ? nil : upper, sigma: sigma)
  }

  /// Certifies class `candidate` from the counts of all classes.
  ///
  /// - Throws: as ``init(successes:samples:runnerUp:failed:sigma:alpha:)``, and for a class that has no count.
  public init(
    counts: ClassCounts, candidate: Int, method: Method, sigma: Double, alpha: Double
  ) throws {
    guard counts.counts.count >= 2 else {
      throw CertificateError.countOutOfRange(
        name: "the number of classes", value: counts.counts.count, range: 2...Int.max)
    }
    guard counts.counts.indices.contains(candidate) else {
      throw CertificateError.countOutOfRange(
        name: "the class to certify", value: candidate, range: 0...(counts.counts.count - 1))
    }
    let samples = try Self.total(counts)
    let others = counts.counts.enumerated().filter { $0.offset != candidate }.map(\.element)
    try self.init(
      successes: counts.counts[candidate], samples: samples,
      runnerUp: method == .runnerUp ? others.max() ?? 0 : nil, failed: counts.failed, sigma: sigma,
      alpha: alpha)
  }

  /// The certified radius in another norm, rounded down; `nil` when abstained.
  ///
  /// The ℓ₂ ball of radius r holds the ℓ₁ ball of radius r and the ℓ∞ ball of radius r/√d.
  ///
  /// - Parameter inputCount: d ≥ 1, the number of coordinates of an input.
  public func radius(norm: Norm, inputCount: Int) -> Double? {
    guard let radius, inputCount >= 1 else { return nil }
    switch norm {
    case .l1, .l2: return radius
    case .linf: return (radius / Double(inputCount).squareRoot().nextUp).nextDown
    }
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

  private static func check(_ value: Int, name: String, most: Int) throws {
    guard (0...most).contains(value) else {
      throw CertificateError.countOutOfRange(name: name, value: value, range: 0...most)
    }
  }

  /// The number of samples, with every count checked.
  static func total(_ counts: ClassCounts) throws -> Int {
    let most = 1 << 40
    var total = 0
    for (k, count) in (counts.counts + [counts.failed]).enumerated() {
      let name = k < counts.counts.count ? "the count of class \(k)" : "the number of failed samples"
      try check(count, name: name, most: most)
      total += count
      try check(total, name: "the number of samples", most: most)
    }
    return total
  }
}
