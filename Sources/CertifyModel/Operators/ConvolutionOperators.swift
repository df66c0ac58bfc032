/// Convolutions.
enum ConvolutionOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Conv", lower: conv), OperatorDefinition("ConvTranspose", lower: convTranspose),
  ]

  private static let conv: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let from = builder.shape(x)
    let weights = try call.constant(1, "kernel")
    let window = try Window(call, input: from, kernel: Array(weights.shape.dropFirst(2)))
    let groups = try call.int("group") ?? 1
    let outputs = weights.shape.first ?? 0
    guard weights.shape.count == from.count, groups >= 1, from[1] % groups == 0, outputs % groups == 0,
      weights.shape[1] == from[1] / groups
    else {
      throw call.invalid("a kernel of shape \(weights.shape) in \(groups) groups does not fit \(from)")
    }
    if let kernel = try call.ints("kernel_shape"), kernel != window.kernel {
      throw call.invalid("kernel_shape \(kernel) is not that of the kernel, \(weights.shape)")
    }
    var bias: Tensor?
    if let constant = try call.optionalConstant(2, "bias") {
      guard constant.shape == [outputs] else {
        throw call.invalid("a bias of shape \(constant.shape) does not fit \(outputs) outputs")
      }
      bias = try constant.tensor()
    }
    let convolution = Convolution(
      weights: try weights.tensor(), bias: bias, strides: window.strides, dilations: window.dilations,
      padsBegin: window.padsBegin, padsEnd: window.padsEnd, groups: groups)
    let shape = [from[0], outputs] + window.outputExtents
    return [.value(try builder.emit(call, .convolution(convolution), [x], shape: shape))]
  }

  /// y = wᵀ ⋆ x + b, of the size at which a convolution of y would have the shape of x.
  private static let convTranspose: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let from = builder.shape(x)
    let weights = try call.constant(1, "kernel")
    let window = try TransposedWindow(call, input: from, kernel: Array(weights.shape.dropFirst(2)))
    let groups = try call.int("group") ?? 1
    guard weights.shape.count == from.count, groups >= 1, from[1] % groups == 0, weights.shape[0] == from[1],
      weights.shape[1] >= 1
    else {
      throw call.invalid("a kernel of shape \(weights.shape) in \(groups) groups does not fit \(from)")
    }
    let outputs = weights.shape[1] * groups
    let convolution = Convolution(
      weights: try weights.tensor(), bias: nil, strides: window.strides, dilations: window.dilations,
      padsBegin: window.padsBegin, padsEnd: window.padsEnd, groups: groups)
    var y = try builder.emit(
      call, .transposedConvolution(convolution), [x], shape: [from[0], outputs] + window.outputExtents)
    if window.tail.contains(where: { $0 > 0 }) {
      let padding = Padding(
        mode: .constant(0), before: from.map { _ in 0 }, after: [0, 0] + window.tail)
      let shape = zip(builder.shape(y), padding.after).map { $0 + $1 }
      y = try builder.emit(call, .padding(padding), [y], shape: shape)
    }
    guard let bias = try call.optionalConstant(2, "bias") else { return [.value(y)] }
    guard bias.shape == [outputs] else {
      throw call.invalid("a bias of shape \(bias.shape) does not fit \(outputs) outputs")
    }
    let shift = bias.reshaped([outputs] + window.tail.map { _ in 1 })
    return [.value(try builder.affine(call, y, shift: shift))]
  }
}
