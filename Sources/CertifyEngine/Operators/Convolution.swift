import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = w ⋆ x + b (+ residual, then activation); the product is the transposed convolution of the gradient.
  func convolution(_ convolution: Convolution, _ group: FusedNode) throws -> Pullback {
    let node = group.node
    let source = node.inputs[0]
    let kernels = ConvolutionKernels(
      convolution, source: shape(source), result: shape(node.output), context: context, node: node.name)
    let biasLayout = try convolution.bias.map { try Layout.plain($0.shape) }
    let ways = try kernels.ways(source: slot(source).layout, style: convolutionStyle)

    let primitive = try kernels.forward(ways, bias: biasLayout, postOperations: postOperations(group))
    let input = try slot(
      source, layout: primitive.requiredLayout(dnnl_query_src_md, shape: kernels.source))
    let output = try destination(
      group, layout: primitive.requiredLayout(dnnl_query_dst_md, shape: kernels.result))
    let weights = try parameter(
      node, .weight, kernels.weights.elements, source: .plain(kernels.weights.shape),
      layout: primitive.requiredLayout(dnnl_query_weights_md, shape: kernels.weights.shape))
    var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, output)]
    if let bias = convolution.bias, let biasLayout {
      arguments.append(
        (DNNL_ARG_BIAS, try parameter(node, .bias, bias.elements, source: biasLayout, layout: biasLayout)))
    }
    try emit(primitive, arguments, writes: [DNNL_ARG_DST])
    define(group.output, output)

    return { [self] gradient in
      let gradient = try pullBackPostOperations(group, gradient)
      try differentiateParameters(of: node, kernels, ways, forward: primitive, upstream: gradient)
      let backward = try kernels.backward(ways, of: primitive)
      let result = temporary(try backward.requiredLayout(dnnl_query_diff_src_md, shape: kernels.source))
      let weights = try parameter(
        node, .weight, kernels.weights.elements, source: .plain(kernels.weights.shape),
        layout: backward.requiredLayout(dnnl_query_weights_md, shape: kernels.weights.shape))
      let upstream = try reorder(
        gradient, to: backward.requiredLayout(dnnl_query_diff_dst_md, shape: kernels.result))
      try emit(
        backward,
        [(DNNL_ARG_DIFF_DST, upstream), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DIFF_SRC, result)],
        writes: [DNNL_ARG_DIFF_SRC])
      try accumulate(result, into: source)
    }
  }

  /// ∂L/∂w: the correlation of the input with v; ∂L/∂b: the sum of v over rows and places.
  private func differentiateParameters(
    of node: Node, _ kernels: ConvolutionKernels, _ ways: [ConvolutionKernels.Way], forward: Primitive,
    upstream: Slot
  ) throws {
    let shape = kernels.weights.shape
    guard let weights = try parameterGradient(node, .weight, layout: .plain(shape)) else { return }
    let outputs = kernels.result[1]
    let bias = try parameterGradient(node, .bias, layout: .plain([outputs]))
    let kernel = try kernels.backwardToWeights(ways, of: forward, bias: bias?.layout)
    let result = temporary(try kernel.requiredLayout(dnnl_query_diff_weights_md, shape: shape))
    var arguments = [
      (
        DNNL_ARG_SRC,
        try slot(
          node.inputs[0], layout: kernel.requiredLayout(dnnl_query_src_md, shape: kernels.source))
      ),
      (
        DNNL_ARG_DIFF_DST,
        try reorder(
          upstream, to: kernel.requiredLayout(dnnl_query_diff_dst_md, shape: kernels.result))
      ),
      (DNNL_ARG_DIFF_WEIGHTS, result),
    ]
    let sums = bias.map { temporary($0.layout) }
    if let sums { arguments.append((DNNL_ARG_DIFF_BIAS, sums)) }
    try emit(kernel, arguments, writes: [DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS])
    try copy(result, to: weights)
    if let sums, let bias { try copy(sums, to: bias) }
  }
}

/// How the convolutions of a plan are computed.
struct ConvolutionStyle {
  let arithmetic: ConvolutionArithmetic
  /// Whether values keep their channels in blocks of 16 from one convolution to the next.
  let blocksChannels: Bool

  /// With vectors of 16 numbers, blocks suit nets whose channels come in multiples of 16: there they are a tenth
  /// faster than channels last, which is what the library prefers, twice as fast on a first layer of one channel,
  /// and what Winograd's algorithm takes. Elsewhere padding the channels to a block would cost more.
  init(graph: Graph, arithmetic: ConvolutionArithmetic) {
    self.arithmetic = arithmetic
    var (blocked, all) = (0.0, 0.0)
    for node in graph.nodes {
      guard case .convolution(let convolution) = node.operation else { continue }
      let work = node.multiplyAdds(in: graph)
      let inputs = convolution.weights.shape[1] * convolution.groups
      all += work
      if convolution.weights.shape[0] % 16 == 0, inputs % 16 == 0 || inputs <= 4 { blocked += work }
    }
    blocksChannels = KernelLibrary.hasVectorsOf16 && blocked * 10 >= all * 9 && all > 0
  }
}

