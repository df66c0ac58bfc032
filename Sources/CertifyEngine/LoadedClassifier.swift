import CertifyModel

/// A classifier from an ONNX file: the logits its decisions are taken on, whatever the file ends in.
///
/// A final softmax, log-softmax or sigmoid is left out. A single output z is read as the logits (0, z).
public struct LoadedClassifier: ClassifierSource {
  /// The file as it was read, with what it ends in.
  public let model: OnnxModel
  /// What the file ends in after the logits.
  public let head: Head
  public let inputShape: [Int]
  public let classCount: Int
  /// What gradients of the logits are worth.
  public let gradientSupport: GradientSupport
  /// Whether the file has one output number for each input.
  public let isBinary: Bool
  public let leadingLayer: LeadingLayer?
  /// The largest number of elements of a value for one input.
  private let widestValue: Int
  /// How often a row uses each weight, on average.
  private let weightUses: Double

  /// Reads the model as a classifier.
  ///
  /// - Throws: ``EngineError/notAClassifier(outputShape:)`` when its output is not one row of logits; what
  ///   `OnnxModel/graph(batchSize:)` throws.
  public init(model: OnnxModel) throws {
    let (graph, head) = try model.graph(batchSize: 1).withoutHead()
    let output = Array(graph.values[graph.output].shape.dropFirst())
    let width = output.reduce(1, *)
    guard width >= 1, output.filter({ $0 != 1 }).count <= 1 else {
      throw EngineError.notAClassifier(outputShape: output)
    }
    self.model = model
    self.head = head
    inputShape = Array(graph.values[graph.input].shape.dropFirst())
    classCount = max(width, 2)
    isBinary = width == 1
    gradientSupport = graph.gradientSupport
    leadingLayer = graph.leadingLinear.map { LeadingLayer($0) }
    weightUses = graph.multiplyAdds / max(graph.weightCount, 1)
    widestValue = graph.values.map { $0.shape.reduce(1, *) }.max() ?? 1
  }

  /// How the convolutions of the sampling classifier and of the gradients are computed.
  public var samplingConvolutions: ConvolutionArithmetic { .winograd }

  /// The graph up to the logits.
  public func graph(batchSize: Int) throws -> Graph {
    try model.graph(batchSize: batchSize).withoutHead().graph
  }

  public func makeClassifier(batchSize: Int) throws -> any Classifier {
    try GraphClassifier(graph: graph(batchSize: batchSize), gradients: false)
  }

  public func makeSamplingClassifier(batchSize: Int) throws -> any Classifier {
    try GraphClassifier(
      graph: graph(batchSize: batchSize), gradients: false, convolutions: samplingConvolutions)
  }

  public func makeOffsetClassifier(
    matrix: [Float], inputCount: Int, batchSize: Int
  ) throws -> any OffsetClassifier {
    let outputs = leadingLayer?.outputCount ?? 0
    guard outputs > 0, inputCount > 0, matrix.count == outputs * inputCount,
      let graph = try graph(batchSize: batchSize).replacingLeadingLinear(
        weights: Tensor(shape: [outputs, inputCount], elements: matrix),
        bias: Tensor(shape: [outputs], elements: [Float](repeating: 0, count: outputs)))
    else {
      throw EngineError.unsupported(
        node: "",
        reason: "a matrix of \(matrix.count) numbers does not fit in place of a leading linear layer")
    }
    return try GraphClassifier(graph: graph, gradients: false, convolutions: samplingConvolutions)
  }

  public var hasGradients: Bool {
    if case .none = gradientSupport { return false }
    return true
  }

  public func makeDifferentiableClassifier(batchSize: Int) throws -> (any DifferentiableClassifier)? {
    guard hasGradients else { return nil }
    let sizes = LadderClassifier.steps.filter { $0 < batchSize } + [batchSize]
    return try LadderClassifier(sizes: sizes) { rows, memory in
      try GraphClassifier(
        graph: graph(batchSize: rows), gradients: true, convolutions: samplingConvolutions, memory: memory)
    }
  }

  public func makeSharedClassifier() throws -> (any DifferentiableClassifier)? {
    // A row that uses each weight a few times only takes as long as reading the weights does.
    guard hasGradients, weightUses > 0, weightUses < 4 else { return nil }
    return try GraphClassifier(
      graph: graph(batchSize: Self.sharedRows), gradients: true, convolutions: samplingConvolutions)
  }

  /// Rows after which more of them no longer make one cheaper.
  private static let sharedRows = 12

  /// The rows of a forward pass at which the widest value of a batch stays within about a megabyte, so that it
  /// is still in the cache when the next operation reads it: 12, 24, 48, 96 or 192, which leave no short block of
  /// rows in the matrix products.
  public var preferredBatchSize: Int {
    let target = (1 << 20) / max(widestValue * MemoryLayout<Float>.stride, 1)
    var size = 12
    while size * 2 <= min(target, 192) { size *= 2 }
    return size
  }
}
