import CertifyModel

/// An operation together with what can be done to its result before it is written.
struct FusedNode {
  /// The operation itself.
  let node: Node
  /// A value that is added to the result (a residual), or `nil`.
  let addend: ValueID?
  /// A function applied last, or `nil`.
  let activation: UnaryFunction?
  /// The value that holds the final result.
  let output: ValueID

  /// The nodes of a graph in an order in which they can be evaluated, with each convolution and linear layer
  /// joined to the residual addition and the activation that follow it alone, and each affine map by channel to
  /// its activation.
  ///
  /// With `gradients`, only activations whose derivative follows from their result are joined.
  static func schedule(_ graph: Graph, gradients: Bool) -> [FusedNode] {
    var consumers = [[Int]](repeating: [], count: graph.values.count)
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { consumers[input].append(index) }
    }
    var producers = [Int?](repeating: nil, count: graph.values.count)
    for (index, node) in graph.nodes.enumerated() { producers[node.output] = index }
    let chain = Chain(graph: graph, consumers: consumers, producers: producers, gradients: gradients)
    var taken = Set<Int>()
    var groups: [(position: Int, group: FusedNode)] = []
    for (index, node) in graph.nodes.enumerated().reversed() where !taken.contains(index) {
      guard let start = chain.producer(endingAt: index, taken: taken) else {
        groups.append((index, FusedNode(node: node, addend: nil, activation: nil, output: node.output)))
        continue
      }
      taken.formUnion(start.members)
      groups.append((index, start.group))
    }
    return groups.sorted { $0.position < $1.position }.map(\.group)
  }
}

/// Finds the producer at the head of a chain of nodes that ends in a given one.
private struct Chain {
  let graph: Graph
  let consumers: [[Int]]
  let producers: [Int?]
  let gradients: Bool

  func producer(endingAt last: Int, taken: Set<Int>) -> (group: FusedNode, members: Set<Int>)? {
    var members: Set<Int> = [last]
    var activation: UnaryFunction?
    var addend: ValueID?
    var index = last
    if case .unary(let function) = graph.nodes[index].operation {
      guard canJoin(function), let previous = soleProducer(of: graph.nodes[index].inputs[0]) else {
        return nil
      }
      if case .affine = graph.nodes[previous].operation, function != .relu { return nil }
      activation = function
      index = previous
      members.insert(index)
    }
    if case .binary(.add) = graph.nodes[index].operation {
      let (first, second) = (graph.nodes[index].inputs[0], graph.nodes[index].inputs[1])
      let candidates = [(first, second), (second, first)].compactMap { main, other -> (Int, ValueID)? in
        guard main != other, graph.values[main].shape == graph.values[other].shape,
          let producer = soleProducer(of: main), canStart(producer, addend: true), !taken.contains(producer)
        else { return nil }
        return (producer, other)
      }
      guard let (producer, other) = candidates.max(by: { $0.0 < $1.0 }) else { return nil }
      addend = other
      index = producer
      members.insert(index)
    }
    guard canStart(index, addend: addend != nil), members.count > 1, members.isDisjoint(with: taken) else {
      return nil
    }
    let group = FusedNode(
      node: graph.nodes[index], addend: addend, activation: activation, output: graph.nodes[last].output)
    return (group, members)
  }

  /// The node that makes `value`, if that value has one reader only and is not what the graph returns.
  private func soleProducer(of value: ValueID) -> Int? {
    guard consumers[value].count == 1, value != graph.output else { return nil }
    return producers[value]
  }

  private func canStart(_ index: Int, addend: Bool) -> Bool {
    let node = graph.nodes[index]
    return switch node.operation {
    case .convolution, .linear: true
    case .affine(let affine):
      !addend && graph.values[node.inputs[0]].shape == graph.values[node.output].shape
        && affine.isByChannel(of: graph.values[node.output].shape)
    default: false
    }
  }

  private func canJoin(_ function: UnaryFunction) -> Bool {
    switch function {
    case .relu, .sigmoid, .tanh: true
    case .leakyRelu(let slope): slope > 0
    case .gelu, .geluTanh, .clip: !gradients
    default: false
    }
  }
}
