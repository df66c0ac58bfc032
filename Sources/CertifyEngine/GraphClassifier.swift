import CertifyModel

/// A classifier evaluated by the engine.
///
/// A graph with one output number z is read as the two logits (0, z): class 1 exactly when z > 0.
public final class GraphClassifier: DifferentiableClassifier, TrainableClassifier {
  public let inputShape: [Int]
  public let classCount: Int
  public let batchSize: Int
  public let inputs: UnsafeMutableBufferPointer<Float>
  public let logits: UnsafeBufferPointer<Float>
  public let logitGradients: UnsafeMutableBufferPointer<Float>
  public let inputGradients: UnsafeBufferPointer<Float>
  /// The bias of the first layer, when that is a linear layer with one; else empty.
  public var offset: UnsafeMutableBufferPointer<Float> { evaluator.leadingBias }

  public var parameterViews: [ParameterView] { evaluator.parameterViews }
  public var parameters: UnsafeMutableBufferPointer<Float> { evaluator.parameters }
  public var parameterGradients: UnsafeBufferPointer<Float> { evaluator.parameterGradients }

  private let evaluator: GraphEvaluator
  /// The two logits of a single-output graph and their gradients; `nil` otherwise.
  private let pairs: UnsafeMutableBufferPointer<Float>?
  private let pairGradients: UnsafeMutableBufferPointer<Float>?

  /// Compiles `graph`, whose output is one row of logits, or one number, for each input.
  ///
  /// - Parameters:
  ///   - graph: the network; its leading axis is the batch.
  ///   - gradients: whether it can be asked for gradients too.
  ///   - convolutions: which algorithms convolutions may take.
  ///   - isTrainable: whether the parameters may change and have gradients; needs `gradients`.
  /// - Throws: ``EngineError``.
  public convenience init(
    graph: Graph, gradients: Bool, convolutions: ConvolutionArithmetic = .direct, isTrainable: Bool = false
  ) throws {
    try self.init(
      graph: graph, gradients: gradients, convolutions: convolutions, isTrainable: isTrainable, memory: nil)
  }

  /// - Parameter memory: What the classifier shares with others of the same graph; its offset is then not to be written.
  init(
    graph: Graph, gradients: Bool, convolutions: ConvolutionArithmetic, isTrainable: Bool = false,
    memory: PlanMemory?
  ) throws {
    evaluator = try GraphEvaluator(
      graph: graph, gradients: gradients, convolutions: convolutions, isTrainable: isTrainable, memory: memory
    )
    let width = evaluator.outputShape.reduce(1, *)
    guard width >= 1, evaluator.outputShape.filter({ $0 != 1 }).count <= 1 else {
      throw EngineError.notAClassifier(outputShape: evaluator.outputShape)
    }
    inputShape = evaluator.inputShape
    batchSize = evaluator.batchSize
    inputs = evaluator.inputs
    inputGradients = evaluator.inputGradients
    classCount = max(width, 2)
    if width == 1 {
      let pairs = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * evaluator.batchSize)
      let gradients = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * evaluator.batchSize)
      pairs.initialize(repeating: 0)
      gradients.initialize(repeating: 0)
      self.pairs = pairs
      pairGradients = gradients
      logits = UnsafeBufferPointer(pairs)
      logitGradients = gradients
    } else {
      pairs = nil
      pairGradients = nil
      logits = evaluator.outputs
      logitGradients = evaluator.outputGradients
    }
  }

  deinit {
    pairs?.deallocate()
    pairGradients?.deallocate()
  }

  public func forward(count: Int) throws {
    guard (1...batchSize).contains(count) else {
      throw EngineError.batchOutOfRange(count: count, batchSize: batchSize)
    }
    try evaluator.forward()
    if let pairs {
      for row in 0..<count { pairs[2 * row + 1] = evaluator.outputs[row] }
    }
    for index in 0..<count * classCount where logits[index].isNaN {
      throw EngineError.logitIsNaN(row: index / classCount, classIndex: index % classCount)
    }
  }

  public func backward(count: Int) throws {
    guard (1...batchSize).contains(count), !inputGradients.isEmpty else {
      throw EngineError.batchOutOfRange(count: count, batchSize: inputGradients.isEmpty ? 0 : batchSize)
    }
    copyPairGradients()
    try evaluator.backward()
  }

  public func loadParameters() throws { try evaluator.loadParameters() }

  public func backwardToParameters(inputs: Bool) throws {
    copyPairGradients()
    try evaluator.backwardToParameters(inputs: inputs)
  }

  private func copyPairGradients() {
    guard let pairGradients else { return }
    for row in 0..<batchSize { evaluator.outputGradients[row] = pairGradients[2 * row + 1] }
  }
}
