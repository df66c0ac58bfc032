import CDNNL
import CertifyModel

extension PlanBuilder {
  /// The maximum or the average over a sliding window; the product sends v to the winner, or shares it out.
  func pooling(_ pooling: Pooling, _ node: Node) throws -> Pullback {
    try pool(pooling, source: node.inputs[0], result: node.output, resultShape: shape(node.output), node.name)
  }

  /// Pools `source` into a value whose window results have the shape `resultShape`.
  func pool(
    _ pooling: Pooling, source: ValueID, result: ValueID, resultShape: [Int], _ node: String
  ) throws -> Pullback {
    let input = try slot(source)
    let strides = pooling.strides.map(Int64.init)
    let kernel = pooling.kernel.map(Int64.init)
    let dilations = pooling.dilations.map { Int64($0 - 1) }
    let padsBegin = pooling.padsBegin.map(Int64.init)
    let padsEnd = pooling.padsEnd.map(Int64.init)
    let propagation = gradients ? dnnl_forward_training : dnnl_forward_inference
    let any = try Layout.any(resultShape)
    let forward = try Primitive("a pooling", node: node) { descriptor, attributes in
      cdnnl_pooling_forward(
        descriptor, context.engine, propagation, pooling.kind.algorithm, input.layout.handle, any.handle,
        strides, kernel, dilations, padsBegin, padsEnd, attributes)
    }
    let pooled = temporary(try forward.requiredLayout(dnnl_query_dst_md, shape: resultShape))
    let winners = try forward.layout(dnnl_query_workspace_md, shape: []).flatMap {
      $0.byteCount > 0 ? temporary($0) : nil
    }
    var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, pooled)]
    if let winners { arguments.append((DNNL_ARG_WORKSPACE, winners)) }
    try emit(forward, arguments, writes: [DNNL_ARG_DST, DNNL_ARG_WORKSPACE])
    let isView = shape(result) != resultShape
    define(
      result,
      isView ? try view(reorder(pooled, to: .plain(resultShape)), as: shape(result)) : pooled)

    return { [self] gradient in
      let windows =
        isView ? try view(reorder(gradient, to: .plain(shape(result))), as: resultShape) : gradient
      let upstream = try reorder(windows, to: pooled.layout)
      let downstream = temporary(input.layout)
      let primitive = try Primitive("a pooling's gradient", node: node) { descriptor, attributes in
        cdnnl_pooling_backward(
          descriptor, context.engine, pooling.kind.algorithm, input.layout.handle, pooled.layout.handle,
          strides, kernel, dilations, padsBegin, padsEnd, forward.descriptor, attributes)
      }
      var arguments = [(DNNL_ARG_DIFF_DST, upstream), (DNNL_ARG_DIFF_SRC, downstream)]
      if let winners { arguments.append((DNNL_ARG_WORKSPACE, winners)) }
      try emit(primitive, arguments, writes: [DNNL_ARG_DIFF_SRC])
      try accumulate(downstream, into: source)
    }
  }
}

extension Pooling.Kind {
  fileprivate var algorithm: dnnl_alg_kind_t {
    switch self {
    case .maximum: dnnl_pooling_max
    case .average(countsPadding: true): dnnl_pooling_avg_include_padding
    case .average(countsPadding: false): dnnl_pooling_avg_exclude_padding
    }
  }
}
