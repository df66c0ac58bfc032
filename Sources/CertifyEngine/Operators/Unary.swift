import CDNNL
import CertifyModel

/// A function of one number as the kernel library knows it.
struct EltwiseKernel {
  let kind: dnnl_alg_kind_t
  /// The form whose derivative is computed from the result, where there is one.
  let kindByResult: dnnl_alg_kind_t?
  let alpha: Float
  let beta: Float

  private init(
    _ kind: dnnl_alg_kind_t, byResult: dnnl_alg_kind_t? = nil, alpha: Float = 0, beta: Float = 0
  ) {
    self.kind = kind
    self.kindByResult = byResult
    self.alpha = alpha
    self.beta = beta
  }

  /// alpha·x + beta.
  static func linear(scale: Float, shift: Float) -> EltwiseKernel {
    EltwiseKernel(dnnl_eltwise_linear, alpha: scale, beta: shift)
  }

  /// `nil` for a function the library does not have.
  init?(_ function: UnaryFunction) {
    switch function {
    case .relu:
      self.init(dnnl_eltwise_relu, byResult: dnnl_eltwise_relu_use_dst_for_bwd)
    case .leakyRelu(let slope):
      self.init(
        dnnl_eltwise_relu, byResult: slope > 0 ? dnnl_eltwise_relu_use_dst_for_bwd : nil, alpha: slope)
    case .sigmoid: self.init(dnnl_eltwise_logistic, byResult: dnnl_eltwise_logistic_use_dst_for_bwd)
    case .tanh: self.init(dnnl_eltwise_tanh, byResult: dnnl_eltwise_tanh_use_dst_for_bwd)
    case .gelu: self.init(dnnl_eltwise_gelu_erf)
    case .geluTanh: self.init(dnnl_eltwise_gelu_tanh)
    case .clip(let lower, let upper): self.init(dnnl_eltwise_clip, alpha: lower, beta: upper)
    case .exp: self.init(dnnl_eltwise_exp)
    case .sqrt: self.init(dnnl_eltwise_sqrt)
    case .abs: self.init(dnnl_eltwise_abs)
    case .reciprocal: self.init(dnnl_eltwise_pow, alpha: 1, beta: -1)
    case .power(let exponent): self.init(dnnl_eltwise_pow, alpha: 1, beta: exponent)
    case .elu(let alpha):
      self.init(
        dnnl_eltwise_elu, byResult: alpha >= 0 ? dnnl_eltwise_elu_use_dst_for_bwd : nil, alpha: alpha)
    case .softplus: self.init(dnnl_eltwise_soft_relu, alpha: 1)
    case .swish(let alpha): self.init(dnnl_eltwise_swish, alpha: alpha)
    case .mish: self.init(dnnl_eltwise_mish)
    case .hardSwish: self.init(dnnl_eltwise_hardswish, alpha: 1 / 6, beta: 0.5)
    default: return nil
    }
  }
}

extension PlanBuilder {
  /// y = φ(x); the product is v·φ'(x).
  func unary(_ function: UnaryFunction, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let argument = try slot(source)
    let result: Slot
    if let kernel = EltwiseKernel(function) {
      result = try eltwise(kernel, argument, node: node.name)
    } else {
      let kernel = try pointwise(function, node.name)
      result = temporary(argument.layout)
      let count = argument.layout.byteCount / MemoryLayout<Float>.stride
      emit(reads: [argument], writes: [result]) { kernel.value(argument.floats, result.floats, count) }
    }
    define(node.output, result)
    if function.isStep { return { _ in } }
    return { [self] gradient in
      try accumulate(
        pullBack(function, gradient: gradient, argument: argument, result: result, node: node.name),
        into: source)
    }
  }

  /// Applies a function element by element, in the layout of its argument.
  func eltwise(_ kernel: EltwiseKernel, _ argument: Slot, node: String) throws -> Slot {
    let primitive = try eltwisePrimitive(kernel.kind, kernel, argument.layout, node: node)
    let result = temporary(argument.layout)
    try emit(primitive, [(DNNL_ARG_SRC, argument), (DNNL_ARG_DST, result)], writes: [DNNL_ARG_DST])
    return result
  }

  /// Multiplies a gradient by the derivative, computed from the argument where it is known, else from the result.
  func pullBack(
    _ function: UnaryFunction, gradient: Slot, argument: Slot?, result: Slot, node: String
  ) throws -> Slot {
    let known = argument ?? result
    let upstream = try reorder(gradient, to: known.layout)
    let downstream = temporary(known.layout)
    guard let kernel = EltwiseKernel(function) else {
      let kernel = try pointwise(function, node)
      let count = known.layout.byteCount / MemoryLayout<Float>.stride
      emit(reads: [upstream, known], writes: [downstream]) {
        kernel.pullback(upstream.floats, known.floats, downstream.floats, count)
      }
      return downstream
    }
    let kind = argument == nil ? kernel.kindByResult : kernel.kind
    guard let kind else {
      throw EngineError.unsupported(node: node, reason: "the derivative does not follow from the result")
    }
    let forward = try eltwisePrimitive(kind, kernel, known.layout, node: node)
    let primitive = try Primitive("a function's derivative", node: node) { descriptor, attributes in
      cdnnl_eltwise_backward(
        descriptor, context.engine, kind, known.layout.handle, kernel.alpha, kernel.beta, forward.descriptor,
        attributes)
    }
    try emit(
      primitive,
      [
        (argument == nil ? DNNL_ARG_DST : DNNL_ARG_SRC, known), (DNNL_ARG_DIFF_DST, upstream),
        (DNNL_ARG_DIFF_SRC, downstream),
      ], writes: [DNNL_ARG_DIFF_SRC])
    return downstream
  }

  private func pointwise(_ function: UnaryFunction, _ node: String) throws -> PointwiseKernel {
    guard let kernel = PointwiseKernel(function) else {
      throw EngineError.unsupported(node: node, reason: "there is no kernel for the function \(function)")
    }
    return kernel
  }

  private func eltwisePrimitive(
    _ kind: dnnl_alg_kind_t, _ kernel: EltwiseKernel, _ layout: Layout, node: String
  ) throws -> Primitive {
    try Primitive("a function", node: node) { descriptor, attributes in
      cdnnl_eltwise_forward(
        descriptor, context.engine, kind, layout.handle, kernel.alpha, kernel.beta, attributes)
    }
  }
}
