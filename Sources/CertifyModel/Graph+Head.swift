/// What a classifier ends in, after its logits.
public enum Head: Sendable, Equatable {
  case none, softmax, logSoftmax, sigmoid

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
  /// The head is seen through reshapes that follow it; they are kept, so that the output's shape does not
  /// change. A softmax counts as a head only if it normalises over a whole row: then the order of the
  /// classes is that of what goes into it.
  public func withoutHead() -> (graph: Graph, head: Head) {
    var producers: [ValueID: Int] = [:]
    for (index, node) in nodes.enumerated() { producers[node.output] = index }

    var value = output
    var follower: Int?
    while let index = producers[value] {
      let node = nodes[index]
      let head: Head
      switch node.operation {
      case .reshape:
        follower = index
        value = node.inputs[0]
        continue
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

  /// Whether the value's numbers are one per batch row along every axis but `axis`.
  private func isWholeRow(_ value: ValueID, axis: Int) -> Bool {
    let rows = values[input].shape.first ?? 1
    return values[value].shape.reduce(1, *) == rows * values[value].shape[axis]
  }
}
