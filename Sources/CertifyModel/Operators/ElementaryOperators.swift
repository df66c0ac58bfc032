/// Functions of one number without attributes.
enum ElementaryOperators {
  static let all: [OperatorDefinition] = [
    function("Relu", .relu), function("Sigmoid", .sigmoid), function("Tanh", .tanh),
    function("Softplus", .softplus), function("Softsign", .softsign),
    function("HardSwish", .hardSwish, since: 14), function("Mish", .mish, since: 18),
    function("Erf", .erf, since: 9), function("Exp", .exp), function("Log", .log), function("Sqrt", .sqrt),
    function("Abs", .abs), function("Reciprocal", .reciprocal),
    function("Sin", .sin), function("Cos", .cos), function("Tan", .tan),
    function("Asin", .arcsin), function("Acos", .arccos), function("Atan", .arctan),
    function("Sinh", .sinh, since: 9), function("Cosh", .cosh, since: 9),
    function("Asinh", .arsinh, since: 9), function("Acosh", .arcosh, since: 9),
    function("Atanh", .artanh, since: 9),
    function("Sign", .sign, since: 9), function("Floor", .floor), function("Ceil", .ceiling),
    function("Round", .round, since: 11),
    OperatorDefinition("IsNaN", since: 9) { call, builder in try test(.isNaN, call, &builder) },
    OperatorDefinition("IsInf", since: 10) { call, builder in
      let negative = try call.flag("detect_negative", default: true)
      let positive = try call.flag("detect_positive", default: true)
      return try test(.isInfinite(negative: negative, positive: positive), call, &builder)
    },
    OperatorDefinition("Neg") { call, builder in [try scaled(call.input(0), by: -1, call, &builder)] },
  ]

  private static func function(
    _ name: String, _ function: UnaryFunction, since: Int = OperatorTable.supportedOpsets.lowerBound
  )
    -> OperatorDefinition
  {
    OperatorDefinition(name, since: since) { call, builder in
      [try apply(function, to: call.input(0), call, &builder)]
    }
  }

  /// φ(x).
  static func apply(
    _ function: UnaryFunction, to x: Operand, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    switch x {
    case .constant(let constant):
      .constant(try folded(constant, call, &builder) { function.value(at: $0) })
    case .value(let x): .value(try builder.unary(call, function, x))
    }
  }

  /// scale·x + shift.
  static func scaled(
    _ x: Operand, by scale: Double, plus shift: Double = 0, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    switch x {
    case .constant(let constant):
      .constant(try folded(constant, call, &builder) { scale * $0 + shift })
    case .value(let x):
      .value(try builder.affine(call, x, scale: .number(scale, call), shift: .number(shift, call)))
    }
  }

  /// A function whose values are true and false.
  private static func test(
    _ function: UnaryFunction, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> [Operand] {
    switch try apply(function, to: call.input(0), call, &builder) {
    case .constant(let numbers):
      let bools = Constant.Storage.bool(numbers.doubles.map { $0 != 0 })
      return [.constant(Constant(name: numbers.name, shape: numbers.shape, bools))]
    case .value(let value):
      builder.mark(value, .boolean)
      return [.value(value)]
    }
  }

  /// The constant with a function applied to its elements.
  static func folded(
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
}
