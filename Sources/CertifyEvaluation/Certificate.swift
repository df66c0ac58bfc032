import CertifyAttacks
import CertifyResults
import CertifyThreat

/// A proof about the base classifier f.
public protocol BaseCertificate: Sendable {
  /// The name on the command line and in the results.
  var name: String { get }
  /// What the proof depends on besides the model and the input, for the record of the run.
  var parameters: [String: String] { get }
  /// A radius within which f gives `input` its label, or `nil` when there is no proof.
  ///
  /// It is asked only about inputs that f classifies correctly.
  ///
  /// - Parameter probe: The nearest witness that is known, and f to find nearer ones.
  func lowerBound(for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe) throws -> LowerBound?
}

extension BaseCertificate {
  public var parameters: [String: String] { [:] }
}

/// A proof about a smoothed classifier g from counts of f's answers under noise.
public protocol SmoothedCertificate: Sendable {
  /// The name on the command line and in the results.
  var name: String { get }
  /// A radius within which g answers `sampling.candidate`, or `nil` to abstain.
  func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound?
}
