/// Arithmetic of two or more arrays that broadcast.
enum ArithmeticOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Add", lower: pairwise(.add)),
    OperatorDefinition("Sub", lower: pairwise(.subtract)),
    OperatorDefinition("Mul", lower: pairwise(.multiply)),
    OperatorDefinition("Div", lower: pairwise(.divide)),
    OperatorDefinition("Max", lower: variadic(.maximum)),
    OperatorDefinition("Min", lower: variadic(.minimum)),
    OperatorDefinition("Sum", lower: variadic(.add)),
    OperatorDefinition("Mean", lower: mean),
    OperatorDefinition("Pow", lower: pow),
    OperatorDefinition("Mod", lower: modulo),
  ]

  private static func pairwise(_ function: BinaryFunction) -> OperatorDefinition.Lower {
    { call, builder in [try combine(function, call.input(0), call.input(1), call, &builder)] }
  }

  private static func variadic(_ function: BinaryFunction) -> OperatorDefinition.Lower {
    { call, builder in
      var result = try call.input(0)
      for index in call.inputs.indices.dropFirst() {
        result = try combine(function, result, call.input(index), call, &builder)
      }
      return [result]
    }
  }

  private static let mean: OperatorDefinition.Lower = { call, builder in
    let sum = try variadic(.add)(call, &builder)
    let count = Constant.number(1 / Double(call.inputs.count), call)
    return [try combine(.multiply, sum[0], .constant(count), call, &builder)]
  }

  /// a ∘ b with broadcasting.
  static func combine(
    _ function: BinaryFunction, _ a: Operand, _ b: Operand, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    guard builder.kind(a) == builder.kind(b) else {
      throw call.invalid("it combines different types of numbers")
    }
    if function == .divide, builder.kind(a) != .floating, !(a.isConstant && b.isConstant) {
      throw call.unsupported(
        "it divides integers that depend on the model's input", help: "cast them to float32 before")
    }
    switch (a, b) {
    case (.constant(let a), .constant(let b)):
      return .constant(try fold(function, a, b, call, &builder))
    case (.value(let a), .value(let b)):
      return .value(try builder.binary(call, function, a, b))
    case (.value(let x), .constant(let c)):
      return .value(try apply(function, x, c, call, &builder))
    case (.constant(let c), .value(let x)):
      switch function {
      case .add, .multiply, .maximum, .minimum:
        return .value(try apply(function, x, c, call, &builder))
      case .subtract:
        return .value(try builder.affine(call, x, scale: .number(-1, call), shift: c))
      case .divide:
        let reciprocal = try builder.unary(call, .reciprocal, x)
        if c.uniform == 1, c.shape.count <= builder.shape(x).count { return .value(reciprocal) }
        return .value(try builder.affine(call, reciprocal, scale: c))
      case .power:
        return .value(try builder.binary(call, .power, builder.materialize(call, c, like: x), x))
      }
    }
  }

  /// A function of x and a constant, in this order.
  private static func apply(
    _ function: BinaryFunction, _ x: ValueID, _ c: Constant, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> ValueID {
    switch function {
    case .add:
      let isMask = c.isFloating && c.doubles.contains { $0.isInfinite }
      return isMask ? try masked(x, c, call, &builder) : try builder.affine(call, x, shift: c)
    case .subtract: return try builder.affine(call, x, shift: mapped(c, call, &builder) { -$0 })
    case .multiply: return try builder.affine(call, x, scale: c)
    case .divide:
      // A zero gives an infinity, which is reported with the constant's name.
      return try builder.affine(call, x, scale: mapped(c, call, &builder) { 1 / $0 })
    case .power:
      if let exponent = c.uniform, exponent.isFinite,
        Extents.broadcast(builder.shape(x), c.shape) == builder.shape(x)
      {
        return exponent == 1 ? x : try builder.unary(call, .power(exponent: Float(exponent)), x)
      }
      return try builder.binary(call, .power, x, builder.materialize(call, c, like: x))
    case .maximum, .minimum:
      guard let bound = c.uniform, c.shape.count <= builder.shape(x).count || c.shape.isEmpty,
        Extents.broadcast(builder.shape(x), c.shape) == builder.shape(x)
      else {
        let other = try builder.materialize(call, c, like: x)
        return try builder.binary(call, function, x, other)
      }
      guard !bound.isNaN else { throw ModelError.nonFinite(tensor: c.name, index: 0, value: .nan) }
      let clip: UnaryFunction =
        function == .maximum
        ? .clip(lower: Float(bound), upper: .infinity) : .clip(lower: -.infinity, upper: Float(bound))
      return try builder.unary(call, clip, x)
    }
  }

  /// x + c with a constant whose infinities are those of the sum, as attention masks have them.
  private static func masked(
    _ x: ValueID, _ c: Constant, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let sum = try builder.affine(call, x, shift: mapped(c, call, &builder) { $0.isInfinite ? 0 : $0 })
    let isFinite = try mapped(c, call, &builder) { $0.isInfinite ? 0 : 1 }
    let choice = Choice(
      condition: try isFinite.tensor(), whenTrue: nil, whenFalse: try c.tensor(allowsInfinity: true))
    return try builder.emit(call, .choice(choice), [sum], shape: builder.shape(sum))
  }

  private static func mapped(
    _ c: Constant, _ call: OperatorCall, _ builder: inout GraphBuilder, _ function: (Double) -> Double
  ) throws -> Constant {
    try builder.spend(c.count, on: call)
    return Constant(name: c.name, shape: c.shape, .double(c.doubles.map(function)))
  }

  private static func fold(
    _ function: BinaryFunction, _ a: Constant, _ b: Constant, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Constant {
    let aligned = try Aligned(a, b, call, &builder)
    switch function {
    case .add: return try aligned.map(integer: { $0 &+ $1 }, double: { $0 + $1 })
    case .subtract: return try aligned.map(integer: { $0 &- $1 }, double: { $0 - $1 })
    case .multiply: return try aligned.map(integer: { $0 &* $1 }, double: { $0 * $1 })
    case .divide:
      return try aligned.map(
        integer: {
          let (quotient, overflow) = $0.dividedReportingOverflow(by: $1)
          return overflow ? nil : quotient
        }, double: { $0 / $1 })
    case .maximum: return try aligned.map(integer: { max($0, $1) }, double: { max($0, $1) })
    case .minimum: return try aligned.map(integer: { min($0, $1) }, double: { min($0, $1) })
    case .power:
      return try aligned.map(
        integer: { Int(exactly: power(Double($0), Double($1)).rounded(.towardZero)) }, double: power)
    }
  }

  /// The exponent may be of another type than the base, whose type the result has.
  private static let pow: OperatorDefinition.Lower = { call, builder in
    var exponent = try call.input(1)
    let base = try call.input(0)
    if case .constant(let constant) = exponent, builder.kind(base) == .floating, !constant.isFloating {
      try builder.spend(constant.count, on: call)
      exponent = .constant(Constant(name: constant.name, shape: constant.shape, .double(constant.doubles)))
    }
    if builder.kind(base) != .floating, !(base.isConstant && exponent.isConstant) {
      throw call.unsupported("it raises integers to a power", help: "cast the base to float32 before")
    }
    return [try combine(.power, base, exponent, call, &builder)]
  }

  private static let modulo: OperatorDefinition.Lower = { call, builder in
    guard case .constant(let a) = try call.input(0), case .constant(let b) = try call.input(1) else {
      throw call.unsupported("it depends on the model's input", help: "only constants are supported")
    }
    let truncates = try call.flag("fmod", default: false)
    let result = try Aligned(a, b, call, &builder).map(
      integer: { dividend, divisor in
        let (remainder, overflow) = dividend.remainderReportingOverflow(dividingBy: divisor)
        if overflow { return divisor == -1 ? 0 : nil }
        let hasOtherSign = remainder != 0 && (remainder < 0) != (divisor < 0)
        return truncates || !hasOtherSign ? remainder : remainder + divisor
      }, double: { $0.truncatingRemainder(dividingBy: $1) })
    return [.constant(result)]
  }

}
