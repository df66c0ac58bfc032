/// What a classifier ends in, after its logits.
public enum Head: Sendable, Equatable {
  /// Nothing: the output is the logits.
  case none
  /// Probabilities that add up to 1 over the classes.
  case softmax
  /// The logarithms of such probabilities.
  case logSoftmax
  /// A probability from each logit by itself: 1/(1 + e⁻ᶻ).
  case sigmoid

  /// A name for messages.
  public var name: String {
    switch self {
    case .none: "linear output"
    case .softmax: "softmax"
    case .logSoftmax: "log-softmax"
    case .sigmoid: "sigmoid"
    }
  }
}

extension Graph {
  /// The graph without a final softmax, log-softmax or sigmoid, and what was taken off.
  ///
  /// The head is seen through what follows it and keeps the order of the classes: reshapes, which are kept, so
  /// that the output's shape does not change, and divisions of each row by a positive number of its own, which
  /// are left out. A softmax counts as a head only if it normalises over a whole row: then the order of the
  /// classes is that of what goes into it. Of a pair of outputs (1 − σ(z), σ(z)) the one number z is left.
  public func withoutHead() -> (graph: Graph, head: Head) {
    let links = Links(self)
    var value = output
    var follower: Int?
    while let index = links.producer(value) {
      let node = nodes[index]
      let head: Head
      switch node.operation {
      case .reshape:
        follower = follower ?? index
        value = node.inputs[0]
        continue
      case .binary(.divide) where isPositiveNumber(node.inputs[1], links) && keepsShape(node):
        value = node.inputs[0]
        continue
      case .concatenation:
        guard let logit = logit(ofPair: node, links) else { return (self, .none) }
        var peeled = self
        peeled.output = logit
        return (peeled.withoutDeadNodes(), .sigmoid)
      case .softmax(let axis) where isWholeRow(node.output, axis: axis): head = .softmax
      case .logSoftmax(let axis) where isWholeRow(node.output, axis: axis): head = .logSoftmax
      case .unary(.sigmoid): head = .sigmoid
      default: return (self, .none)
      }
      var peeled = self
      if let follower {
        peeled.nodes[follower].inputs = node.inputs
      } else {
        peeled.output = node.inputs[0]
      }
      return (peeled.withoutDeadNodes(), head)
    }
    return (self, .none)
  }

  private var rowCount: Int { values[input].shape.first ?? 1 }

  private func keepsShape(_ node: Node) -> Bool { shape(node.inputs[0]) == shape(node.output) }

  /// Whether the value's numbers are one per batch row along every axis but `axis`.
  private func isWholeRow(_ value: ValueID, axis: Int) -> Bool {
    shape(value).reduce(1, *) == rowCount * shape(value)[axis]
  }

  /// Whether the value is one number a row, and positive by its making.
  private func isPositiveNumber(_ value: ValueID, _ links: Links) -> Bool {
    guard shape(value).reduce(1, *) == rowCount, let producer = links.producer(value) else { return false }
    switch nodes[producer].operation {
    case .unary(.clip(let lower, _)): return lower > 0
    case .unary(.sqrt): return isPositiveNumber(nodes[producer].inputs[0], links)
    default: return false
    }
  }

  /// z where a node puts 1 − σ(z) and σ(z) side by side, one number a row each.
  private func logit(ofPair node: Node, _ links: Links) -> ValueID? {
    guard node.inputs.count == 2, shape(node.output).reduce(1, *) == 2 * rowCount,
      let complement = links.producer(node.inputs[0]), let sigmoid = links.producer(node.inputs[1]),
      nodes[complement].inputs == [node.inputs[1]], case .unary(.sigmoid) = nodes[sigmoid].operation,
      case .affine(let affine) = nodes[complement].operation, affine.scale?.elements == [-1],
      affine.shift?.elements == [1]
    else { return nil }
    return nodes[sigmoid].inputs[0]
  }
}
