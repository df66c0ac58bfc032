import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// The exact certificate of deterministic splitting noise, as a run asks for it.
public struct SplittingSmoothedCertificate: SmoothedCertificate {
  public var name: String { SplittingCertificate.method }

  public init() {}

  public func applies(to noise: NoiseFamily) -> Bool { noise == .splitting }

  public func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    // A proof needs all M samples; fewer are another classifier's.
    guard sampling.samples == smoothing.splits else { return nil }
    let certificate = try SplittingCertificate(counts: ClassCounts(sampling))
    return certificate.radius(norm: norm, inputCount: dimension).map {
      LowerBound(radius: $0, method: name, smoothing: smoothing, sampling: sampling)
    }
  }
}
