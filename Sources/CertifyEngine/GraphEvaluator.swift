import CertifyModel

/// A graph ready to be evaluated on one thread: outputs from inputs, and input gradients from output gradients.
public final class GraphEvaluator {
  /// The extents of one input and of one output row, without the batch axis.
  public let inputShape: [Int]
  /// The extents of one output row, without the batch axis.
  public let outputShape: [Int]
  /// The rows that each run evaluates, at least 1.
  public let batchSize: Int
  /// [batchSize, d], row-major.
  public let inputs: UnsafeMutableBufferPointer<Float>
  /// [batchSize, K], row-major.
  public let outputs: UnsafeBufferPointer<Float>
  /// [batchSize, K], row-major; empty when made without gradients.
  public let outputGradients: UnsafeMutableBufferPointer<Float>
  /// [batchSize, d], row-major; empty when made without gradients.
  public let inputGradients: UnsafeBufferPointer<Float>
  /// The bias of the first node, when that is a linear layer with one; else empty.
  let leadingBias: UnsafeMutableBufferPointer<Float>
  /// The bytes of all buffers and constants.
  public var byteCount: Int { plan.byteCount }

  /// The trainable parameters in the order of ``parameterViews``; empty when all constants stay. After a change
  /// ``loadParameters()`` must run before the next forward run.
  public let parameters: UnsafeMutableBufferPointer<Float>
  /// The gradients of the last backward run, in the order of ``parameterViews``; empty when all constants stay.
  public let parameterGradients: UnsafeBufferPointer<Float>
  /// What the parameters are; empty when all constants stay.
  public var parameterViews: [ParameterView] { plan.trainable?.views ?? [] }

  private let plan: Plan

  /// Compiles `graph`; axis 0 of its input and of its output is the batch.
  ///
  /// - Parameters:
  ///   - graph: the network; its leading axis is the batch.
  ///   - gradients: whether it can be asked for gradients too.
  ///   - convolutions: which algorithms convolutions may take.
  ///   - isTrainable: whether the parameters may change and have gradients; needs `gradients`.
  /// - Throws: ``EngineError`` for an operation or a shape that the kernels refuse.
  public convenience init(
    graph: Graph, gradients: Bool, convolutions: ConvolutionArithmetic = .direct, isTrainable: Bool = false
  ) throws {
    try self.init(
      graph: graph, gradients: gradients, convolutions: convolutions, isTrainable: isTrainable, memory: nil)
  }

  init(
    graph: Graph, gradients: Bool, convolutions: ConvolutionArithmetic, isTrainable: Bool, memory: PlanMemory?
  ) throws {
    let input = graph.values[graph.input].shape
    let output = graph.values[graph.output].shape
    guard let rows = input.first, rows > 0, output.first == rows else {
      throw EngineError.notAClassifier(outputShape: output)
    }
    plan = try Plan(
      graph: graph, gradients: gradients, convolutions: convolutions, isTrainable: isTrainable, memory: memory
    )
    parameters = plan.trainable?.parameters ?? UnsafeMutableBufferPointer(start: nil, count: 0)
    parameterGradients = UnsafeBufferPointer(
      plan.trainable?.gradients ?? UnsafeMutableBufferPointer(start: nil, count: 0))
    inputShape = Array(input.dropFirst())
    outputShape = Array(output.dropFirst())
    batchSize = rows
    let inputCount = input.reduce(1, *)
    let outputCount = output.reduce(1, *)
    inputs = UnsafeMutableBufferPointer(start: plan.input.floats, count: inputCount)
    outputs = UnsafeBufferPointer(start: plan.output.floats, count: outputCount)
    outputGradients = UnsafeMutableBufferPointer(
      start: plan.outputGradient?.floats, count: plan.outputGradient == nil ? 0 : outputCount)
    leadingBias = UnsafeMutableBufferPointer(
      start: plan.leadingBias?.floats, count: plan.leadingBias?.layout.elementCount ?? 0)
    inputGradients = UnsafeBufferPointer(
      start: plan.inputGradient?.floats, count: plan.inputGradient == nil ? 0 : inputCount)
  }

  /// Computes `outputs` from `inputs`.
  public func forward() throws { try plan.forward() }

  /// Computes `inputGradients` = vᵀ ∂y/∂x from v = `outputGradients`, at the inputs of the last forward run.
  public func backward() throws { try plan.backward() }

  /// Makes the next forward run use ``parameters`` as they are now.
  public func loadParameters() throws { try plan.loadParameters() }

  /// Computes ``parameterGradients`` = vᵀ ∂y/∂θ, summed over all rows of the batch, from v = `outputGradients` at the
  /// inputs of the last forward run; and `inputGradients` too when `inputs` says so.
  public func backwardToParameters(inputs: Bool) throws { try plan.backwardToParameters(inputs: inputs) }
}
