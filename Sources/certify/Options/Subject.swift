import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyModel
import CertifyThreat
import Logging

/// The model and the data of a run, checked against one another.
struct Subject {
  let modelPath: String
  let classifier: LoadedClassifier
  let dataset: Dataset
  let labels: [Int]
  /// The positions of the inputs to look at.
  let indices: [Int]
  let space: InputSpace

  /// - Throws: What loading throws; ``CommandError`` for data that do not fit the model.
  init(model path: String, data options: DataOptions, options resolved: ResolvedOptions, logger: Logger) throws {
    modelPath = path
    let model = try OnnxModel.load(path: path)
    for warning in model.warnings { logger.warning("\(path): \(warning)") }
    classifier = try LoadedClassifier(model: model)
    dataset = try Dataset.load(options).reshaped(to: classifier.inputShape)
    for note in dataset.notes { logger.notice("\(options.data): \(note)") }
    logger.notice("\(options.data): \(dataset.count) inputs, values \(dataset.scaling)")
    try dataset.validateLabels(classCount: classifier.classCount)
    labels = try dataset.requiredLabels()
    if let bounds = resolved.bounds {
      try dataset.validate(lower: bounds.lower, upper: bounds.upper)
    }
    indices = try resolved.selection.indices(count: dataset.count)
    space = InputSpace(bounds: resolved.bounds, gridSteps: dataset.isEightBit ? 255 : nil)
  }

  /// The input at a position of the selection.
  @Sendable func input(_ position: Int) -> EvaluationInput {
    let index = indices[position]
    return EvaluationInput(
      index: index, point: dataset.input(index), grid: dataset.gridInput(index), label: labels[index])
  }
}

extension Dataset {
  /// The data that the command line names.
  static func load(_ options: DataOptions) throws -> Dataset {
    var settings = DatasetOptions()
    if let column = options.labelColumn { settings.labelColumn = .init(argument: column) }
    return try load(path: options.data, labelsPath: options.labels, options: settings)
  }
}

extension DatasetOptions.LabelColumn {
  /// A column by number, or else by name.
  init(argument: String) {
    self = Int(argument).map { .index($0) } ?? .named(argument)
  }
}
