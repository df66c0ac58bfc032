import CertifyData
import CertifyEngine
import CertifyModel
import CertifyThreat
import _CertifyTestSupport

@testable import CertifyTraining

/// Trainings on the digits that take a second.
enum DigitsTraining {
  static func data(_ name: String = "digits_train") throws -> TrainingSet {
    try TrainingSet(Dataset.load(path: Fixtures.path("data/\(name).npz")))
  }

  static let noThreat = ThreatSetting(norm: .linf, epsilon: 0, bounds: nil)

  static func threat(_ epsilon: Double, _ norm: Norm = .linf) -> ThreatSetting {
    ThreatSetting(norm: norm, epsilon: epsilon, bounds: InputSpace.Bounds(lower: 0, upper: 1))
  }

  static func configuration(
    _ objective: Objective = .standard, threat: ThreatSetting = noThreat, epochs: Int = 4,
    batchSize: Int = 128, learningRate: Double = 0.005, seed: UInt64 = 1
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      objective: objective, threat: threat, optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      schedule: .oneCycle, learningRate: learningRate, epochs: epochs, batchSize: batchSize, seed: seed)
  }

  static func model(_ architecture: Architecture = .mlp(hidden: [48]), seed: UInt64 = 1) throws
    -> TrainableModel
  {
    try TrainableModel(architecture: architecture, inputShape: [1, 8, 8], classCount: 10, seed: seed)
  }

  static func trainer(
    _ configuration: TrainingConfiguration, architecture: Architecture = .mlp(hidden: [48]), jobs: Int = 2,
    holdout: Bool = false
  ) throws -> Trainer {
    try Trainer(
      model: model(architecture), data: data(), holdout: holdout ? data("digits_test") : nil,
      configuration: configuration, jobs: jobs)
  }

  /// The part of the test inputs that a model classifies rightly.
  static func accuracy(_ parameters: [Float], _ model: TrainableModel) throws -> Double {
    let data = try data("digits_test")
    let classifier = try GraphClassifier(
      graph: model.graph(batchSize: data.count, parameters: parameters), gradients: false)
    for index in 0..<data.count {
      let start = index * data.dimension
      _ = classifier.inputs[start..<start + data.dimension].update(fromContentsOf: data.point(index))
    }
    try classifier.forward(count: data.count)
    return Double((0..<data.count).count { classifier.decision(row: $0) == data.labels[$0] })
      / Double(data.count)
  }
}
