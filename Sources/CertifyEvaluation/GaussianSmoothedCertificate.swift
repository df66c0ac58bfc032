import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// Cohen's certificate, in both of its forms, as a run asks for it.
public struct GaussianSmoothedCertificate: SmoothedCertificate {
  /// How the runner-up's probability is bounded.
  public let method: GaussianCertificate.Method

  public var name: String { method.rawValue }
  public var boundsRunnerUp: Bool { method == .runnerUp }

  public init(method: GaussianCertificate.Method) { self.method = method }

  public func applies(to noise: NoiseFamily) -> Bool { noise == .gaussian || noise == .gaussianSound }

  public func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    let certificate = try GaussianCertificate(
      counts: ClassCounts(sampling), candidate: sampling.candidate, method: method, sigma: smoothing.sigma,
      alpha: sampling.level)
    return certificate.radius(norm: norm, inputCount: dimension).map {
      LowerBound(radius: $0, method: name, smoothing: smoothing, sampling: sampling)
    }
  }

  /// Φ(R₂/σ) for the ℓ₂ radius R₂ that holds the ball of `norm`.
  ///
  /// - Parameters:
  ///   - radius: The radius that is claimed above that probability, in the units of the input.
  ///   - smoothing: The noise, with its σ.
  ///   - norm: What the radius is measured in.
  ///   - dimension: d, the number of coordinates of an input.
  public func probabilityNeeded(
    forRadius radius: Double, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> Double? {
    guard method == .probabilityLower else { return nil }
    return try DerivedRadius.needed(radius, in: norm, from: .l2, inputCount: dimension).map {
      $0 == 0 ? 0.5 : try Normal.cdfRoundedUp(($0 / smoothing.sigma).nextUp)
    }
  }

  public func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit? {
    try GaussianCertificate.limit(
      counts: ClassCounts(sampling), candidate: sampling.candidate,
      method: method, sigma: smoothing.sigma, alpha: sampling.level, norm: norm, inputCount: dimension)
  }
}
