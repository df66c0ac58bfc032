import CertifyData
import CertifyEngine
import CertifyModel
import CertifyThreat
import CertifyTraining

/// A net that an experiment trained, as a model file holds it: what `certify run` would judge.
struct TrainedNet {
  let classifier: LoadedClassifier
  /// One report for each epoch.
  let history: [EpochReport]

  /// - Parameter progress: called with the part of the training that is done.
  init(
    _ architecture: Architecture, on training: TrainingSet, watching holdout: TrainingSet? = nil,
    _ configuration: TrainingConfiguration, jobs: Int, progress: (Double) -> Void = { _ in }
  ) throws {
    let model = try TrainableModel(
      architecture: architecture, inputShape: architecture.inputShape(for: training.shape),
      classCount: training.classCount, seed: configuration.seed)
    let outcome = try Trainer(
      model: model, data: training, holdout: holdout, configuration: configuration, jobs: jobs
    ).run(onStep: { done, total in
      progress(Double(done) / Double(total))
      return true
    })
    history = outcome.history
    classifier = try LoadedClassifier { try model.graph(batchSize: $0, parameters: outcome.parameters) }
  }
}

extension LoadedClassifier {
  /// The classifier that a file of this graph holds.
  init(graph: (_ batchSize: Int) throws -> Graph) throws {
    try self.init(model: OnnxModel(bytes: OnnxWriter.bytes(graph: graph)))
  }

  /// The class of each input.
  func decisions(on points: [[Float]]) throws -> [Int] {
    try answers(on: points) { classifier, row in classifier.decision(row: row) }
  }

  /// z₁ − z₀ of each input.
  func margins(on points: [[Float]]) throws -> [Double] {
    try answers(on: points) { classifier, row in
      let start = row * classifier.classCount
      return Double(classifier.logits[start + 1] - classifier.logits[start])
    }
  }

  private func answers<Answer>(
    on points: [[Float]], _ read: (any Classifier, _ row: Int) -> Answer
  ) throws -> [Answer] {
    let classifier = try makeClassifier(batchSize: min(points.count, preferredBatchSize))
    let size = classifier.inputCount
    return try stride(from: 0, to: points.count, by: classifier.batchSize).flatMap { start in
      let rows = points[start..<min(start + classifier.batchSize, points.count)]
      for (row, point) in rows.enumerated() {
        _ = classifier.inputs[row * size..<(row + 1) * size].update(fromContentsOf: point)
      }
      try classifier.forward(count: rows.count)
      return (0..<rows.count).map { read(classifier, $0) }
    }
  }

  /// The part of the inputs that are given their label.
  func accuracy(on data: Dataset) throws -> Double {
    let labels = try data.requiredLabels()
    let found = try decisions(on: (0..<data.count).map { data.input($0) })
    return Double(zip(found, labels).count { $0 == $1 }) / Double(data.count)
  }
}

extension TrainingConfiguration {
  /// Adam with its usual decays.
  static func adam(
    _ objective: Objective, threat: ThreatSetting = ThreatSetting(norm: .linf, epsilon: 0, bounds: nil),
    rate: Double, schedule: Schedule = .cosine, epochs: Int, batchSize: Int = 128, seed: UInt64,
    monitorSteps: Int = 20
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      objective: objective, threat: threat, optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      schedule: schedule, learningRate: rate, epochs: epochs, batchSize: batchSize, seed: seed,
      monitorSteps: monitorSteps)
  }
}
