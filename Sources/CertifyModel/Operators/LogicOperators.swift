/// Comparisons and choices.
enum LogicOperators {
  static let all: [OperatorDefinition] = [
    comparison("Equal", .isZero) { $0 == $1 },
    comparison("Greater", .isPositive) { $0 > $1 },
    comparison("GreaterOrEqual", .isNonNegative, since: 12) { $0 >= $1 },
    comparison("Less", .isPositive, isSwapped: true) { $0 < $1 },
    comparison("LessOrEqual", .isNonNegative, isSwapped: true, since: 12) { $0 <= $1 },
    connective("And", .multiply) { $0 != 0 && $1 != 0 },
    connective("Or", .maximum) { $0 != 0 || $1 != 0 },
    OperatorDefinition("Xor", lower: exclusiveOr),
    OperatorDefinition("Not") { call, builder in [try negated(call.input(0), call, &builder)] },
    OperatorDefinition("Where", since: 9, lower: choose),
  ]

  /// a ∘ b as a function of a − b.
  private static func comparison(
    _ name: String, _ step: UnaryFunction, isSwapped: Bool = false,
    since: Int = OperatorTable.supportedOpsets.lowerBound,
    _ fold: @escaping @Sendable (Double, Double) -> Bool
  ) -> OperatorDefinition {
    OperatorDefinition(name, since: since) { call, builder in
      if let constant = try folded(call, &builder, fold) { return [.constant(constant)] }
      let (a, b) = (try call.input(isSwapped ? 1 : 0), try call.input(isSwapped ? 0 : 1))
      let difference = try ArithmeticOperators.combine(.subtract, a, b, call, &builder)
      return [try marked(ElementaryOperators.apply(step, to: difference, call, &builder), &builder)]
    }
  }

  private static func connective(
    _ name: String, _ function: BinaryFunction, _ fold: @escaping @Sendable (Double, Double) -> Bool
  ) -> OperatorDefinition {
    OperatorDefinition(name) { call, builder in
      try requireBooleans(call, builder)
      if let constant = try folded(call, &builder, fold) { return [.constant(constant)] }
      let (a, b) = (try call.input(0), try call.input(1))
      return [try marked(ArithmeticOperators.combine(function, a, b, call, &builder), &builder)]
    }
  }

  private static let exclusiveOr: OperatorDefinition.Lower = { call, builder in
    try requireBooleans(call, builder)
    if let constant = try folded(call, &builder, { $0 != $1 }) { return [.constant(constant)] }
    let difference = try ArithmeticOperators.combine(
      .subtract, call.input(0), call.input(1), call, &builder)
    let equal = try marked(ElementaryOperators.apply(.isZero, to: difference, call, &builder), &builder)
    return [try negated(equal, call, &builder)]
  }

  /// 1 − x.
  static func negated(
    _ x: Operand, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    guard builder.kind(x) == .boolean else { throw call.invalid("its input must be boolean") }
    switch x {
    case .constant(let constant):
      try builder.spend(constant.count, on: call)
      let bools = Constant.Storage.bool(constant.doubles.map { $0 == 0 })
      return .constant(Constant(name: call.node.name, shape: constant.shape, bools))
    case .value:
      return try marked(ElementaryOperators.scaled(x, by: -1, plus: 1, call, &builder), &builder)
    }
  }

  /// The result on two constants; `nil` when one is a value.
  private static func folded(
    _ call: OperatorCall, _ builder: inout GraphBuilder, _ function: (Double, Double) -> Bool
  ) throws -> Constant? {
    guard case .constant(let a) = try call.input(0), case .constant(let b) = try call.input(1) else {
      return nil
    }
    return try Aligned(a, b, call, &builder).compare(function)
  }

  private static func requireBooleans(_ call: OperatorCall, _ builder: GraphBuilder) throws {
    for index in 0..<2 {
      guard builder.kind(try call.input(index)) == .boolean else {
        throw call.invalid("its input \(index) must be boolean")
      }
    }
  }

  private static func marked(_ operand: Operand, _ builder: inout GraphBuilder) -> Operand {
    if case .value(let value) = operand { builder.mark(value, .boolean) }
    return operand
  }

  /// a where the condition holds, else b.
  private static let choose: OperatorDefinition.Lower = { call, builder in
    let condition = try call.input(0)
    let (a, b) = (try call.input(1), try call.input(2))
    guard builder.kind(condition) == .boolean else { throw call.invalid("its condition must be boolean") }
    guard builder.kind(a) == builder.kind(b) else { throw call.invalid("it chooses between different types") }
    guard let partial = Extents.broadcast(builder.shape(condition), builder.shape(a)),
      let shape = Extents.broadcast(partial, builder.shape(b)), let count = Extents.product(shape)
    else { throw call.invalid("its shapes do not broadcast") }

    if case .constant(let constant) = condition, let first = constant.bools?.first,
      constant.uniform == (first ? 1 : 0), builder.shape(first ? a : b) == shape
    {
      return [first ? a : b]
    }
    if case .constant(let condition) = condition, case .constant(let a) = a, case .constant(let b) = b {
      try builder.spend(3 * count, on: call)
      return [.constant(try folded(condition, a, b, shape: shape, call))]
    }
    var values: [ValueID] = []
    func constant(_ operand: Operand) throws -> Tensor? {
      switch operand {
      case .constant(let constant): return try constant.tensor(allowsInfinity: true)
      case .value(let value):
        values.append(value)
        return nil
      }
    }
    let choice = Choice(
      condition: try constant(condition), whenTrue: try constant(a), whenFalse: try constant(b))
    let y = try builder.emit(call, .choice(choice), values, shape: shape)
    builder.mark(y, builder.kind(a))
    return [.value(y)]
  }

  private static func folded(
    _ condition: Constant, _ a: Constant, _ b: Constant, shape: [Int], _ call: OperatorCall
  ) throws -> Constant {
    let bools = condition.bools ?? []
    let conditions = Extents.broadcastIndices(condition.shape, to: shape).map { bools[$0] }
    let left = Extents.broadcastIndices(a.shape, to: shape)
    let right = Extents.broadcastIndices(b.shape, to: shape)
    func pick<Element>(_ a: [Element], _ b: [Element]) -> [Element] {
      conditions.indices.map { conditions[$0] ? a[left[$0]] : b[right[$0]] }
    }
    let storage: Constant.Storage
    if let a = a.integers, let b = b.integers {
      storage = .integer(pick(a, b))
    } else if let a = a.bools, let b = b.bools {
      storage = .bool(pick(a, b))
    } else {
      storage = .double(pick(a.doubles, b.doubles))
    }
    return Constant(name: call.node.outputs.first ?? call.node.name, shape: shape, storage)
  }
}
