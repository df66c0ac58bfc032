extension Graph {
  /// Removes reshapes, transposes and affine maps that change nothing.
  mutating func dropNoOps() -> Bool {
    var changed = false
    for node in nodes where node.inputs.count == 1 && node.inputs[0] != node.output {
      guard isNoOp(node), replaceUses(of: node.output, by: node.inputs[0]) else { continue }
      changed = true
    }
    return changed
  }

  private func isNoOp(_ node: Node) -> Bool {
    guard shape(node.inputs[0]) == shape(node.output) else { return false }
    switch node.operation {
    case .reshape, .broadcast, .concatenation: return true
    case .transpose(let permutation): return permutation == Array(permutation.indices)
    case .affine(let affine):
      return affine.scale?.elements.allSatisfy { $0 == 1 } ?? true
        && affine.shift?.elements.allSatisfy { $0 == 0 } ?? true
    default: return false
    }
  }

  /// Lets every reader of a value read another one instead; reports whether there was any.
  private mutating func replaceUses(of value: ValueID, by other: ValueID) -> Bool {
    var replaced = false
    for index in nodes.indices where nodes[index].inputs.contains(value) {
      nodes[index].inputs = nodes[index].inputs.map { $0 == value ? other : $0 }
      replaced = true
    }
    if output == value {
      output = other
      replaced = true
    }
    return replaced
  }

  /// Lets a reshape of a reshape read the latter's input.
  mutating func mergeReshapes() -> Bool {
    let links = Links(self)
    var changed = false
    for index in nodes.indices {
      guard case .reshape = nodes[index].operation, let first = links.producer(nodes[index].inputs[0]),
        case .reshape = nodes[first].operation
      else { continue }
      nodes[index].inputs = nodes[first].inputs
      changed = true
    }
    return changed
  }

  /// Lets a transpose of a transpose read the latter's input, and makes those that only move axes of extent 1
  /// reshapes.
  mutating func mergeTransposes() -> Bool {
    let links = Links(self)
    var changed = false
    for index in nodes.indices {
      guard case .transpose(let permutation) = nodes[index].operation else { continue }
      let from = shape(nodes[index].inputs[0])
      let moved = permutation.filter { from[$0] != 1 }
      if moved == moved.sorted() {
        nodes[index].operation = .reshape
        changed = true
      } else if let first = links.producer(nodes[index].inputs[0]),
        case .transpose(let earlier) = nodes[first].operation
      {
        nodes[index].operation = .transpose(permutation: permutation.map { earlier[$0] })
        nodes[index].inputs = nodes[first].inputs
        changed = true
      }
    }
    return changed
  }
}
