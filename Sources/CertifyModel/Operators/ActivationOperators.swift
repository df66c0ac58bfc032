/// Functions of one number, and softmax.
enum ActivationOperators {
  static let all: [OperatorDefinition] = [
    unary("Relu", .relu) { max($0, 0) },
    unary("Sigmoid", .sigmoid),
    unary("Tanh", .tanh),
    unary("Erf", .erf),
    unary("Exp", .exp, fold: exponential),
    unary("Log", .log, fold: logarithm),
    unary("Sqrt", .sqrt) { $0.squareRoot() },
    unary("Abs", .abs) { abs($0) },
    unary("Reciprocal", .reciprocal) { 1 / $0 },
    folding("Floor") { $0.rounded(.down) },
    folding("Ceil") { $0.rounded(.up) },
    folding("Round") { $0.rounded(.toNearestOrEven) },
    folding("Sign") { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
    OperatorDefinition("Neg", lower: negate),
    OperatorDefinition("LeakyRelu", lower: leakyRelu),
    OperatorDefinition("PRelu", lower: parametricRelu),
    OperatorDefinition("Gelu", opsets: 20...OperatorTable.supportedOpsets.upperBound, lower: gelu),
    OperatorDefinition("Clip", lower: clip),
    OperatorDefinition("Softmax", lower: softmax { .softmax(axis: $0) }),
    OperatorDefinition("LogSoftmax", lower: softmax { .logSoftmax(axis: $0) }),
  ]

  private static func unary(
    _ name: String, _ function: UnaryFunction, fold: (@Sendable (Double) -> Double)? = nil
  ) -> OperatorDefinition {
    OperatorDefinition(name) { call, builder in
      if case .constant(let constant) = try call.input(0), let fold {
        return [.constant(try folded(constant, call, &builder, fold))]
      }
      return [.value(try builder.unary(call, function, call.value(0)))]
    }
  }

  /// An operator that only occurs in arithmetic on shapes: its derivative is 0.
  private static func folding(
    _ name: String, _ function: @escaping @Sendable (Double) -> Double
  ) -> OperatorDefinition {
    OperatorDefinition(name) { call, builder in
      guard case .constant(let constant) = try call.input(0) else {
        throw call.unsupported(
          "it is applied to a value that depends on the model's input",
          help: "only constants are rounded: express it by supported operators")
      }
      return [.constant(try folded(constant, call, &builder, function))]
    }
  }

  private static func folded(
    _ constant: Constant, _ call: OperatorCall, _ builder: inout GraphBuilder, _ function: (Double) -> Double
  ) throws -> Constant {
    try builder.spend(constant.count, on: call)
    let name = call.node.outputs.first ?? call.node.name
    if let integers = constant.integers {
      // Of these functions exporters apply abs, neg and sign to integers.
      let results = try integers.map { integer -> Int in
        guard let result = Int(exactly: function(Double(integer)).rounded(.towardZero)) else {
          throw call.invalid("\(integer) is out of range")
        }
        return result
      }
      return Constant(name: name, shape: constant.shape, .integer(results))
    }
    return Constant(name: name, shape: constant.shape, .double(constant.doubles.map(function)))
  }

  private static let negate: OperatorDefinition.Lower = { call, builder in
    switch try call.input(0) {
    case .constant(let constant): return [.constant(try folded(constant, call, &builder) { -$0 })]
    case .value(let x):
      let scale = Constant(name: call.node.name, shape: [], .single([-1]))
      return [.value(try builder.affine(call, x, scale: scale))]
    }
  }

  private static let leakyRelu: OperatorDefinition.Lower = { call, builder in
    let slope = try call.float("alpha") ?? 0.01
    return [.value(try builder.unary(call, .leakyRelu(slope: slope), call.value(0)))]
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
    case "none": return [.value(try builder.unary(call, .gelu, call.value(0)))]
    case "tanh": return [.value(try builder.unary(call, .geluTanh, call.value(0)))]
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
    switch try call.input(0) {
    case .constant(let constant):
      return [
        .constant(
          try folded(constant, call, &builder) { min(max($0, lower ?? -.infinity), upper ?? .infinity) })
      ]
    case .value(let x):
      if lower == nil, upper == nil { return [.value(x)] }
      let function = UnaryFunction.clip(
        lower: Float(lower ?? -.infinity), upper: Float(upper ?? .infinity))
      return [.value(try builder.unary(call, function, x))]
    }
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
