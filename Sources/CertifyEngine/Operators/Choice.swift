import CertifyModel

extension PlanBuilder {
  /// y = c ≠ 0 ? a : b with broadcasting; the products are v where a value was chosen, else 0.
  func choice(_ choice: Choice, _ node: Node) throws -> Pullback {
    let result = shape(node.output)
    let plain = try Layout.plain(result)
    var remaining = node.inputs[...]
    func operand(_ constant: Tensor?) throws -> (slot: Slot, value: ValueID?, map: IndexMap?) {
      if let constant {
        return (try self.constant(constant.broadcast(to: result), source: plain, layout: plain), nil, nil)
      }
      guard let value = remaining.popFirst() else {
        throw EngineError.unsupported(node: node.name, reason: "a choice lacks one of its inputs")
      }
      let map = IndexMap.broadcast(from: shape(value), to: result)
      return (try expand(plainSlot(value), map, to: result), value, map)
    }
    let condition = try operand(choice.condition).slot
    let whenTrue = try operand(choice.whenTrue)
    let whenFalse = try operand(choice.whenFalse)
    let (a, b) = (whenTrue.slot, whenFalse.slot)
    let output = temporary(plain)
    let count = result.reduce(1, *)
    emit(reads: [condition, a, b], writes: [output]) {
      for i in 0..<count { output.floats[i] = condition.floats[i] != 0 ? a.floats[i] : b.floats[i] }
    }
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: plain)
      for (branch, isTrue) in [(whenTrue, true), (whenFalse, false)] {
        guard let value = branch.value, let map = branch.map else { continue }
        let part = temporary(plain)
        emit(reads: [upstream, condition], writes: [part]) {
          for i in 0..<count {
            part.floats[i] = (condition.floats[i] != 0) == isTrue ? upstream.floats[i] : 0
          }
        }
        try accumulate(contract(part, map, to: shape(value)), into: value)
      }
    }
  }
}
