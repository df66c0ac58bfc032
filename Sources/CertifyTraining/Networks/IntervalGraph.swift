import CertifyModel

/// A graph that computes, for every value of another one, the midpoint μ and the radius r of an interval that holds it
/// when the input lies in a box: [μ − r, μ + r].
///
/// The input's midpoints and radii lie one after another along axis 1, and so do the output's. A layer y = Wx + b makes
/// μ' = Wμ + b and r' = |W|r; a non-decreasing function is applied to both ends (Gowal et al. 2018, arXiv 1810.12715).
/// Rounding is not accounted for: this is an objective, not a certificate.
struct IntervalGraph {
  let graph: Graph
  /// Where each parameter of the interval graph comes from.
  let sources: [Source]

  struct Source {
    /// In the interval graph's parameters, and in those of the network.
    let target: Range<Int>
    let origin: Range<Int>
    /// Whether it is the absolute value.
    let isAbsolute: Bool
  }

  /// - Throws: ``TrainingError/incompatible(objective:node:reason:)`` for an operation that it has no rule for.
  init(_ network: Graph) throws(TrainingError) {
    var builder = try IntervalBuilder(network)
    for node in network.nodes { try builder.add(node) }
    graph = try builder.finished()
    var origins: [ValueID: [ParameterView.Role: Range<Int>]] = [:]
    for view in network.parameterViews { origins[view.node, default: [:]][view.role] = view.range }
    sources = graph.parameterViews.compactMap { view in
      guard let (node, isAbsolute) = builder.origins[view.node], let origin = origins[node]?[view.role] else {
        return nil
      }
      return Source(target: view.range, origin: origin, isAbsolute: isAbsolute)
    }
  }
}

/// Replaces each node of a network by those of its interval.
private struct IntervalBuilder {
  private struct Interval {
    let middle: ValueID
    let radius: ValueID
  }

  private let network: Graph
  private var values: [Value]
  private var nodes: [Node] = []
  private var intervals: [ValueID: Interval] = [:]
  /// The network's node that a node here stands for, by their outputs, and whether its weights are absolute values.
  private(set) var origins: [ValueID: (node: ValueID, isAbsolute: Bool)] = [:]

  init(_ network: Graph) throws(TrainingError) {
    self.network = network
    let shape = network.values[network.input].shape
    guard shape.count >= 2, network.values[network.output].shape.count == 2 else {
      throw .incompatible(
        objective: "ibp", node: network.values[network.output].name,
        reason: "the network does not take rows to rows of logits")
    }
    var doubled = shape
    doubled[1] *= 2
    values = [Value(name: "interval", shape: doubled)]
    let parts = (0..<2).map { part in
      var starts = shape.map { _ in 0 }
      starts[1] = part * shape[1]
      return append(
        .slice(Slice(starts: starts, steps: shape.map { _ in 1 })), "input.\(part)", [0], shape)
    }
    intervals[network.input] = Interval(middle: parts[0], radius: parts[1])
  }

  mutating func finished() throws(TrainingError) -> Graph {
    guard let output = intervals[network.output] else {
      throw .incompatible(objective: "ibp", node: "", reason: "the output is not computed")
    }
    var shape = network.values[network.output].shape
    shape[1] *= 2
    let joined = append(.concatenation(axis: 1), "bounds", [output.middle, output.radius], shape)
    return Graph(values: values, nodes: nodes, input: 0, output: joined)
  }

