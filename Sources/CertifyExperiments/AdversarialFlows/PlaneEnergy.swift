import CertifyEngine
import Foundation

/// E(x) = (1 − p_y(x))², p_y the probability of one of two classes: what an adversary of a point in the plane raises.
final class PlaneEnergy {
  private let classifier: any DifferentiableClassifier
  /// y.
  let label: Int

  /// - Throws: ``ExperimentError/failed(experiment:reason:)`` for a net without gradients.
  init(_ net: LoadedClassifier, label: Int, rows: Int = 32) throws {
    guard let classifier = try net.makeDifferentiableClassifier(batchSize: rows) else {
      throw ExperimentError.failed(experiment: "adversarial-flows", reason: "the net has no gradients")
    }
    self.classifier = classifier
    self.label = label
  }

  /// E at some points, two numbers each, one after another.
  func values(at points: [Double]) throws -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(points.count / 2)
    while 2 * values.count < points.count {
      let start = values.count
      let rows = min(points.count / 2 - start, classifier.batchSize)
      for i in 0..<2 * rows { classifier.inputs[i] = Float(points[2 * start + i]) }
      try classifier.forward(count: rows)
      for row in 0..<rows {
        let margin = classifier.logits[2 * row + label] - classifier.logits[2 * row + 1 - label]
        let rest = 1 / (1 + exp(Double(margin)))
        values.append(rest * rest)
      }
    }
    return values
  }

  /// ∇E up to a positive factor, which steps of a normalised flow do not see: the gradient of z_{1−y} − z_y.
  func direction(at point: [Double]) throws -> [Double] {
    for i in 0..<2 { classifier.inputs[i] = Float(point[i]) }
    try classifier.forward(count: 1)
    classifier.logitGradients[label] = -1
    classifier.logitGradients[1 - label] = 1
    try classifier.backward(count: 1)
    return classifier.inputGradients[0..<2].map(Double.init)
  }
}
