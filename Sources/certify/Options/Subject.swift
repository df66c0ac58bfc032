import CertifyAttacks
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
  /// How the data were read, for whoever watches: one line each.
  let notes: [String]

  /// - Throws: What loading throws; ``CommandError`` for data that do not fit the model.
  init(
    model path: String, data options: DataOptions, options resolved: ResolvedOptions, threat: ThreatOptions,
    logger: Logger
  ) throws {
    modelPath = path
    let classifier = try LoadedClassifier(path: path)
    for warning in classifier.model.warnings { logger.warning("\(path): \(warning)") }
    if classifier.gradientSupport != .full {
      logger.warning("\(path): gradients: \(Inspection.Gradients(classifier.gradientSupport).text)")
    }
    self.classifier = classifier
    (dataset, labels, indices) = try namingData(options) {
      let dataset = try Dataset.load(options).reshaped(to: classifier.inputShape)
      try dataset.validateLabels(classCount: classifier.classCount)
      let labels = try dataset.requiredLabels()
      if let bounds = Self.bounds(resolved, threat: threat, dataset: dataset) {
        try dataset.validate(lower: bounds.lower, upper: bounds.upper)
      }
      return (dataset, labels, try resolved.selection.indices(count: dataset.count))
    }
    notes =
      dataset.notes.map { $0.hasPrefix(options.data) ? $0 : "\(options.data): \($0)" }
      + ["\(options.data): \(dataset.count) inputs, values \(dataset.scaling)"]
    let features = try threat.limits(dataset: dataset)
    space = InputSpace(
      bounds: Self.bounds(resolved, threat: threat, dataset: dataset) ?? features?.hull,
      gridSteps: dataset.isEightBit ? 255 : nil, features: features)
    for index in indices where features != nil {
      guard let i = space.firstCoordinateOutside(of: dataset.input(index)) else { continue }
      throw CommandError.usage(
        "\(threat.threat ?? options.data): input \(index) has \(dataset.input(index)[i]) in feature "
          + "\(dataset.featureNames?[i] ?? "\(i)"), outside the bounds; widen them, or leave the input out")
    }
  }

  /// The bounds of all values; where a threat file has those of single features, real data need none.
  private static func bounds(
    _ options: ResolvedOptions, threat: ThreatOptions, dataset: Dataset
  ) -> InputSpace.Bounds? {
    let isOpen = threat.threat != nil && !options.boundsAreGiven && !dataset.isEightBit
    return isOpen ? nil : options.bounds
  }

  /// The input at a position of the selection.
  @Sendable func input(_ position: Int) -> AttackInput {
    let index = indices[position]
    return AttackInput(
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
