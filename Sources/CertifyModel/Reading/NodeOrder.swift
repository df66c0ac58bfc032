/// An order of evaluation of the nodes that an output depends on.
struct NodeOrder {
  let nodes: [SourceNode]
  let inputs: Set<String>
  let initializers: Set<String>

  /// Indices into `nodes`, each after those it depends on, and every name that is read on the way.
  ///
  /// - Throws: ``ModelError`` for cycles, names that nothing produces and names produced twice.
  func sorted(for output: String) throws -> (order: [Int], read: Set<String>) {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.outputs where !name.isEmpty {
        guard producers.updateValue(index, forKey: name) == nil, !inputs.contains(name),
          !initializers.contains(name)
        else { throw ModelError.duplicateValue(name: name, node: node.name) }
      }
    }

    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: nodes.count)
    var order: [Int] = []
    var read: Set<String> = [output]
    // An explicit stack: a file can be a chain of any length.
    var stack: [(node: Int, next: Int)] = []

    func visit(_ name: String, from reader: String) throws {
      guard let producer = producers[name] else {
        if inputs.contains(name) || initializers.contains(name) { return }
        throw ModelError.missingValue(name: name, node: reader)
      }
      switch marks[producer] {
      case .done: return
      case .open:
        let start = stack.firstIndex { $0.node == producer } ?? 0
        throw ModelError.cyclicGraph(nodes: stack[start...].map { nodes[$0.node].name })
      case .new:
        marks[producer] = .open
        stack.append((producer, 0))
      }
    }

    try visit(output, from: "")
    while let top = stack.last {
      let node = nodes[top.node]
      guard top.next < node.inputs.count else {
        marks[top.node] = .done
        order.append(top.node)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].next += 1
      let name = node.inputs[top.next]
      if name.isEmpty { continue }
      read.insert(name)
      try visit(name, from: node.name)
    }
    return (order, read)
  }
}
