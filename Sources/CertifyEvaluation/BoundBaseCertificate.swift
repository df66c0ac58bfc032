import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyResults
import CertifyThreat

/// The radius that bounds of the margins prove, as a run asks for it.
public struct BoundBaseCertificate: BaseCertificate {
  public var name: String { method.rawValue }
  private let method: BoundMethod
  private let model: BoundedModel

  /// - Parameters:
  ///   - method: How the network is bounded.
  ///   - classifier: The model to prove radii of.
  /// - Throws: `BoundError`, naming the operation that has no relaxation; what reading the graph throws.
  public init(method: BoundMethod, classifier: LoadedClassifier) throws {
    self.init(method: method, model: try BoundedModel(graph: classifier.graph(batchSize: 1)))
  }

  init(method: BoundMethod, model: BoundedModel) {
    self.method = method
    self.model = model
  }

  public func lowerBound(
    for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe
  ) throws -> LowerBound? {
    let certificate = try model.certificate(
      method, input: input.point, label: input.label, norm: threat.norm, bounds: threat.space.bounds)
    return LowerBound(certificate, method: name, threat: threat)
  }
}

/// The radius that Lipschitz constants prove, as a run asks for it.
public struct LipschitzBaseCertificate: BaseCertificate {
  /// The name on the command line and in the results.
  public static let name = LipschitzModel.method

  public var name: String { Self.name }
  private let model: LipschitzModel

  /// - Throws: `BoundError`, naming the operation without a constant; what reading the graph throws.
  public init(classifier: LoadedClassifier) throws {
    model = try LipschitzModel(graph: classifier.graph(batchSize: 1))
  }

  public func lowerBound(
    for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe
  ) throws -> LowerBound? {
    let certificate = try model.certificate(
      input: input.point, label: input.label, norm: threat.norm, bounds: threat.space.bounds)
    return LowerBound(certificate, method: name, threat: threat)
  }
}
