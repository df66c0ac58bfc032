/// Operators that make constants, and conversions between types.
enum ConstantOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Constant", lower: constant),
    OperatorDefinition("ConstantOfShape", lower: constantOfShape),
    OperatorDefinition("Range", lower: range),
    OperatorDefinition("Cast", lower: cast),
    OperatorDefinition("CastLike", since: 15, lower: castLike),
  ]

  private static let constant: OperatorDefinition.Lower = { call, builder in
    let name = call.node.outputs.first ?? call.node.name
    if let tensor = try call.tensor("value") {
      return [.constant(try TensorReader().read(tensor, name: name, &builder.warnings))]
    }
    if let number = try call.float("value_float") {
      return [.constant(Constant(name: name, shape: [], .single([number])))]
    }
    if let numbers = try call.floats("value_floats") {
      return [.constant(Constant(name: name, shape: [numbers.count], .single(numbers)))]
    }
    if let number = try call.int("value_int") {
      return [.constant(Constant(name: name, shape: [], .integer([number])))]
    }
    if let numbers = try call.ints("value_ints") {
      return [.constant(Constant(name: name, shape: [numbers.count], .integer(numbers)))]
    }
    throw call.unsupported(
      "its value is neither a dense tensor nor numbers", help: "strings and sparse tensors are not supported")
  }

  private static let constantOfShape: OperatorDefinition.Lower = { call, builder in
    guard let shape = try call.integers(0, "shape"), let count = Extents.product(shape) else {
      throw call.invalid("its shape is missing or absurd")
    }
    let name = call.node.outputs.first ?? call.node.name
    var value = Constant(name: name, shape: [], .single([0]))
    if let tensor = try call.tensor("value") {
      value = try TensorReader().read(tensor, name: name, &builder.warnings)
    }
    guard value.count == 1 else { throw call.invalid("its value must be one number") }
    return [.constant(try builder.filled(value, name: name, shape: shape, count: count, on: call))]
  }

  private static let range: OperatorDefinition.Lower = { call, builder in
    let bounds = try (0..<3).map { try call.constant($0, "bound") }
    let numbers = bounds.compactMap(\.scalar)
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite), numbers[2] != 0 else {
      throw call.invalid("its bounds must be finite numbers with a step that is not 0")
    }
    let size = max(0, ((numbers[1] - numbers[0]) / numbers[2]).rounded(.up))
    guard let count = Int(exactly: size) else { throw call.invalid("its range is absurd") }
    try builder.spend(count, on: call)
    let name = call.node.outputs.first ?? call.node.name
    let elements = (0..<count).map { numbers[0] + Double($0) * numbers[2] }
    if bounds.allSatisfy({ $0.integers != nil }) {
      let integers = elements.compactMap { Int(exactly: $0) }
      guard integers.count == count else { throw call.invalid("its range is absurd") }
      return [.constant(Constant(name: name, shape: [count], .integer(integers)))]
    }
    return [.constant(Constant(name: name, shape: [count], .double(elements)))]
  }

  private static let cast: OperatorDefinition.Lower = { call, builder in
    guard let code = try call.int("to"), let short = Int32(exactly: code) else {
      throw call.invalid("its type is missing")
    }
    let unsupported = ModelError.unsupportedType(
      name: call.node.name, type: ElementType.name(short), help: "export the model in float32 throughout")
    guard let type = ElementType(rawValue: short), type != .string else { throw unsupported }
    return [try converted(call.input(0), to: type, call, &builder)]
  }

  /// To the type of the second input, of which only the kind of numbers matters.
  private static let castLike: OperatorDefinition.Lower = { call, builder in
    switch builder.kind(try call.input(1)) {
    case .floating: return [try converted(call.input(0), to: .float, call, &builder)]
    case .integer: return [try converted(call.input(0), to: .int64, call, &builder)]
    case .boolean: return [try converted(call.input(0), to: .bool, call, &builder)]
    case .quantized, .label:
      throw call.unsupported("it converts to the type of quantised numbers or labels", help: "use Cast")
    }
  }

  private static func converted(
    _ operand: Operand, to type: ElementType, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    switch operand {
    case .value(let x): .value(try converted(x, to: type, call, &builder))
    case .constant(let constant): .constant(try converted(constant, to: type, call, &builder))
    }
  }

  private static func converted(
    _ x: ValueID, to type: ElementType, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let kind = builder.kind(x)
    let x = try QuantizationOperators.levels(of: x, call, &builder)
    switch type {
    case .float, .double, .float16, .bfloat16:
      if type != .float { builder.warnings.append(.ignoredCast(node: call.node.name, type: "\(type)")) }
      return kind == .floating ? x : try builder.copy(call, x, as: .floating)
    case .bool:
      if kind == .boolean { return x }
      let isZero = try builder.unary(call, .isZero, x)
      let result = try builder.affine(call, isZero, scale: .number(-1, call), shift: .number(1, call))
      builder.mark(result, .boolean)
      return result
    default:
      if kind != .floating { return try builder.copy(call, x, as: .integer) }
      let result = try builder.unary(call, .truncate, x)
      builder.mark(result, .integer)
      return result
    }
  }

  private static func converted(
    _ constant: Constant, to type: ElementType, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Constant {
    let storage: Constant.Storage
    switch type {
    case .float, .double, .float16, .bfloat16:
      if constant.isFloating { return constant }
      try builder.spend(constant.count, on: call)
      storage = .double(constant.doubles)
    case .bool:
      if constant.bools != nil { return constant }
      try builder.spend(constant.count, on: call)
      storage = .bool(constant.doubles.map { $0 != 0 })
    default:
      if constant.integers != nil {
        var result = constant
        result.integerType = type
        return result
      }
      try builder.spend(constant.count, on: call)
      storage = .integer(
        try constant.doubles.map { number in
          guard let integer = Int(exactly: number.rounded(.towardZero)) else {
            throw call.invalid("\(number) has no integer value")
          }
          return integer
        })
    }
    return Constant(name: call.node.outputs.first ?? call.node.name, shape: constant.shape, storage)
  }
}
