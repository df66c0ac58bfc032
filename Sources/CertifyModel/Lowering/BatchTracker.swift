/// Follows the batch through a graph: along which axis of each value the rows lie.
///
/// A row's part of a value is a slab along that axis. The tracker refuses every operation that would
/// mix slabs, so that a graph that passes computes each row by itself, for a batch of any size.
struct BatchTracker {
  let graph: Graph
  let batchSize: Int

  /// The batch axis of every value that is computed.
  ///
  /// - Throws: ``ModelError/mixesBatch(node:operation:reason:)``.
  func axes() throws -> [ValueID: Int] {
    var axes: [ValueID: Int] = [graph.input: 0]
    for node in graph.nodes {
      let inputs = node.inputs.compactMap { axes[$0] }
      guard let axis = inputs.first, inputs.count == node.inputs.count else { continue }
      axes[node.output] = try batchAxis(of: node, first: axis, inputs: inputs)
    }
    return axes
  }

  private func shape(_ value: ValueID) -> [Int] { graph.values[value].shape }

  private func batchAxis(of node: Node, first axis: Int, inputs: [Int]) throws -> Int {
    func require(_ condition: Bool, _ reason: String) throws {
      guard condition else {
        throw ModelError.mixesBatch(node: node.name, operation: node.operation.name, reason: reason)
      }
    }
    let from = shape(node.inputs[0])
    let to = shape(node.output)
    let added = to.count - from.count
    switch node.operation {
    case .convolution, .pooling:
      try require(axis == 0, "the batch is axis \(axis) of \(from), not axis 0")
      return 0
    case .linear:
      try require(axis < from.count - 1, "the batch is the last axis of \(from)")
      return axis
    case .unary:
      return axis
    case .affine(let affine):
      try require(to[axis + added] == from[axis], "a constant of several rows is combined with the batch")
      for constant in [affine.scale, affine.shift].compactMap({ $0?.shape }) {
        let own = axis + constant.count - from.count
        try require(
          own < 0 || constant[own] == 1 || from[axis] == batchSize,
          "a constant of shape \(constant) is combined with \(from), whose axis \(axis) holds the batch and more"
        )
      }
      return axis + added
    case .broadcast:
      try require(to[axis + added] == from[axis], "\(from) is repeated along the batch")
      return axis + added
    case .softmax(let over), .logSoftmax(let over):
      try require(over != axis, "it runs along the batch, axis \(axis) of \(from)")
      return axis
    case .reduction(let reduction):
      try require(!reduction.axes.contains(axis), "it runs along the batch, axis \(axis) of \(from)")
      return added == 0 ? axis : axis - reduction.axes.filter { $0 < axis }.count
    case .transpose(let permutation):
      return permutation.firstIndex(of: axis) ?? axis
    case .padding(let padding):
      try require(padding.before[axis] == 0 && padding.after[axis] == 0, "it pads the batch")
      return axis
    case .slice(let slice):
      let isWhole = slice.starts[axis] == 0 && slice.steps[axis] == 1 && to[axis] == from[axis]
      try require(isWhole, "it takes a part of the batch, axis \(axis) of \(from)")
      return axis
    case .concatenation(let along):
      try require(inputs.allSatisfy { $0 == axis }, "its inputs have the batch along different axes")
      try require(along != axis, "it runs along the batch, axis \(axis) of \(from)")
      return axis
    case .binary, .matrixProduct:
      let other = shape(node.inputs[1])
      let isAligned = from.count - axis == other.count - inputs[1] && from[axis] == other[inputs[1]]
      try require(isAligned, "its inputs \(from) and \(other) have the batch along different axes")
      if case .matrixProduct = node.operation {
        try require(axis < from.count - 2, "the batch is an axis of the matrices")
      }
      return axis + added
    case .reshape:
      // The slabs stay whole where as many of them lie one after another, as long as before.
      let outer = from[..<axis].reduce(1, *)
      for candidate in to.indices
      where to[..<candidate].reduce(1, *) == outer && to[candidate].isMultiple(of: batchSize) {
        return candidate
      }
      try require(false, "\(from) with the batch along axis \(axis) becomes \(to)")
      return axis
    }
  }
}

extension Operation {
  /// A word for messages.
  var name: String {
    switch self {
    case .convolution: "convolution"
    case .linear: "linear"
    case .matrixProduct: "matrix product"
    case .affine: "affine"
    case .unary: "function"
    case .binary(let function): "\(function)"
    case .softmax: "softmax"
    case .logSoftmax: "log-softmax"
    case .pooling: "pooling"
    case .reduction(let reduction): "\(reduction.kind)"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .padding: "padding"
    case .concatenation: "concatenation"
    case .slice: "slice"
    case .broadcast: "broadcast"
    }
  }
}
