import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyResults
import CertifyThreat
import CertifyTraining
import Logging

/// The network and the data of a training, checked against one another.
struct TrainingSubject {
  let model: TrainableModel
  let training: TrainingSet
  let holdout: TrainingSet?
  /// The data file, its labels' file and the given model, in this order.
  let files: [FileRecord]
  /// SHA-256 of each data file that the model is then fitted to, those that the given one names included.
  let trainingData: [String]

  /// - Throws: What loading throws; ``CommandError`` for options that do not fit together.
  init(
    data options: DataOptions, network: NetworkOptions, monitor: MonitorOptions,
    settings: TrainingConfiguration, logger: Logger
  ) throws {
    let seed = settings.seed
    guard
      network.model == nil
        || (network.architecture == nil && network.hidden.isEmpty && network.activation == .relu)
    else {
      throw CommandError.usage("--model and --architecture exclude each other; give one of them")
    }
    guard monitor.validation == nil || monitor.holdout == nil else {
      throw CommandError.usage("--validation and --holdout exclude each other; give one of them")
    }
    let given = try network.model.map { try LoadedClassifier(path: $0) }
    let stored = try Dataset.load(options).selected(first: options.first, every: options.every)
    let architecture = try network.architecture(for: stored.sampleShape)
    let shape = given?.inputShape ?? architecture.inputShape(for: stored.sampleShape)
    func set(_ dataset: Dataset, path: String, classCount: Int?) throws -> TrainingSet {
      if settings.threat.epsilon > 0, let bounds = settings.threat.bounds {
        try dataset.validate(lower: bounds.lower, upper: bounds.upper)
      }
      do {
        return try TrainingSet(try dataset.reshaped(to: shape), classCount: classCount)
      } catch let error as TrainingError {
        throw CommandError(code: failureCode(error), description: "\(path): \(error)")
      }
    }
    let all = try namingData(options) {
      try set(stored, path: options.labels ?? options.data, classCount: given?.classCount)
    }
    if let path = monitor.validation {
      let dataset = try Dataset.load(path: path, labelsPath: monitor.validationLabels)
      holdout = try namingData(path, labels: monitor.validationLabels) {
        try set(dataset, path: monitor.validationLabels ?? path, classCount: all.classCount)
      }
      training = all
    } else {
      let count = monitor.holdout ?? min(all.count / 10, 1000)
      guard count >= 0 else { throw CommandError.usage("--holdout \(count): give a number of at least 0") }
      (training, holdout) = try all.holdingOut(count, seed: seed)
    }
    files = try [options.data, options.labels, network.model].compactMap { $0 }.map {
      try FileRecord(path: $0)
    }
    let own = files.prefix(1).map(\.sha256)
    trainingData = (given?.model.trainingData ?? []).filter { !own.contains($0) } + own
    if let path = monitor.validation, try FileRecord(path: path).sha256 == files.first?.sha256 {
      logger.warning(
        "\(path): it is the file that is trained on: accuracies on it say nothing about new inputs")
    }
    model =
      try given.map { try TrainableModel(fineTuning: $0) }
      ?? TrainableModel(
        architecture: architecture, inputShape: shape, classCount: all.classCount, seed: seed)
  }
}

extension NetworkOptions {
  /// The architecture named, or the one that suits the shape.
  func architecture(for shape: [Int]) throws -> Architecture {
    let units = hidden.isEmpty ? [256, 256] : hidden
    let suitable =
      shape.count >= 2 && shape.suffix(2).allSatisfy { $0 >= 4 } && hidden.isEmpty && activation == .relu
      ? "cnn" : "mlp"
    return try Architecture(name: architecture ?? suitable, hidden: units, activation: activation)
  }
}

extension Dataset {
  /// The first or every k-th of the inputs, with their labels.
  func selected(first: Int?, every: Int?) throws -> Dataset {
    let selection = try Selection(first: first, every: every)
    return try selection == .all ? self : subset(at: selection.indices(count: count))
  }
}
