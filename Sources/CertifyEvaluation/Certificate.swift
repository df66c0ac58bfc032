import CertifyAttacks
import CertifyCertificates
import CertifyResults
import CertifySmoothing
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
  /// - Parameters:
  ///   - input: The point x and its label.
  ///   - threat: The norm of the radius, and the inputs 𝒳 it is about.
  ///   - probe: The nearest witness that is known, and f to find nearer ones.
  func lowerBound(for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe) throws -> LowerBound?
}

extension BaseCertificate {
  public var parameters: [String: String] { [:] }
}

/// A proof about a smoothed classifier g from counts of f's answers under noise.
public protocol SmoothedCertificate: Sendable {
  /// The name on the command line and in the results.
  var name: String { get }
  /// Whether it is a theorem about this noise.
  func applies(to noise: NoiseFamily) -> Bool
  /// Whether α is shared by two bounds, that of the class and that of the runner-up.
  var boundsRunnerUp: Bool { get }
  /// A radius within which g answers `sampling.candidate`, or `nil` to abstain.
  ///
  /// - Parameters:
  ///   - sampling: The counts of f's answers, the class chosen before them, and the level α of this proof.
  ///   - smoothing: The noise, and its size in the units of the input.
  ///   - norm: What the radius is wanted in; a radius of another norm is carried over, see `DerivedRadius`.
  ///   - dimension: d.
  func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound?
  /// How far ever more samples could bring such a proof; `nil` when there is no formula for it.
  ///
  /// - Parameters:
  ///   - sampling: What was counted, and at which level.
  ///   - smoothing: The noise, and its size in the units of the input.
  ///   - norm: What the radius is wanted in.
  ///   - dimension: d.
  func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit?
  /// p₀, rounded up: P[f(x + η) = c] > p₀ proves that g answers c within `radius`; at least 1 where no probability does.
  ///
  /// `nil` when the proof does not rest on one probability.
  ///
  /// - Parameters:
  ///   - radius: 0 or more, in the units of the input.
  ///   - smoothing: The noise, and its size in those units.
  ///   - norm: What the radius is measured in.
  ///   - dimension: d.
  func probabilityNeeded(
    forRadius radius: Double, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> Double?
}

extension SmoothedCertificate {
  public func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit? { nil }
  /// α is not shared.
  public var boundsRunnerUp: Bool { false }
  /// It is a theorem about any noise.
  public func applies(to noise: NoiseFamily) -> Bool { true }
  /// The proof does not rest on one probability.
  ///
  /// - Parameters:
  ///   - radius: The radius that would be claimed.
  ///   - smoothing: The noise.
  ///   - norm: What the radius is measured in.
  ///   - dimension: d, the number of coordinates of an input.
  public func probabilityNeeded(
    forRadius radius: Double, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> Double? { nil }
}

/// The certificates of smoothed classifiers by name.
public enum SmoothedCertificates {
  /// All of them, in the order in which they are listed.
  public static let all: [any SmoothedCertificate] =
    GaussianCertificate.Method.allCases.map { GaussianSmoothedCertificate(method: $0) }
    + L1Certificate.Method.allCases.map { L1SmoothedCertificate(method: $0) }
    + [SplittingSmoothedCertificate()]

  /// The certificate of a name; `nil` where there is none.
  public static func named(_ name: String) -> (any SmoothedCertificate)? { all.first { $0.name == name } }

  /// Those that are theorems about a noise; the first is the default.
  public static func applying(to noise: NoiseFamily) -> [any SmoothedCertificate] {
    all.filter { $0.applies(to: noise) }
  }
}
