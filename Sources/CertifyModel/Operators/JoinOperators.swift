/// Operators that make arrays larger.
enum JoinOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Concat", lower: concat),
    OperatorDefinition("Expand", lower: expand),
    OperatorDefinition("Tile", lower: tile),
  ]

  private static let concat: OperatorDefinition.Lower = { call, builder in
    let operands = try call.inputs.indices.map { try call.input($0) }
    guard let axis = try call.int("axis") else { throw call.invalid("axis is missing") }
    return [try joined(operands, axis: axis, call, &builder)]
  }

  /// Operands one after another along an axis.
  static func joined(
    _ operands: [Operand], axis: Int, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    guard let first = operands.first else { throw call.invalid("it has no input") }
    var shape = builder.shape(first)
    let axis = try call.axis(axis, rank: shape.count)
    var extent = 0
    for operand in operands {
      var other = builder.shape(operand)
      guard other.count == shape.count else { throw call.invalid("its inputs have different ranks") }
      extent += other[axis]
      other[axis] = shape[axis]
      guard other == shape else { throw call.invalid("its inputs' shapes do not fit") }
    }
    shape[axis] = extent

    // What is empty adds nothing.
    let operands = extent == 0 ? [first] : operands.filter { builder.shape($0)[axis] > 0 }
    let values = operands.compactMap { operand -> ValueID? in
      if case .value(let value) = operand { return value }
      return nil
    }
    if operands.count == 1, let only = operands.first { return only }
    guard let like = values.first else {
      return .constant(try folded(operands, shape: shape, axis: axis, call, &builder))
    }
    let joined = try operands.map { operand -> ValueID in
      switch operand {
      case .value(let value): value
      case .constant(let constant): try builder.materialize(call, constant, like: like)
      }
    }
    return .value(try builder.emit(call, .concatenation(axis: axis), joined, shape: shape))
  }

  private static func folded(
    _ operands: [Operand], shape: [Int], axis: Int, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Constant {
    let constants = operands.compactMap { operand -> Constant? in
      if case .constant(let constant) = operand { return constant }
      return nil
    }
    guard let count = Extents.product(shape) else { throw call.invalid("it makes \(shape)") }
    try builder.spend(count, on: call)
    let outer = shape[..<axis].reduce(1, *)
    func interleave<Element>(_ parts: [[Element]]) -> [Element] {
      var result: [Element] = []
      result.reserveCapacity(count)
      for block in 0..<outer {
        for part in parts {
          let size = part.count / max(outer, 1)
          result.append(contentsOf: part[(block * size)..<((block + 1) * size)])
        }
      }
      return result
    }
    let name = call.node.outputs.first ?? call.node.name
    let integers = constants.compactMap(\.integers)
    if integers.count == constants.count {
      return Constant(name: name, shape: shape, .integer(interleave(integers)))
    }
    let bools = constants.compactMap(\.bools)
    if bools.count == constants.count {
      return Constant(name: name, shape: shape, .bool(interleave(bools)))
    }
    guard constants.allSatisfy(\.isFloating) else { throw call.invalid("its inputs have different types") }
    return Constant(name: name, shape: shape, .double(interleave(constants.map(\.doubles))))
  }

  private static let expand: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    guard let target = try call.integers(1, "shape"), Extents.product(target) != nil,
      let shape = Extents.broadcast(from, target)
    else { throw call.invalid("\(from) does not broadcast to its shape") }
    return [try expanded(operand, shape, call, &builder)]
  }

  /// An operand repeated along axes of extent 1.
  static func expanded(
    _ operand: Operand, _ shape: [Int], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    let from = builder.shape(operand)
    guard let count = Extents.product(shape) else { throw call.invalid("\(from) becomes \(shape)") }
    switch operand {
    case .constant(let constant):
      if from == shape { return operand }
      try builder.spend(count, on: call)
      return .constant(constant.gathered(Extents.broadcastIndices(from, to: shape), shape: shape))
    case .value(let x):
      return .value(try broadcast(call, x, shape, &builder))
    }
  }

  /// x repeated along axes of extent 1; added leading axes need only a reshape.
  private static func broadcast(
    _ call: OperatorCall, _ x: ValueID, _ shape: [Int], _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let from = builder.shape(x)
    let aligned = [Int](repeating: 1, count: shape.count - from.count) + from
    if aligned == shape { return try builder.reshape(call, x, shape) }
    return try builder.emit(call, .broadcast, [x], shape: shape)
  }

  /// Whole copies along each axis: [a] → [1, a] → [n, a] → [n·a].
  private static let tile: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    guard let repeats = try call.integers(1, "repeats"), repeats.count == from.count,
      repeats.allSatisfy({ $0 >= 1 }), Extents.product(from + repeats) != nil
    else { throw call.invalid("its repeats do not fit \(from)") }
    var split: [Int] = []
    var repeated: [Int] = []
    for axis in from.indices {
      if repeats[axis] > 1 {
        split += [1]
        repeated += [repeats[axis]]
      }
      split.append(from[axis])
      repeated.append(from[axis])
    }
    let output = from.indices.map { from[$0] * repeats[$0] }
    switch operand {
    case .value(let x):
      let parts = try builder.reshape(call, x, split)
      let copies = split == repeated ? parts : try builder.emit(call, .broadcast, [parts], shape: repeated)
      return [.value(try builder.reshape(call, copies, output))]
    case .constant(let constant):
      try builder.spend(output.reduce(1, *), on: call)
      return [.constant(constant.gathered(Extents.broadcastIndices(split, to: repeated), shape: output))]
    }
  }
}
