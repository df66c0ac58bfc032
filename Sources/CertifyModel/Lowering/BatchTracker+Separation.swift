/// Axes that hold the batch and something else.
extension BatchTracker {
  /// The node itself, or `nil` when it was replaced by one on values with an axis for the batch alone.
  mutating func separated(_ node: Node) throws -> Node? {
    guard batchSize == 1 else { return node }
    let isShared = node.inputs.map { shape($0)[batchAxis($0)] > 1 }
    guard isShared.contains(true) else { return node }
    let axis = batchAxis(node.inputs[0])
    let from = shape(node.inputs[0])
    var to = shape(node.output)
    let added = to.count - from.count
    let operation: Operation
    switch node.operation {
    case .linear where axis == from.count - 1:
      operation = node.operation
      to.insert(1, at: axis)
    case .affine(let affine) where to[axis + added] == from[axis] && added == 0:
      operation = .affine(
        Affine(scale: inserted(affine.scale, axis, from), shift: inserted(affine.shift, axis, from)))
      to.insert(1, at: axis)
    case .modeProduct(let product) where product.axis == axis:
      operation = .modeProduct(ModeProduct(axis: axis + 1, matrix: product.matrix))
      to.insert(1, at: axis)
    case .softmax(let along) where along == axis:
      operation = .softmax(axis: axis + 1)
      to.insert(1, at: axis)
    case .logSoftmax(let along) where along == axis:
      operation = .logSoftmax(axis: axis + 1)
      to.insert(1, at: axis)
    case .reduction(let reduction) where reduction.axes.contains(axis):
      let moved = reduction.axes.map { $0 < axis ? $0 : $0 + 1 }
      operation = .reduction(Reduction(kind: reduction.kind, axes: moved))
      to.insert(1, at: added == 0 ? axis : axis - reduction.axes.filter { $0 < axis }.count)
    case .concatenation(let along) where along == axis && node.inputs.allSatisfy { batchAxis($0) == axis }:
      operation = .concatenation(axis: axis + 1)
      to.insert(1, at: axis)
    case .padding(var padding) where padding.before[axis] + padding.after[axis] > 0:
      padding.before.insert(0, at: axis)
      padding.after.insert(0, at: axis)
      operation = .padding(padding)
      to.insert(1, at: axis)
    case .slice(var slice):
      slice.starts.insert(0, at: axis)
      slice.steps.insert(1, at: axis)
      operation = .slice(slice)
      to.insert(1, at: axis)
    case .binary:
      return try aligned(node)
    default: return node
    }
    let inputs = try node.inputs.map { try withBatchAxis($0, node) }
    let inner = try append(Node(name: node.name, operation: operation, inputs: inputs, output: 0), shape: to)
    let back = Node(name: node.name, operation: .reshape, inputs: [inner], output: node.output)
    try append(back)
    return nil
  }

  /// A function of two values whose batch axes are brought into line.
  private mutating func aligned(_ node: Node) throws -> Node {
    let places = node.inputs.map { shape($0).count - batchAxis($0) }
    guard places[0] != places[1] else { return node }
    var node = node
    node.inputs = try node.inputs.map { input in
      shape(input)[batchAxis(input)] > 1 ? try withBatchAxis(input, node) : input
    }
    return node
  }

  /// The value with an axis of extent 1 for the batch, before the one that held it.
  private mutating func withBatchAxis(_ value: ValueID, _ node: Node) throws -> ValueID {
    var shape = shape(value)
    shape.insert(1, at: batchAxis(value))
    return try append(Node(name: node.name, operation: .reshape, inputs: [value], output: 0), shape: shape)
  }

  /// A constant that fits the shape with an axis of extent 1 inserted.
  private func inserted(_ tensor: Tensor?, _ axis: Int, _ shape: [Int]) -> Tensor? {
    guard let tensor else { return nil }
    let own = axis + tensor.shape.count - shape.count
    guard own >= 0 else { return tensor }
    var inserted = tensor.shape
    inserted.insert(1, at: own)
    return Tensor(shape: inserted, elements: tensor.elements)
  }
}
