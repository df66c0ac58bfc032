/// Activation functions with attributes, and softmax.
enum ActivationOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("LeakyRelu", lower: leakyRelu),
    OperatorDefinition("PRelu", lower: parametricRelu),
    OperatorDefinition("ThresholdedRelu", since: 10, lower: thresholdedRelu),
    OperatorDefinition("Shrink", since: 9, lower: shrink),
    OperatorDefinition("Elu", lower: elu),
    OperatorDefinition("Selu", lower: selu),
    OperatorDefinition("Celu", since: 12, lower: celu),
    OperatorDefinition("HardSigmoid", lower: hardSigmoid),
    OperatorDefinition("Swish", since: 24, lower: swish),
    OperatorDefinition("Gelu", since: 20, lower: gelu),
    OperatorDefinition("Clip", lower: clip),
    OperatorDefinition("Softmax", lower: softmax { .softmax(axis: $0) }),
    OperatorDefinition("LogSoftmax", lower: softmax { .logSoftmax(axis: $0) }),
  ]

  private static func apply(
    _ function: UnaryFunction, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> [Operand] {
    [try ElementaryOperators.apply(function, to: call.input(0), call, &builder)]
  }

  private static let leakyRelu: OperatorDefinition.Lower = { call, builder in
    try apply(.leakyRelu(slope: call.float("alpha") ?? 0.01), call, &builder)
  }

  private static let thresholdedRelu: OperatorDefinition.Lower = { call, builder in
    try apply(.thresholdedRelu(threshold: call.float("alpha") ?? 1), call, &builder)
  }

  private static let shrink: OperatorDefinition.Lower = { call, builder in
    let threshold = try call.float("lambd") ?? 0.5
    return try apply(.shrink(threshold: threshold, shift: call.float("bias") ?? 0), call, &builder)
  }

  private static let elu: OperatorDefinition.Lower = { call, builder in
    try apply(.elu(alpha: call.float("alpha") ?? 1), call, &builder)
  }

  /// γ·x above zero, γ·α·(eˣ − 1) below (Klambauer et al. 2017, arXiv:1706.02515).
  private static let selu: OperatorDefinition.Lower = { call, builder in
    let alpha = try call.float("alpha") ?? 1.67326319217681884765625
    let gamma = Double(try call.float("gamma") ?? 1.05070102214813232421875)
    let inner = try apply(.elu(alpha: alpha), call, &builder)[0]
    return [try ElementaryOperators.scaled(inner, by: gamma, call, &builder)]
  }

  /// x above zero, α·(e^{x/α} − 1) below (Barron 2017, arXiv:1704.07483).
  private static let celu: OperatorDefinition.Lower = { call, builder in
    let alpha = Double(try call.float("alpha") ?? 1)
    guard alpha > 0, alpha.isFinite else {
      throw call.unsupported("alpha is \(alpha)", help: "a positive number is supported")
    }
    let inner = try ElementaryOperators.scaled(call.input(0), by: 1 / alpha, call, &builder)
    let y = try ElementaryOperators.apply(UnaryFunction.elu(alpha: 1), to: inner, call, &builder)
    return [try ElementaryOperators.scaled(y, by: alpha, call, &builder)]
  }

  /// min(max(α·x + β, 0), 1).
  private static let hardSigmoid: OperatorDefinition.Lower = { call, builder in
    let alpha = Double(try call.float("alpha") ?? 0.2)
    let beta = Double(try call.float("beta") ?? 0.5)
    let line = try ElementaryOperators.scaled(call.input(0), by: alpha, plus: beta, call, &builder)
    return [try ElementaryOperators.apply(.clip(lower: 0, upper: 1), to: line, call, &builder)]
  }

  private static let swish: OperatorDefinition.Lower = { call, builder in
    try apply(.swish(alpha: call.float("alpha") ?? 1), call, &builder)
  }

  /// max(x, 0) + slope·min(x, 0), with constant slopes that broadcast.
  private static let parametricRelu: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let slope = try call.constant(1, "slope")
    if let slope = slope.uniform.map({ Float($0) }), slope.isFinite {
      return [.value(try builder.unary(call, .leakyRelu(slope: slope), x))]
    }
    let positive = try builder.unary(call, .relu, x)
    let negative = try builder.unary(call, .clip(lower: -.infinity, upper: 0), x)
    let scaled = try builder.affine(call, negative, scale: slope)
    return [.value(try builder.binary(call, .add, positive, scaled))]
  }

  private static let gelu: OperatorDefinition.Lower = { call, builder in
    switch try call.string("approximate") ?? "none" {
    case "none": return try apply(.gelu, call, &builder)
    case "tanh": return try apply(.geluTanh, call, &builder)
    case let other: throw call.invalid("approximate '\(other)' is unknown")
    }
  }

  private static let clip: OperatorDefinition.Lower = { call, builder in
    let lower: Double?
    let upper: Double?
    if call.opset < 11 {
      lower = try call.float("min").map(Double.init)
      upper = try call.float("max").map(Double.init)
    } else {
      lower = try call.scalar(1, "minimum")
      upper = try call.scalar(2, "maximum")
    }
    let x = try call.input(0)
    if lower == nil, upper == nil { return [x] }
    // Where the bounds are the wrong way round the upper one holds.
    let highest = Float(upper ?? .infinity)
    let function = UnaryFunction.clip(lower: min(Float(lower ?? -.infinity), highest), upper: highest)
    return [try ElementaryOperators.apply(function, to: x, call, &builder)]
  }

  /// Before opset 13 the input is read as a matrix whose columns start at the axis.
  private static func softmax(
    _ operation: @escaping @Sendable (Int) -> Operation
  ) -> OperatorDefinition.Lower {
    { call, builder in
      let x = try call.value(0)
      let shape = builder.shape(x)
      let axis = try call.int("axis") ?? (call.opset < 13 ? 1 : -1)
      if call.opset >= 13 {
        return [
          .value(try builder.emit(call, operation(call.axis(axis, rank: shape.count)), [x], shape: shape))
        ]
      }
      // The axis may also be the rank, for columns of one number.
      let first = axis == shape.count ? axis : try call.axis(axis, rank: shape.count)
      if first == shape.count - 1 {
        return [.value(try builder.emit(call, operation(first), [x], shape: shape))]
      }
      let matrix = [shape[..<first].reduce(1, *), shape[first...].reduce(1, *)]
      let flat = try builder.reshape(call, x, matrix)
      let y = try builder.emit(call, operation(1), [flat], shape: matrix)
      return [.value(try builder.reshape(call, y, shape))]
    }
  }
}
