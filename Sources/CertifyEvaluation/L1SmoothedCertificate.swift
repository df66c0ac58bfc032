import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// The ℓ₁ certificates of uniform and Laplace noise, as a run asks for them.
public struct L1SmoothedCertificate: SmoothedCertificate {
  /// The noise, and how the runner-up's probability is bounded.
  public let method: L1Certificate.Method

  public var name: String { method.rawValue }
  public var boundsRunnerUp: Bool { method.boundsRunnerUp }

  public init(method: L1Certificate.Method) { self.method = method }

  public func applies(to noise: NoiseFamily) -> Bool {
    switch noise {
    case .uniform, .uniformSound: method.isUniform
    case .laplace, .laplaceSound: !method.isUniform
    default: false
    }
  }

  public func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    guard let lambda = smoothing.lambda else { return nil }
    let certificate = try L1Certificate(
      counts: ClassCounts(sampling), candidate: sampling.candidate, method: method, lambda: lambda,
      alpha: sampling.level)
    return certificate.radius(norm: norm, inputCount: dimension).map {
      LowerBound(radius: $0, method: name, smoothing: smoothing, sampling: sampling)
    }
  }

  public func limit(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> RadiusLimit? {
    guard let lambda = smoothing.lambda else { return nil }
    return try L1Certificate.limit(
      counts: ClassCounts(sampling), candidate: sampling.candidate, method: method, lambda: lambda,
      alpha: sampling.level, norm: norm, inputCount: dimension)
  }

  public func probabilityNeeded(
    forRadius radius: Double, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> Double? {
    guard !method.boundsRunnerUp, let lambda = smoothing.lambda,
      let needed = DerivedRadius.needed(radius, in: norm, from: .l1, inputCount: dimension)
    else { return nil }
    return method.isUniform
      ? try L1Noise.uniformProbability(radius: needed, lambda: lambda)
      : try L1Noise.laplaceProbability(radius: needed, lambda: lambda)
  }
}
