/// A graph under construction.
struct GraphBuilder {
  private(set) var values: [Value] = []
  private(set) var nodes: [Node] = []
  var warnings: [ModelWarning] = []
  private var kinds: [ValueID: ValueKind] = [:]
  /// How many numbers may still be made by folding constants.
  private var foldBudget: Int
  /// How many numbers may still be made by repeating one: published files have such in place of their weights.
  private var fillBudget = Extents.maximumValueElements

  /// - Parameter constants: how many numbers the file's initialisers hold.
  init(constants: Int) {
    foldBudget = (1 << 24) + 4 * min(constants, Extents.maximumElements)
  }

  mutating func addInput(name: String, shape: [Int]) throws -> ValueID {
    try check(name: name, shape: shape)
    values.append(Value(name: name.shown(), shape: shape))
    return values.count - 1
  }

  func shape(_ value: ValueID) -> [Int] { values[value].shape }

  func shape(_ operand: Operand) -> [Int] {
    switch operand {
    case .constant(let constant): constant.shape
    case .value(let value): values[value].shape
    }
  }

  /// Appends a node.
  mutating func emit(
    _ call: OperatorCall, _ operation: Operation, _ inputs: [ValueID], shape: [Int]
  ) throws -> ValueID {
    try check(name: call.node.name, shape: shape)
    values.append(Value(name: "\(call.node.name)/\(nodes.count)", shape: shape))
    let output = values.count - 1
    nodes.append(Node(name: call.node.name, operation: operation, inputs: inputs, output: output))
    return output
  }

  /// Gives the value a node made the name that the file has for it.
  mutating func rename(_ value: ValueID, _ name: String) { values[value].name = name.shown() }

  func kind(_ value: ValueID) -> ValueKind { kinds[value] ?? .floating }

  func kind(_ operand: Operand) -> ValueKind {
    switch operand {
    case .value(let value): kind(value)
    case .constant(let constant):
      constant.isFloating ? .floating : constant.bools == nil ? .integer : .boolean
    }
  }

  /// Says what a value's numbers stand for.
  mutating func mark(_ value: ValueID, _ kind: ValueKind) { kinds[value] = kind }

  /// Takes `count` numbers off what folding may still make.
  mutating func spend(_ count: Int, on call: OperatorCall) throws {
    guard count <= foldBudget else {
      throw ModelError.tooLarge(
        what: "the constants folded up to node '\(call.node.name)'", elements: "\(count)")
    }
    foldBudget -= count
  }

  /// One number repeated.
  mutating func filled(
    _ number: Constant, name: String, shape: [Int], count: Int, on call: OperatorCall
  ) throws -> Constant {
    guard count <= fillBudget else {
      throw ModelError.tooLarge(
        what: "the constants filled up to node '\(call.node.name)'", elements: "\(count)")
    }
    fillBudget -= count
    let storage: Constant.Storage
    switch number.storage {
    case .single(let elements): storage = .single([Float](repeating: elements[0], count: count))
    case .double(let elements): storage = .double([Double](repeating: elements[0], count: count))
    case .integer(let elements): storage = .integer([Int](repeating: elements[0], count: count))
    case .bool(let elements): storage = .bool([Bool](repeating: elements[0], count: count))
    }
    return Constant(name: name, shape: shape, storage)
  }

  private func check(name: String, shape: [Int]) throws {
    guard shape.allSatisfy({ $0 >= 1 }) else {
      throw ModelError.invalidShape(
        name: name, shape: shape, reason: "every extent must be at least 1; the file is damaged")
    }
    guard let count = Extents.product(shape), count <= Extents.maximumValueElements else {
      throw ModelError.tooLarge(
        what: "'\(name)'", elements: shape.map(String.init).joined(separator: "·"))
    }
  }
}

extension GraphBuilder {
  mutating func reshape(_ call: OperatorCall, _ x: ValueID, _ shape: [Int]) throws -> ValueID {
    if self.shape(x) == shape { return x }
    guard let count = Extents.product(shape), count == Extents.product(self.shape(x)) else {
      throw call.invalid("\(self.shape(x)) cannot be reshaped to \(shape)")
    }
    return try emit(call, .reshape, [x], shape: shape)
  }

  mutating func transpose(_ call: OperatorCall, _ x: ValueID, _ permutation: [Int]) throws -> ValueID {
    if permutation == Array(permutation.indices) { return x }
    let from = shape(x)
    return try emit(
      call, .transpose(permutation: permutation), [x], shape: permutation.map { from[$0] })
  }

  mutating func unary(_ call: OperatorCall, _ function: UnaryFunction, _ x: ValueID) throws -> ValueID {
    try emit(call, .unary(function), [x], shape: shape(x))
  }

  mutating func binary(
    _ call: OperatorCall, _ function: BinaryFunction, _ a: ValueID, _ b: ValueID
  ) throws -> ValueID {
    guard let shape = Extents.broadcast(shape(a), shape(b)) else {
      throw call.invalid("shapes \(shape(a)) and \(shape(b)) do not broadcast")
    }
    return try emit(call, .binary(function), [a, b], shape: shape)
  }

  /// y = scale·x + shift.
  mutating func affine(
    _ call: OperatorCall, _ x: ValueID, scale: Constant? = nil, shift: Constant? = nil
  ) throws -> ValueID {
    var shape = shape(x)
    for constant in [scale, shift].compactMap({ $0 }) {
      guard let broadcast = Extents.broadcast(shape, constant.shape) else {
        throw call.invalid("shapes \(shape) and \(constant.shape) do not broadcast")
      }
      shape = broadcast
    }
    let affine = Affine(scale: try scale?.tensor(), shift: try shift?.tensor())
    return try emit(call, .affine(affine), [x], shape: shape)
  }

  /// The same numbers as a value that stands for something else.
  mutating func copy(_ call: OperatorCall, _ x: ValueID, as kind: ValueKind) throws -> ValueID {
    let result = try affine(call, x, scale: .number(1, call))
    mark(result, kind)
    return result
  }

  /// A value that is a constant, made from x so that it has its batch.
  ///
  /// 0·x + c is c for every finite x.
  mutating func materialize(_ call: OperatorCall, _ constant: Constant, like x: ValueID) throws -> ValueID {
    let from = shape(x)
    let row = [from.first ?? 1] + [Int](repeating: 1, count: max(from.count, constant.shape.count, 1) - 1)
    let flat = try reshape(call, x, [row[0], (Extents.product(from) ?? 1) / row[0]])
    let first = try emit(
      call, .slice(Slice(starts: [0, 0], steps: [1, 1])), [flat], shape: [row[0], 1])
    return try affine(
      call, try reshape(call, first, row), scale: .number(0, call), shift: constant)
  }
}