  mutating func add(_ node: Node) throws(TrainingError) {
    let inputs = node.inputs.compactMap { intervals[$0] }
    guard let first = inputs.first, inputs.count == node.inputs.count else {
      throw .incompatible(objective: "ibp", node: node.name, reason: "its input is not computed")
    }
    let shape = network.values[node.output].shape
    let (middles, radii) = (inputs.map(\.middle), inputs.map(\.radius))
    switch node.operation {
    case .linear(let linear):
      intervals[node.output] = layer(
        node, first, .linear(Linear(weights: linear.weights.magnitudes, bias: nil)))
    case .convolution(var convolution):
      convolution.weights = convolution.weights.magnitudes
      convolution.bias = nil
      intervals[node.output] = layer(node, first, .convolution(convolution))
    case .affine(let affine):
      guard let scale = affine.scale else {
        let middle = append(node.operation, node.name, middles, shape, origin: node.output)
        guard shape == network.values[node.inputs[0]].shape else { throw refusal(node) }
        intervals[node.output] = Interval(middle: middle, radius: first.radius)
        return
      }
      intervals[node.output] = layer(node, first, .affine(Affine(scale: scale.magnitudes, shift: nil)))
    case .unary(let function) where function.isNonDecreasing:
      intervals[node.output] = monotone(node, first, shape)
    case .pooling(let pooling) where pooling.kind == .maximum:
      intervals[node.output] = monotone(node, first, shape)
    case .binary(.subtract):
      intervals[node.output] = Interval(
        middle: append(node.operation, node.name, middles, shape),
        radius: append(.binary(.add), "\(node.name).radius", radii, shape))
    case .padding(let padding):
      var zeros = padding
      if case .constant = padding.mode { zeros.mode = .constant(0) }
      intervals[node.output] = Interval(
        middle: append(node.operation, node.name, middles, shape),
        radius: append(.padding(zeros), "\(node.name).radius", radii, shape))
    case .reduction(let reduction) where reduction.kind != .sum && reduction.kind != .mean:
      throw refusal(node)
    case .binary(.add), .reshape, .transpose, .slice, .concatenation, .broadcast, .pooling, .reduction:
      intervals[node.output] = Interval(
        middle: append(node.operation, node.name, middles, shape),
        radius: append(node.operation, "\(node.name).radius", radii, shape))
    default: throw refusal(node)
    }
  }

  /// A layer on the midpoint, and its absolute value on the radius.
  private mutating func layer(
    _ node: Node, _ input: Interval, _ absolute: CertifyModel.Operation
  ) -> Interval {
    let shape = network.values[node.output].shape
    return Interval(
      middle: append(node.operation, node.name, [input.middle], shape, origin: node.output),
      radius: append(
        absolute, "\(node.name).radius", [input.radius], shape, origin: node.output, isAbsolute: true))
  }

  /// A function applied to both ends.
  private mutating func monotone(_ node: Node, _ input: Interval, _ shape: [Int]) -> Interval {
    let before = values[input.middle].shape
    func named(_ part: String) -> String { "\(node.name).\(part)" }
    let lower = append(.binary(.subtract), named("lower"), [input.middle, input.radius], before)
    let upper = append(.binary(.add), named("upper"), [input.middle, input.radius], before)
    let ends = [
      append(node.operation, named("of-upper"), [upper], shape),
      append(node.operation, named("of-lower"), [lower], shape),
    ]
    let half = CertifyModel.Operation.affine(Affine(scale: Tensor(shape: [], elements: [0.5]), shift: nil))
    let sum = append(.binary(.add), named("sum"), ends, shape)
    let difference = append(.binary(.subtract), named("difference"), ends, shape)
    return Interval(
      middle: append(half, named("middle"), [sum], shape),
      radius: append(half, named("radius"), [difference], shape))
  }

  private mutating func append(
    _ operation: CertifyModel.Operation, _ name: String, _ inputs: [ValueID], _ shape: [Int],
    origin: ValueID? = nil, isAbsolute: Bool = false
  ) -> ValueID {
    values.append(Value(name: name, shape: shape))
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: values.count - 1))
    if let origin { origins[values.count - 1] = (origin, isAbsolute) }
    return values.count - 1
  }

  private func refusal(_ node: Node) -> TrainingError {
    .incompatible(
      objective: "ibp", node: node.name, reason: "there is no interval rule for \(node.operation.name)")
  }
}

extension UnaryFunction {
  fileprivate var isNonDecreasing: Bool {
    switch self {
    case .relu, .sigmoid, .tanh, .exp, .clip, .softplus, .erf: true
    case .leakyRelu(let slope): slope >= 0
    case .elu(let alpha): alpha >= 0
    default: false
    }
  }
}

extension Tensor {
  fileprivate var magnitudes: Tensor { Tensor(shape: shape, elements: elements.map { abs($0) }) }
}
