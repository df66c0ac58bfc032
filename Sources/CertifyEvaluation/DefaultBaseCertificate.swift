import CertifyCertificates
import CertifyEngine

/// The certificate of f where none is asked for: the tightest one that costs little beside an attack.
public struct DefaultBaseCertificate: Sendable {
  /// `nil` where there is none that is quick and applies.
  public let certificate: (any BaseCertificate)?
  /// Why it is this one or none, in words.
  public let reason: String

  /// Linear bounds are the default up to so much of ``BoundedModel/linearWork``: about two seconds an input.
  static let mostLinearWork = 1 << 28
  /// Intervals are the default up to so many products: about two seconds an input.
  static let mostIntervalWork = 1 << 26

  private static let tooLarge =
    "the model is too large for a certificate of f that is quick; ask for one by name, such as --certificate ibp"

  /// Chooses for a model: linear, bounds or intervals, or none.
  public init(classifier: LoadedClassifier) {
    if let linear = try? LinearBaseCertificate(classifier: classifier) {
      certificate = linear
      reason = "the model is an affine map"
      return
    }
    do {
      let graph = try classifier.graph(batchSize: 1)
      // Neither bound is quick then, and the lists of products alone would take long and much memory.
      guard graph.multiplyAdds <= 2 * Double(Self.mostIntervalWork) else {
        certificate = nil
        reason = Self.tooLarge
        return
      }
      let model = try BoundedModel(graph: graph)
      if model.linearWork <= Self.mostLinearWork {
        certificate = BoundBaseCertificate(method: .linear, model: model)
        reason = "the model is small"
      } else if model.intervalWork <= Self.mostIntervalWork {
        certificate = BoundBaseCertificate(method: .intervals, model: model)
        reason = "the model is too large for crown to be quick; --certificate crown proves more"
      } else {
        certificate = nil
        reason = Self.tooLarge
      }
    } catch {
      certificate = nil
      reason = "no certificate of f applies: \(error)"
    }
  }
}
