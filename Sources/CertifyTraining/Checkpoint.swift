/// A training after some epochs: all that is needed to go on as if it had not stopped.
public struct Checkpoint: Sendable, Equatable {
  /// What the training was begun with.
  public let configuration: TrainingConfiguration
  /// What the network is.
  public let modelName: String
  /// The epochs done.
  public internal(set) var epoch: Int
  /// θ.
  public internal(set) var parameters: [Float]
  var optimiser: OptimiserState
  /// One report for each epoch done, in order.
  public internal(set) var history: [EpochReport]
  /// The last epoch without catastrophic overfitting, and θ after it.
  public internal(set) var goodEpoch: Int
  /// θ after ``goodEpoch``.
  public internal(set) var goodParameters: [Float]

  /// The start of a training.
  init(model: TrainableModel, configuration: TrainingConfiguration) {
    self.configuration = configuration
    modelName = model.name
    epoch = 0
    parameters = model.parameters
    optimiser = OptimiserState(configuration.optimiser, count: model.parameters.count)
    history = []
    goodEpoch = 0
    goodParameters = model.parameters
  }

  init(
    configuration: TrainingConfiguration, modelName: String, epoch: Int, parameters: [Float],
    optimiser: OptimiserState, history: [EpochReport], goodEpoch: Int, goodParameters: [Float]
  ) {
    self.configuration = configuration
    self.modelName = modelName
    self.epoch = epoch
    self.parameters = parameters
    self.optimiser = optimiser
    self.history = history
    self.goodEpoch = goodEpoch
    self.goodParameters = goodParameters
  }

  /// - Throws: ``TrainingError/checkpoint(reason:)`` when it is of another training.
  func check(model: TrainableModel, configuration: TrainingConfiguration) throws(TrainingError) {
    var others = configuration.differences(from: self.configuration)
    if model.name != modelName || model.parameters.count != parameters.count {
      others.insert("network \(model.name) instead of \(modelName)", at: 0)
    }
    guard others.isEmpty else {
      throw .checkpoint(
        reason:
          "it is of another training (\(others.joined(separator: ", "))); give the options it was begun with, or "
          + "start anew in another place")
    }
  }
}