/// A convolution's constants as the kernel library wants them, and the kernels it has for them.
private struct ConvolutionKernels {
  /// One way of computing a convolution: the layouts may be left to the library.
  struct Way {
    var algorithm: dnnl_alg_kind_t
    var source: Layout
    var result: Layout
    /// Whether only a kernel made for this machine will do.
    var isChoosy = true
  }

  /// With the groups as an axis of their own when there is more than one.
  let weights: Tensor
  let source: [Int]
  let result: [Int]
  private let groups: Int
  private let strides: [Int64]
  /// Zeros between taps.
  private let dilations: [Int64]
  private let padsBegin: [Int64]
  private let padsEnd: [Int64]
  private let context: KernelContext
  private let node: String

  init(_ convolution: Convolution, source: [Int], result: [Int], context: KernelContext, node: String) {
    weights = convolution.groupedWeights
    groups = convolution.groups
    self.source = source
    self.result = result
    strides = convolution.strides.map(Int64.init)
    dilations = convolution.dilations.map { Int64($0 - 1) }
    padsBegin = convolution.padsBegin.map(Int64.init)
    padsEnd = convolution.padsEnd.map(Int64.init)
    self.context = context
    self.node = node
  }

  /// The ways to try, best first; the last one always works.
  func ways(source present: Layout, style: ConvolutionStyle) throws -> [Way] {
    let (anySource, anyResult) = (try Layout.any(source), try Layout.any(result))
    var ways: [Way] = []
    if style.arithmetic == .winograd, isWinogradWorthwhile {
      ways.append(Way(algorithm: dnnl_convolution_winograd, source: anySource, result: anyResult))
    }
    if style.blocksChannels, source.count >= 3, source.count <= 5, result[1] % 16 == 0 {
      let from = source[1] % 16 == 0 ? try Layout.blocked(source) : present
      ways.append(Way(algorithm: dnnl_convolution_direct, source: from, result: try .blocked(result)))
    }
    ways.append(
      Way(algorithm: dnnl_convolution_direct, source: anySource, result: anyResult, isChoosy: false))
    return ways
  }

  /// Whether the transforms cost less than the multiplications they save.
  private var isWinogradWorthwhile: Bool {
    groups == 1 && weights.shape.count == 4 && Array(weights.shape[2...]) == [3, 3]
      && weights.shape[..<2].allSatisfy { $0 % 16 == 0 } && strides.allSatisfy { $0 == 1 }
      && dilations.allSatisfy { $0 == 0 }
  }

  func forward(_ ways: [Way], bias: Layout?, postOperations: [PostOperation]) throws -> Primitive {
    let anyWeights = try Layout.any(weights.shape)
    return try first(ways) { way in
      try Primitive("a convolution", node: node, postOperations: postOperations) { descriptor, attributes in
        cdnnl_convolution_forward(
          descriptor, context.engine, way.algorithm, way.source.handle, anyWeights.handle, bias?.handle,
          way.result.handle, strides, dilations, padsBegin, padsEnd, attributes)
      }
    }
  }

  func backward(_ ways: [Way], of forward: Primitive) throws -> Primitive {
    let anyWeights = try Layout.any(weights.shape)
    return try first(ways) { way in
      try Primitive("a convolution's gradient", node: node) { descriptor, attributes in
        cdnnl_convolution_backward_data(
          descriptor, context.engine, way.algorithm, way.source.handle, anyWeights.handle, way.result.handle,
          strides, dilations, padsBegin, padsEnd, forward.descriptor, attributes)
      }
    }
  }

  func backwardToWeights(_ ways: [Way], of forward: Primitive, bias: Layout?) throws -> Primitive {
    let anyWeights = try Layout.any(weights.shape)
    return try first(ways) { way in
      try Primitive("a convolution's weight gradient", node: node) { descriptor, attributes in
        cdnnl_convolution_backward_weights(
          descriptor, context.engine, way.algorithm, way.source.handle, anyWeights.handle, bias?.handle,
          way.result.handle, strides, dilations, padsBegin, padsEnd, forward.descriptor, attributes)
      }
    }
  }

  private func first(_ ways: [Way], _ make: (Way) throws -> Primitive) throws -> Primitive {
    for way in ways.dropLast() {
      if let primitive = try? make(way), !way.isChoosy || primitive.isOptimized { return primitive }
    }
    guard let last = ways.last else {
      throw EngineError.unsupported(node: node, reason: "the convolution has no kernel")
    }
    return try make(last)
  }
}

extension Convolution {
  /// The weights with the groups as an axis of their own when there is more than one.
  var groupedWeights: Tensor {
    guard groups > 1, let first = weights.shape.first else { return weights }
    return Tensor(shape: [groups, first / groups] + weights.shape.dropFirst(), elements: weights.elements)
  }
}
