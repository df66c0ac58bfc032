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

  private func write(_ point: [Double], _ row: Int) {
    for (i, value) in point.enumerated() { classifier.inputs[row * point.count + i] = Float(value) }
  }

  /// E at some points.
  func values(at points: [[Double]]) throws -> [Double] {
    try stride(from: 0, to: points.count, by: classifier.batchSize).flatMap { start in
      let rows = points[start..<min(start + classifier.batchSize, points.count)]
      for (row, point) in rows.enumerated() { write(point, row) }
      try classifier.forward(count: rows.count)
      return (0..<rows.count).map { row -> Double in
        let margin = classifier.logits[2 * row + label] - classifier.logits[2 * row + 1 - label]
        let rest = 1 / (1 + exp(Double(margin)))
        return rest * rest
      }
    }
  }

  /// ∇E up to a positive factor, which steps of a normalised flow do not see: the gradient of z_{1−y} − z_y.
  func direction(at point: [Double]) throws -> [Double] {
    write(point, 0)
    try classifier.forward(count: 1)
    classifier.logitGradients[label] = -1
    classifier.logitGradients[1 - label] = 1
    try classifier.backward(count: 1)
    return classifier.inputGradients[0..<point.count].map(Double.init)
  }
}
