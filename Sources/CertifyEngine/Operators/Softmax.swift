import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = softmax(x) or its logarithm; the products are y·(v − Σ v·y) and v − softmax(x)·Σ v.
  func softmax(axis: Int, logarithm: Bool, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let input = try plainSlot(source)
    let output = temporary(input.layout)
    let kind: Int32 = logarithm ? 1 : 0
    let forward = try Primitive("a softmax", node: node.name) { descriptor, attributes in
      cdnnl_softmax_forward(
        descriptor, context.engine, kind, input.layout.handle, Int32(axis), attributes)
    }
    try emit(forward, [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, output)], writes: [DNNL_ARG_DST])
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: input.layout)
      let downstream = temporary(input.layout)
      let primitive = try Primitive("a softmax's gradient", node: node.name) { descriptor, attributes in
        cdnnl_softmax_backward(
          descriptor, context.engine, kind, input.layout.handle, Int32(axis), forward.descriptor, attributes)
      }
      try emit(
        primitive,
        [(DNNL_ARG_DST, output), (DNNL_ARG_DIFF_DST, upstream), (DNNL_ARG_DIFF_SRC, downstream)],
        writes: [DNNL_ARG_DIFF_SRC])
      try accumulate(downstream, into: source)
    }
  }
}
