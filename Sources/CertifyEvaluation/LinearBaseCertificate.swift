import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyResults
import CertifyThreat

/// The exact radius of a model that is an affine map of its input, as a run asks for it.
public struct LinearBaseCertificate: BaseCertificate {
  /// The name on the command line and in the results.
  public static let name = LinearCertificate.method

  public var name: String { Self.name }
  private let model: LinearModel

  /// - Throws: `LinearModelError`, naming the operation that is not affine; what reading the graph throws.
  public init(classifier: LoadedClassifier) throws {
    model = try LinearModel(graph: classifier.graph(batchSize: 1))
  }

  public func lowerBound(
    for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe
  ) throws -> LowerBound? {
    let certificate = try model.certificate(
      input: input.point, label: input.label, norm: threat.norm, bounds: threat.space.bounds)
    return LowerBound(certificate, method: name, threat: threat)
  }
}
