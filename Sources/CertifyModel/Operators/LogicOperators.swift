/// Comparisons and choices, which occur in arithmetic on shapes and are folded.
enum LogicOperators {
  static let all: [OperatorDefinition] = [
    comparison("Equal") { $0 == $1 },
    comparison("Greater") { $0 > $1 },
    comparison("GreaterOrEqual") { $0 >= $1 },
    comparison("Less") { $0 < $1 },
    comparison("LessOrEqual") { $0 <= $1 },
    comparison("And") { $0 != 0 && $1 != 0 },
    comparison("Or") { $0 != 0 || $1 != 0 },
    OperatorDefinition("Not", lower: not),
    OperatorDefinition("Where", lower: choose),
  ]

  private static func constant(_ call: OperatorCall, _ index: Int) throws -> Constant {
    guard case .constant(let constant) = try call.input(index) else {
      throw call.unsupported(
        "it depends on the model's input", help: "comparisons are supported between constants only")
    }
    return constant
  }

  private static func comparison(
    _ name: String, _ function: @escaping @Sendable (Double, Double) -> Bool
  ) -> OperatorDefinition {
    OperatorDefinition(name) { call, builder in
      let a = try constant(call, 0)
      let b = try constant(call, 1)
      return [.constant(try Aligned(a, b, call, &builder).compare(function))]
    }
  }

  private static let not: OperatorDefinition.Lower = { call, builder in
    guard let bools = try constant(call, 0).bools else { throw call.invalid("its input must be boolean") }
    try builder.spend(bools.count, on: call)
    let shape = builder.shape(try call.input(0))
    return [
      .constant(Constant(name: call.node.name, shape: shape, .bool(bools.map { !$0 })))
    ]
  }

  /// a where the condition holds, else b.
  private static let choose: OperatorDefinition.Lower = { call, builder in
    let condition = try constant(call, 0)
    guard let bools = condition.bools else { throw call.invalid("its condition must be boolean") }
    // A condition that is the same everywhere chooses one operand, even one that depends on the input.
    if let first = bools.first, bools.allSatisfy({ $0 == first }) {
      let chosen = try call.input(first ? 1 : 2)
      let other = try call.input(first ? 2 : 1)
      if let shape = Extents.broadcast(builder.shape(chosen), condition.shape),
        shape == builder.shape(chosen), Extents.broadcast(shape, builder.shape(other)) == shape
      {
        return [chosen]
      }
    }
    let a = try constant(call, 1)
    let b = try constant(call, 2)
    guard let partial = Extents.broadcast(condition.shape, a.shape),
      let shape = Extents.broadcast(partial, b.shape), let count = Extents.product(shape)
    else { throw call.invalid("its shapes do not broadcast") }
    try builder.spend(3 * count, on: call)
    let conditions = Extents.broadcastIndices(condition.shape, to: shape).map { bools[$0] }
    let left = Extents.broadcastIndices(a.shape, to: shape)
    let right = Extents.broadcastIndices(b.shape, to: shape)
    let name = call.node.outputs.first ?? call.node.name
    func pick<Element>(_ a: [Element], _ b: [Element]) -> [Element] {
      conditions.indices.map { conditions[$0] ? a[left[$0]] : b[right[$0]] }
    }
    if let a = a.integers, let b = b.integers {
      return [.constant(Constant(name: name, shape: shape, .integer(pick(a, b))))]
    }
    if let a = a.bools, let b = b.bools {
      return [.constant(Constant(name: name, shape: shape, .bool(pick(a, b))))]
    }
    return [.constant(Constant(name: name, shape: shape, .double(pick(a.doubles, b.doubles))))]
  }
}
