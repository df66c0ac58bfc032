import CertifyAttacks
import CertifyData
import CertifyEngine
import CertifyThreat
import CertifyTraining
import Foundation

/// E(x, y) = z_{1−y}(x) − z_y(x) of a small net of the plane, trained on two interleaved half circles: what an adversary of
/// each particle raises.
final class ParticleEnergy {
  private let classifier: GraphClassifier

  /// - Throws: What training throws.
  init(seed: UInt64, jobs: Int) throws {
    let (points, labels) = Self.halfCircles(400, seed: seed, stream: 0)
    let data = try TrainingSet(
      Dataset(
        samples: .floats(points.flatMap { $0.map { Float($0) } }), sampleShape: [2], labels: labels,
        source: "drawn"), classCount: 2)
    let model = try TrainableModel(
      architecture: .mlp(hidden: [16, 16]), inputShape: [2], classCount: 2, seed: seed)
    let configuration = TrainingConfiguration(
      objective: .standard, threat: ThreatSetting(norm: .linf, epsilon: 0, bounds: nil),
      optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), schedule: .cosine, learningRate: 0.01,
      epochs: 60, batchSize: 64, seed: seed)
    let trainer = try Trainer(
      model: model, data: data, holdout: nil, configuration: configuration, jobs: jobs)
    classifier = try GraphClassifier(
      graph: model.graph(batchSize: 256, parameters: trainer.run().parameters), gradients: true)
  }

  /// Points of the upper half of the unit circle, class 0, and of the lower half of that around (1, ½), class 1, with
  /// Gaussian noise of deviation .1.
  static func halfCircles(
    _ count: Int, seed: UInt64, stream: Int
  ) -> (points: [[Double]], labels: [Int]) {
    var random = SplitMix64(seed: seed, input: stream, stage: 0x6861_6C66)
    let labels = (0..<count).map { $0 % 2 }
    let points = labels.map { label -> [Double] in
      let angle = Double.pi * random.unit()
      let (x, y) = label == 0 ? (cos(angle), sin(angle)) : (1 - cos(angle), 0.5 - sin(angle))
      return [x + 0.1 * random.normal(), y + 0.1 * random.normal()]
    }
    return (points, labels)
  }

  /// E of each point with its class.
  func values(at points: [[Double]], labels: [Int]) throws -> [Double] {
    try batches(points) { row, index in
      Double(classifier.logits[2 * row + 1 - labels[index]] - classifier.logits[2 * row + labels[index]])
    }
  }

  /// ∇E at each point.
  func gradients(at points: [[Double]], labels: [Int]) throws -> [[Double]] {
    try stride(from: 0, to: points.count, by: classifier.batchSize).flatMap { start -> [[Double]] in
      let rows = start..<min(start + classifier.batchSize, points.count)
      try load(points, rows)
      for (row, index) in rows.enumerated() {
        classifier.logitGradients[2 * row + labels[index]] = -1
        classifier.logitGradients[2 * row + 1 - labels[index]] = 1
      }
      try classifier.backward(count: rows.count)
      return (0..<rows.count).map { row in
        [Double(classifier.inputGradients[2 * row]), Double(classifier.inputGradients[2 * row + 1])]
      }
    }
  }

  private func batches(_ points: [[Double]], _ read: (_ row: Int, _ index: Int) -> Double) throws -> [Double]
  {
    try stride(from: 0, to: points.count, by: classifier.batchSize).flatMap { start -> [Double] in
      let rows = start..<min(start + classifier.batchSize, points.count)
      try load(points, rows)
      return rows.enumerated().map { read($0.offset, $0.element) }
    }
  }

  private func load(_ points: [[Double]], _ rows: Range<Int>) throws {
    for (row, index) in rows.enumerated() {
      for axis in 0..<2 { classifier.inputs[2 * row + axis] = Float(points[index][axis]) }
    }
    try classifier.forward(count: rows.count)
  }
}
