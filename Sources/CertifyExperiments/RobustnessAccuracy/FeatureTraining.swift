import CertifyAttacks
import CertifyData
import CertifyThreat
import CertifyTraining

/// What training finds from samples: a linear classifier of all features, by this program's trainer.
struct FeatureTraining {
  let features: RobustAndWeakFeatures
  /// w = w₁ − w₀ of the two logits' rows.
  let weights: [Double]
  let offset: Double

  /// - Parameter epsilon: the adversary of the training; 0 for none.
  init(
    _ features: RobustAndWeakFeatures, inputs: Int, epochs: Int, epsilon: Double, setting: ExperimentSetting
  ) throws {
    self.features = features
    var generator = SplitMix64(seed: setting.seed, input: features.weakCount, stage: 0x7473_6970)
    var values: [Float] = []
    var labels: [Int] = []
    for _ in 0..<inputs {
      let (x, y) = features.draw(using: &generator)
      values += x
      labels.append(y > 0 ? 1 : 0)
    }
    let width = features.weakCount + 1
    let data = try TrainingSet(
      Dataset(samples: .floats(values), sampleShape: [width], labels: labels, source: "drawn"), classCount: 2)
    // Two steps of twice the budget end in the worst corner from every start: the maximum is exact.
    let configuration = TrainingConfiguration(
      objective: epsilon > 0 ? .pgd(steps: 2, length: 2) : .standard,
      threat: ThreatSetting(norm: .linf, epsilon: epsilon, bounds: nil),
      optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), schedule: .cosine, learningRate: 0.02,
      epochs: epochs, batchSize: 256, seed: setting.seed)
    let model = try TrainableModel(
      architecture: .logistic, inputShape: [width], classCount: 2, seed: setting.seed)
    let trainer = try Trainer(
      model: model, data: data, holdout: nil, configuration: configuration, jobs: setting.jobs)
    let parameters = try trainer.run().parameters
    var (weights, offset) = ([Double](repeating: 0, count: width), 0.0)
    for view in model.views {
      let rows = parameters[view.range].map(Double.init)
      if view.role == .weight {
        weights = (0..<width).map { rows[width + $0] - rows[$0] }
      } else {
        offset = rows[1] - rows[0]
      }
    }
    (self.weights, self.offset) = (weights, offset)
  }

  /// The part of ‖w‖₂² on the robust feature.
  var robustShare: Double { weights[0] * weights[0] / weights.reduce(0) { $0 + $1 * $1 } }

  func accuracy(epsilon: Double) throws -> Double {
    try features.accuracy(weights: weights, offset: offset, epsilon: epsilon)
  }
}
