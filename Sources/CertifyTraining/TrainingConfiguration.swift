import CertifyThreat

/// Everything besides the network and the data that determines what a training makes.
public struct TrainingConfiguration: Sendable, Codable, Equatable {
  /// What is minimised.
  public var objective: Objective
  /// The adversary of the objective and of the accuracies that are watched; ε = 0 for none.
  public var threat: ThreatSetting
  /// The rule that turns gradients into steps.
  public var optimiser: Optimiser
  /// The course of the learning rate over all steps, as a factor of ``learningRate``.
  public var schedule: Schedule
  /// The peak η of the schedule.
  public var learningRate: Double
  /// λ of `OptimiserState.update`.
  public var weightDecay: Double
  /// The passes over the training inputs, 1 to 65535.
  public var epochs: Int
  /// The inputs of a mini-batch, 1 to 65536; the last one of an epoch may be smaller.
  public var batchSize: Int
  /// What the order of the inputs, random starts and noise are drawn from.
  public var seed: UInt64
  /// The steps of the attack that watches the accuracy each epoch.
  public var monitorSteps: Int
  /// Whether a catastrophic overfitting ends the training, with the parameters of the last good epoch.
  public var stopsOnOverfitting: Bool

  public init(
    objective: Objective, threat: ThreatSetting, optimiser: Optimiser, schedule: Schedule,
    learningRate: Double, weightDecay: Double = 0, epochs: Int, batchSize: Int, seed: UInt64,
    monitorSteps: Int = 10, stopsOnOverfitting: Bool = false
  ) {
    self.objective = objective
    self.threat = threat
    self.optimiser = optimiser
    self.schedule = schedule
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.epochs = epochs
    self.batchSize = batchSize
    self.seed = seed
    self.monitorSteps = monitorSteps
    self.stopsOnOverfitting = stopsOnOverfitting
  }

  /// - Throws: ``TrainingError/parameter(name:value:allowed:)`` for the first value out of range.
  public func validate() throws(TrainingError) {
    guard threat.epsilon >= 0, threat.epsilon.isFinite else {
      throw .parameter(name: "--epsilon", value: "\(threat.epsilon)", allowed: "a number of at least 0")
    }
    try objective.validate(threat: threat)
    try optimiser.validate()
    guard learningRate > 0, learningRate.isFinite else {
      throw .parameter(name: "--learning-rate", value: "\(learningRate)", allowed: "a number above 0")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw .parameter(name: "--weight-decay", value: "\(weightDecay)", allowed: "a number of at least 0")
    }
    guard (1...65_535).contains(epochs) else {
      throw .parameter(name: "--epochs", value: "\(epochs)", allowed: "a number from 1 to 65535")
    }
    guard (1...65_536).contains(batchSize) else {
      throw .parameter(name: "--batch-size", value: "\(batchSize)", allowed: "a number from 1 to 65536")
    }
    guard (1...10_000).contains(monitorSteps) else {
      throw .parameter(name: "--monitor-steps", value: "\(monitorSteps)", allowed: "a number from 1 to 10000")
    }
  }

  /// The parts that a mini-batch is computed in, whatever the number of threads: 32 rows or more each, at most 8.
  var shardCount: Int { max(1, min(8, batchSize / 32)) }

  /// The largest number of rows of a part.
  var shardRows: Int { (batchSize + shardCount - 1) / shardCount }
}

extension TrainingConfiguration {
  /// What is not as in another one, such as `epochs 9 instead of 4`.
  func differences(from other: TrainingConfiguration) -> [String] {
    func words<Value: Equatable>(_ name: String, _ value: KeyPath<TrainingConfiguration, Value>) -> String? {
      let (own, its) = (self[keyPath: value], other[keyPath: value])
      return own == its ? nil : "\(name) \(own) instead of \(its)"
    }
    let bounds: (ThreatSetting) -> String = { threat in
      threat.bounds.map { "\($0.lower) to \($0.upper)" } ?? "none"
    }
    let ranges = (bounds(threat), bounds(other.threat))
    return [
      words("objective", \.objective), words("norm", \.threat.norm), words("epsilon", \.threat.epsilon),
      ranges.0 == ranges.1 ? nil : "bounds \(ranges.0) instead of \(ranges.1)",
      words("optimiser", \.optimiser), words("schedule", \.schedule), words("learning rate", \.learningRate),
      words("weight decay", \.weightDecay), words("epochs", \.epochs), words("batch size", \.batchSize),
      words("seed", \.seed), words("monitor steps", \.monitorSteps),
      words("stop on overfitting", \.stopsOnOverfitting),
    ].compactMap { $0 }
  }
}
