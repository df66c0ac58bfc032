/// Convolutions.
enum ConvolutionOperators {
  static let all: [OperatorDefinition] = [OperatorDefinition("Conv", lower: conv)]

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
}
