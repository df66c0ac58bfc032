import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = w ⋆ x + b (+ residual, then activation); the product is the transposed convolution of the gradient.
  func convolution(_ convolution: Convolution, _ group: FusedNode) throws -> Pullback {
    let node = group.node
    let source = node.inputs[0]
    let sourceShape = shape(source)
    let resultShape = shape(node.output)
    let weights = convolution.groupedWeights
    let strides = convolution.strides.map(Int64.init)
    let dilations = convolution.dilations.map { Int64($0 - 1) }
    let padsBegin = convolution.padsBegin.map(Int64.init)
    let padsEnd = convolution.padsEnd.map(Int64.init)
    let anySource = try Layout.any(sourceShape)
    let anyWeights = try Layout.any(weights.shape)
    let anyResult = try Layout.any(resultShape)
    let plainBias = try convolution.bias.map { try Layout.plain($0.shape) }

    let primitive = try Primitive(
      "a convolution", node: node.name, postOperations: try postOperations(group)
    ) { descriptor, attributes in
      cdnnl_convolution_forward(
        descriptor, context.engine, anySource.handle, anyWeights.handle, plainBias?.handle,
        anyResult.handle, strides, dilations, padsBegin, padsEnd, attributes)
    }
    let input = try slot(
      source, layout: primitive.requiredLayout(dnnl_query_src_md, shape: sourceShape))
    let output = try destination(
      group, layout: primitive.requiredLayout(dnnl_query_dst_md, shape: resultShape))
    let kernel = try constant(
      weights.elements, source: .plain(weights.shape),
      layout: primitive.requiredLayout(dnnl_query_weights_md, shape: weights.shape))
    var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, kernel), (DNNL_ARG_DST, output)]
    if let bias = convolution.bias, let plainBias {
      arguments.append((DNNL_ARG_BIAS, try constant(bias.elements, source: plainBias, layout: plainBias)))
    }
    try emit(primitive, arguments, writes: [DNNL_ARG_DST])
    define(group.output, output)

    return { [self] gradient in
      let gradient = try pullBackPostOperations(group, gradient)
      let backward = try Primitive("a convolution's gradient", node: node.name) { descriptor, attributes in
        cdnnl_convolution_backward_data(
          descriptor, context.engine, anySource.handle, anyWeights.handle, anyResult.handle, strides,
          dilations, padsBegin, padsEnd, primitive.descriptor, attributes)
      }
      let result = temporary(try backward.requiredLayout(dnnl_query_diff_src_md, shape: sourceShape))
      let kernel = try constant(
        weights.elements, source: .plain(weights.shape),
        layout: backward.requiredLayout(dnnl_query_weights_md, shape: weights.shape))
      let upstream = try reorder(
        gradient, to: backward.requiredLayout(dnnl_query_diff_dst_md, shape: resultShape))
      try emit(
        backward,
        [(DNNL_ARG_DIFF_DST, upstream), (DNNL_ARG_WEIGHTS, kernel), (DNNL_ARG_DIFF_SRC, result)],
        writes: [DNNL_ARG_DIFF_SRC])
      try accumulate(result, into: source)
    }
  }
}

extension Convolution {
  /// The weights with the groups as an axis of their own when there is more than one.
  fileprivate var groupedWeights: Tensor {
    guard groups > 1, let outputs = weights.shape.first else { return weights }
    return Tensor(
      shape: [groups, outputs / groups] + weights.shape.dropFirst(), elements: weights.elements)
  }
}
