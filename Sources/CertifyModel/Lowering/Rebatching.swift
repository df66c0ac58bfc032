/// Changes the batch size of a graph whose batch axes are known.
struct Rebatching {
  let axes: [ValueID: Int]
  let from: Int
  let to: Int

  /// - Throws: ``ModelError`` when a constant has a row for each of `from` inputs and they differ, or when
  ///   the batch is so large that a value would be absurd.
  func apply(to graph: Graph) throws -> Graph {
    if from == to { return graph }
    var result = graph
    for value in graph.values.indices {
      guard let axis = axes[value] else { continue }
      let (extent, overflow) = (graph.values[value].shape[axis] / from).multipliedReportingOverflow(by: to)
      result.values[value].shape[axis] = extent
      guard !overflow, Extents.product(result.values[value].shape) != nil else {
        throw ModelError.tooLarge(
          what: "'\(graph.values[value].name)' for a batch of \(to)",
          elements: "\(graph.values[value].shape) × \(to)")
      }
    }
    if from > 1 {
      for index in graph.nodes.indices {
        guard case .affine(let affine) = graph.nodes[index].operation,
          let axis = axes[graph.nodes[index].output]
        else { continue }
        let fromEnd = graph.values[graph.nodes[index].output].shape.count - axis
        func oneRow(_ tensor: Tensor?) throws -> Tensor? {
          try tensor.map { try self.oneRow($0, axisFromEnd: fromEnd, node: graph.nodes[index]) }
        }
        result.nodes[index].operation = .affine(
          Affine(scale: try oneRow(affine.scale), shift: try oneRow(affine.shift)))
      }
    }
    return result
  }

  /// The constant with one row along the batch axis instead of equal ones.
  private func oneRow(_ tensor: Tensor, axisFromEnd: Int, node: Node) throws -> Tensor {
    let axis = tensor.shape.count - axisFromEnd
    guard axis >= 0, tensor.shape[axis] > 1 else { return tensor }
    let extent = tensor.shape[axis] / from
    let inner = tensor.shape[axis...].dropFirst().reduce(1, *)
    let block = tensor.shape[axis] * inner
    let row = extent * inner
    var elements: [Float] = []
    for start in stride(from: 0, to: tensor.elements.count, by: block) {
      for offset in 0..<block where tensor.elements[start + offset] != tensor.elements[start + offset % row] {
        throw ModelError.mixesBatch(
          node: node.name, operation: node.operation.name, reason: "its constant differs from row to row")
      }
      elements += tensor.elements[start..<(start + row)]
    }
    var shape = tensor.shape
    shape[axis] = extent
    return Tensor(shape: shape, elements: elements)
  }
}
