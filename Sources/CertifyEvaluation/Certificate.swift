import CertifyAttacks
import CertifyCertificates
import CertifyResults
import CertifyThreat

/// A proof about the base classifier f.
public protocol BaseCertificate: Sendable {
  /// The name on the command line and in the results.
  var name: String { get }
  /// A radius within which f gives `input` its label, or `nil` when there is no proof.
  ///
  /// It is asked only about inputs that f classifies correctly.
  func lowerBound(for input: AttackInput, threat: ThreatModel) throws -> LowerBound?
}

/// A proof about a smoothed classifier g from counts of f's answers under noise.
public protocol SmoothedCertificate: Sendable {
  /// The name on the command line and in the results.
  var name: String { get }
  /// A radius within which g answers `sampling.candidate`, or `nil` to abstain.
  func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound?
  /// How far ever more samples could bring such a proof; `nil` when there is no formula for it.
  func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit?
}

extension SmoothedCertificate {
  public func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit? { nil }
}
