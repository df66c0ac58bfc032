import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// Cohen's certificate, in both of its forms, as a run asks for it.
public struct GaussianSmoothedCertificate: SmoothedCertificate {
  public let method: GaussianCertificate.Method

  public var name: String { method.rawValue }

  public init(method: GaussianCertificate.Method) { self.method = method }

  public func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    let certificate = try GaussianCertificate(
      counts: ClassCounts(counts: sampling.counts, failed: sampling.failed), candidate: sampling.candidate,
      method: method, sigma: smoothing.sigma, alpha: sampling.alpha)
    return certificate.radius(norm: norm, inputCount: dimension).map {
      LowerBound(
        radius: $0, method: name, confidence: certificate.confidence,
        floatSound: smoothing.noise == NoiseFamily.gaussianSound.rawValue, sampling: sampling)
    }
  }

  public func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit? {
    try GaussianCertificate.limit(
      counts: ClassCounts(counts: sampling.counts, failed: sampling.failed), candidate: sampling.candidate,
      method: method, sigma: smoothing.sigma, alpha: sampling.alpha, norm: norm, inputCount: dimension)
  }
}
