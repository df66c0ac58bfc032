extension Graph {
  /// The graph without nodes that the output does not depend on.
  func withoutDeadNodes() -> Graph {
    var live: Set<ValueID> = [output]
    var kept: [Node] = []
    for node in nodes.reversed() where live.contains(node.output) {
      live.formUnion(node.inputs)
      kept.append(node)
    }
    var graph = self
    graph.nodes = kept.reversed()
    return graph
  }

  /// The graph with only the values that are used, and which ones those were.
  func compacted() -> (graph: Graph, kept: [ValueID]) {
    let used = Set(nodes.flatMap { $0.inputs + [$0.output] } + [input, output])
    let kept = used.sorted()
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    func place(_ value: ValueID) -> ValueID { places[value] ?? 0 }
    let nodes = nodes.map { node in
      Node(
        name: node.name, operation: node.operation, inputs: node.inputs.map(place),
        output: place(node.output))
    }
    let graph = Graph(
      values: kept.map { values[$0] }, nodes: nodes, input: place(input), output: place(output))
    return (graph, kept)
  }
}
