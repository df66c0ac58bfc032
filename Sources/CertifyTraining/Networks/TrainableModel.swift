import CertifyEngine
import CertifyModel

/// A network and the parameters that its training starts from.
public struct TrainableModel: Sendable {
  /// What it is, for the record.
  public let name: String
  /// The extents of one input, without the batch axis.
  public let inputShape: [Int]
  /// The number of classes K.
  public let classCount: Int
  /// θ at the start, in the order of ``views``.
  public let parameters: [Float]
  /// Which constant of the network each part of ``parameters`` is.
  public let views: [ParameterView]
  private let make: @Sendable (Int) throws -> Graph

  /// A network with fresh weights.
  ///
  /// Weights are uniform in ±√(6/n), n the number of inputs of a unit (He et al. 2015, arXiv 1502.01852), drawn from
  /// `seed` in the order of the parameters; biases, scales and shifts start at 0.
  ///
  /// - Parameters:
  ///   - architecture: The layers.
  ///   - inputShape: The shape of one input.
  ///   - classCount: K, at least 2.
  ///   - seed: Of the weights.
  /// - Throws: ``TrainingError``.
  public init(architecture: Architecture, inputShape: [Int], classCount: Int, seed: UInt64) throws {
    try self.init(
      name: architecture.description, inputShape: inputShape, classCount: classCount, seed: seed
    ) {
      try architecture.graph(inputShape: inputShape, classCount: classCount, batchSize: $0)
    }
  }

  /// The same for a network of any layers.
  package init(
    name: String, inputShape: [Int], classCount: Int, seed: UInt64,
    make: @escaping @Sendable (_ batchSize: Int) throws -> Graph
  ) throws {
    let graph = try make(1)
    var generator = Draws(seed: seed).generator(.weights, epoch: 0, index: 0)
    var parameters = graph.parameters
    for view in graph.parameterViews where view.role == .weight {
      let limit = (6 / Double(view.shape.dropFirst().reduce(1, *))).squareRoot()
      for i in view.range { parameters[i] = Float(limit * (2 * generator.unit() - 1)) }
    }
    self.init(
      name: name, inputShape: inputShape, classCount: classCount, graph: graph, make: make,
      parameters: { parameters })
  }

  /// A given network, up to its logits, with the parameters it has.
  ///
  /// - Parameter classifier: The model as it was read.
  /// - Throws: ``TrainingError/noParameters`` when there is nothing to train, or what making its graph throws.
  public init(fineTuning classifier: LoadedClassifier) throws {
    let graph = try classifier.graph(batchSize: 1)
    guard !graph.parameters.isEmpty else { throw TrainingError.noParameters }
    self.init(
      name: "given", inputShape: classifier.inputShape, classCount: classifier.classCount, graph: graph
    ) {
      try classifier.graph(batchSize: $0)
    } parameters: {
      graph.parameters
    }
  }

  private init(
    name: String, inputShape: [Int], classCount: Int, graph: Graph,
    make: @escaping @Sendable (Int) throws -> Graph, parameters: () -> [Float]
  ) {
    self.name = name
    self.inputShape = inputShape
    self.classCount = classCount
    self.parameters = parameters()
    views = graph.parameterViews
    self.make = make
  }

  /// The network for batches of `batchSize` rows, with the parameters given or those of the start.
  public func graph(batchSize: Int, parameters: [Float]? = nil) throws -> Graph {
    try make(batchSize).replacingParameters(parameters ?? self.parameters)
  }
}
