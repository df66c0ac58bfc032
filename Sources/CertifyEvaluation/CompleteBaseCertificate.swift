import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyResults
import CertifyThreat

/// The radius that branch and bound proves, as a run asks for it; the witnesses it meets tighten the other end.
public struct CompleteBaseCertificate: BaseCertificate {
  /// The name on the command line and in the results.
  public static let name = CompleteSearch.method

  public var name: String { Self.name }
  public var parameters: [String: String] { ["branch-and-bound-timeout": "\(timeout)"] }
  private let timeout: Double
  private let search: CompleteSearch

  /// - Parameters:
  ///   - classifier: The model to prove radii of.
  ///   - timeout: Seconds for an input in one norm, above 0. What time cuts short depends on the machine.
  /// - Throws: `BoundError`, naming the operation that has no relaxation; what reading the graph throws.
  public init(classifier: LoadedClassifier, timeout: Double) throws {
    self.timeout = timeout
    search = CompleteSearch(try BoundedModel(graph: classifier.graph(batchSize: 1)), timeout: timeout)
  }

  public func lowerBound(
    for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe
  ) throws -> LowerBound? {
    let certificate = try search.certificate(
      input: input.point, label: input.label, threat: threat, probe: probe)
    return LowerBound(certificate, method: name, threat: threat)
  }
}
