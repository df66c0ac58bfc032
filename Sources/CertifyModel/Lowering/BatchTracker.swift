/// Follows the batch through a graph: along which axis of each value the rows lie.
///
/// A row's part of a value is a slab along that axis. The tracker refuses every operation that would
/// mix slabs, so that a graph that passes computes each row by itself, for a batch of any size.
///
/// Some files for one input drop the batch axis, so that what was [1, k] is [k]. There the axis holds the
/// batch and something else, and an operation along it is done between reshapes to [1, k] and back.
struct BatchTracker {
  let batchSize: Int
  private(set) var graph: Graph
  private(set) var axes: [ValueID: Int] = [:]

  init(batchSize: Int) {
    self.batchSize = batchSize
    graph = Graph(values: [], nodes: [], input: 0, output: 0)
  }

  /// The graph, with reshapes where they are needed, and the batch axis of every value.
  ///
  /// - Throws: ``ModelError/mixesBatch(node:operation:reason:)``.
  mutating func follow(_ source: Graph) throws -> (Graph, [ValueID: Int]) {
    graph = Graph(values: source.values, nodes: [], input: source.input, output: source.output)
    axes = [source.input: 0]
    for node in source.nodes {
      guard let node = try separated(node) else { continue }
      try append(node)
    }
    return (graph, axes)
  }

  func shape(_ value: ValueID) -> [Int] { graph.values[value].shape }
  func batchAxis(_ value: ValueID) -> Int { axes[value] ?? 0 }

  private func fail(_ node: Node, _ reason: String) -> ModelError {
    .mixesBatch(node: node.name, operation: node.operation.name, reason: reason)
  }

  /// Appends a node for a value that the source has not.
  mutating func append(_ node: Node, shape: [Int]) throws -> ValueID {
    graph.values.append(Value(name: "\(node.name)/\(graph.values.count)", shape: shape))
    var node = node
    node.output = graph.values.count - 1
    try append(node)
    return node.output
  }

  /// Appends a node for a value that the source has.
  mutating func append(_ node: Node) throws {
    axes[node.output] = try batchAxis(of: node)
    graph.nodes.append(node)
  }

  func batchAxis(of node: Node) throws -> Int {
    func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
      guard condition else { throw fail(node, reason()) }
    }
    let axis = batchAxis(node.inputs[0])
    let from = shape(node.inputs[0])
    let to = shape(node.output)
    let added = to.count - from.count
    switch node.operation {
    case .convolution, .transposedConvolution, .pooling:
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
          "a constant of shape \(constant) meets axis \(axis) of \(from), which holds more than the batch")
      }
      return axis + added
    case .quantization(let quantization):
      let own = axis + quantization.scale.shape.count - from.count
      try require(
        own < 0 || quantization.scale.shape[own] == 1, "its scale differs along axis \(axis) of \(from)")
      return axis
    case .choice(let choice):
      let places = node.inputs.map { shape($0).count - batchAxis($0) }
      let extents = node.inputs.map { shape($0)[batchAxis($0)] }
      try require(
        Set(places).count == 1 && Set(extents).count == 1 && to[to.count - places[0]] == extents[0],
        "its inputs have the batch along different axes")
      for constant in [choice.condition, choice.whenTrue, choice.whenFalse].compactMap({ $0?.shape }) {
        let own = constant.count - places[0]
        try require(own < 0 || constant[own] == 1, "a constant of several rows is combined with the batch")
      }
      return to.count - places[0]
    case .broadcast:
      try require(to[axis + added] == from[axis], "\(from) is repeated along the batch")
      return axis + added
    case .modeProduct(let product):
      try require(product.axis != axis, "it runs along the batch, axis \(axis) of \(from)")
      return axis
    case .softmax(let along), .logSoftmax(let along):
      try require(along != axis, "it runs along the batch, axis \(axis) of \(from)")
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
      try require(
        node.inputs.allSatisfy { batchAxis($0) == axis }, "its inputs have the batch along different axes")
      try require(along != axis, "it runs along the batch, axis \(axis) of \(from)")
      return axis
    case .binary, .matrixProduct:
      let other = shape(node.inputs[1])
      let otherAxis = batchAxis(node.inputs[1])
      try require(
        from.count - axis == other.count - otherAxis && from[axis] == other[otherAxis],
        "its inputs \(from) and \(other) have the batch along different axes")
      if case .matrixProduct = node.operation {
        try require(axis < from.count - 2, "the batch is an axis of the matrices")
      }
      return axis + added
    case .reshape:
      // The slabs stay whole where as many of them lie one after another, as long as before.
      let outer = from[..<axis].reduce(1, *)
      let candidate = to.indices.first {
        to[..<$0].reduce(1, *) == outer && to[$0].isMultiple(of: batchSize)
      }
      guard let candidate else {
        throw fail(node, "\(from), with the batch along axis \(axis), becomes \(to)")
      }
      return candidate
    }
  }
}

extension Operation {
  /// A word for messages and counts.
  public var name: String {
    switch self {
    case .convolution: "convolution"
    case .transposedConvolution: "transposed convolution"
    case .linear: "linear"
    case .matrixProduct: "matrix product"
    case .affine: "affine"
    case .unary(let function): function.name
    case .binary(let function): "\(function)"
    case .choice: "choice"
    case .quantization: "quantisation"
    case .softmax: "softmax"
    case .logSoftmax: "log-softmax"
    case .pooling: "pooling"
    case .reduction(let reduction):
      reduction.kind.isPlace ? "place of an extremum" : "\(reduction.kind)"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .padding: "padding"
    case .concatenation: "concatenation"
    case .slice: "slice"
    case .broadcast: "broadcast"
    case .modeProduct: "sparse matrix"
    }
  }
}
