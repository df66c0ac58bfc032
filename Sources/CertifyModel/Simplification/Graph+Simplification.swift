extension Graph {
  /// The same function of the input, up to rounding, with fewer and cheaper nodes.
  ///
  /// Values keep their indices and shapes; those that are no longer computed stay in `values`. For the
  /// batch to be told from other axes, the graph must be for a batch of 2 or more.
  ///
  /// - Parameter batchAxes: where each value has the batch.
  func simplified(batchAxes: [ValueID: Int]) -> Graph {
    let passes: [(inout Graph) -> Bool] = [
      { $0.dropNoOps() }, { $0.mergeReshapes() }, { $0.mergeTransposes() }, { $0.mergeAffines() },
      { $0.fuseGelu() }, { $0.foldAffinesBackward() }, { $0.sinkAffinesBelowReshapes(batchAxes: batchAxes) },
      { $0.foldAffinesForward() },
    ]
    var graph = withoutDeadNodes()
    var changed = true
    while changed {
      changed = false
      for pass in passes where pass(&graph) {
        changed = true
        graph = graph.withoutDeadNodes()
      }
    }
    return graph
  }

  func shape(_ value: ValueID) -> [Int] { values[value].shape }
}

/// Who makes and who reads each value of a graph without dead nodes.
struct Links {
  private let producers: [ValueID: Int]
  private let consumers: [ValueID: [Int]]

  init(_ graph: Graph) {
    var producers: [ValueID: Int] = [:]
    var consumers: [ValueID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      producers[node.output] = index
      for input in node.inputs { consumers[input, default: []].append(index) }
    }
    self.producers = producers
    self.consumers = consumers
  }

  /// The index of the node that computes a value; `nil` for the graph's input.
  func producer(_ value: ValueID) -> Int? { producers[value] }

  /// The index of the only node that reads a value, if it reads it once.
  ///
  /// In a graph without dead nodes nothing reads the output.
  func onlyConsumer(_ value: ValueID) -> Int? {
    guard let readers = consumers[value], readers.count == 1 else { return nil }
    return readers[0]
  }
}
