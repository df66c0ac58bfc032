import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = wᵀ ⋆ x; the product is the convolution of the gradient.
  func transposedConvolution(_ convolution: Convolution, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let sourceShape = shape(source)
    let resultShape = shape(node.output)
    let kernel = convolution.groupedWeights
    let strides = convolution.strides.map(Int64.init)
    let dilations = convolution.dilations.map { Int64($0 - 1) }
    let padsBegin = convolution.padsBegin.map(Int64.init)
    let padsEnd = convolution.padsEnd.map(Int64.init)
    let anySource = try Layout.any(sourceShape)
    let anyWeights = try Layout.any(kernel.shape)
    let anyResult = try Layout.any(resultShape)

    // The convolution whose gradient is wanted goes from the result to the source.
    let forward = try Primitive("a transposed convolution", node: node.name) { descriptor, attributes in
      cdnnl_convolution_forward(
        descriptor, context.engine, dnnl_convolution_direct, anyResult.handle, anyWeights.handle, nil,
        anySource.handle, strides, dilations, padsBegin, padsEnd, attributes)
    }
    let primitive = try Primitive("a transposed convolution", node: node.name) { descriptor, attributes in
      cdnnl_convolution_backward_data(
        descriptor, context.engine, dnnl_convolution_direct, anyResult.handle, anyWeights.handle,
        anySource.handle, strides, dilations, padsBegin, padsEnd, forward.descriptor, attributes)
    }
    func weights(for primitive: Primitive) throws -> Slot {
      try constant(
        kernel.elements, source: .plain(kernel.shape),
        layout: primitive.requiredLayout(dnnl_query_weights_md, shape: kernel.shape))
    }
    let input = try slot(
      source, layout: primitive.requiredLayout(dnnl_query_diff_dst_md, shape: sourceShape))
    let output = temporary(try primitive.requiredLayout(dnnl_query_diff_src_md, shape: resultShape))
    try emit(
      primitive,
      [(DNNL_ARG_DIFF_DST, input), (DNNL_ARG_WEIGHTS, weights(for: primitive)), (DNNL_ARG_DIFF_SRC, output)],
      writes: [DNNL_ARG_DIFF_SRC])
    define(node.output, output)

    return { [self] gradient in
      let upstream = try reorder(
        gradient, to: forward.requiredLayout(dnnl_query_src_md, shape: resultShape))
      let result = temporary(try forward.requiredLayout(dnnl_query_dst_md, shape: sourceShape))
      try emit(
        forward,
        [(DNNL_ARG_SRC, upstream), (DNNL_ARG_WEIGHTS, weights(for: forward)), (DNNL_ARG_DST, result)],
        writes: [DNNL_ARG_DST])
      try accumulate(result, into: source)
    }
  }
}
