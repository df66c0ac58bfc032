/// A part of the vector of a graph's trainable parameters: one constant of one node.
public struct ParameterView: Sendable, Equatable {
  /// What the constant is to its node.
  public enum Role: String, Sendable {
    /// The weights of a linear layer or a convolution.
    case weight
    /// What a linear layer or a convolution adds, one number an output or channel.
    case bias
    /// The factors of an affine map, one a channel.
    case scale
    /// What an affine map adds, one number a channel.
    case shift
  }
  /// The node's name and the role, such as `conv1.weight`; distinct within a graph, and what the constant is called in
  /// a file that is written.
  public let name: String
  /// Which of the node's constants it is.
  public let role: Role
  /// The node's output, which names the node whatever order the nodes are in.
  public let node: ValueID
  /// The extents of the constant; their product is the length of ``range``.
  public let shape: [Int]
  /// Where the numbers lie in the vector, in row-major order.
  public let range: Range<Int>
}

extension Graph {
  /// What can be trained, in the order of the nodes: weights and biases of linear layers and convolutions, and the
  /// scales and shifts of affine maps that have one for each channel of a value with spatial axes.
  ///
  /// An affine map of the graph's input is that of the data, such as a normalisation by known means, and stays.
  public var parameterViews: [ParameterView] {
    var views: [ParameterView] = []
    var used: Set<String> = []
    var offset = 0
    for node in nodes {
      let tensors = trainableTensors(node)
      guard !tensors.isEmpty else { continue }
      let base = node.name.isEmpty ? node.operation.name : node.name
      var name = base
      var copies = 1
      while tensors.contains(where: { used.contains("\(name).\($0.role.rawValue)") }) {
        copies += 1
        name = "\(base).\(copies)"
      }
      for (role, tensor) in tensors {
        let end = offset + tensor.elements.count
        views.append(
          ParameterView(
            name: "\(name).\(role.rawValue)", role: role, node: node.output, shape: tensor.shape,
            range: offset..<end))
        used.insert("\(name).\(role.rawValue)")
        offset = end
      }
    }
    return views
  }

  /// The trainable parameters, one vector in the order of ``parameterViews``.
  public var parameters: [Float] {
    nodes.flatMap { node in trainableTensors(node).flatMap(\.tensor.elements) }
  }

  /// The graph with other numbers for its trainable parameters.
  ///
  /// - Parameter parameters: as many as ``parameters``; the graph itself comes back when they are not.
  public func replacingParameters(_ parameters: some Collection<Float>) -> Graph {
    let numbers = Array(parameters)
    let views = parameterViews
    guard numbers.count == views.last?.range.upperBound ?? 0 else { return self }
    var tensors: [ValueID: [ParameterView.Role: Tensor]] = [:]
    for view in views {
      tensors[view.node, default: [:]][view.role] = Tensor(
        shape: view.shape, elements: Array(numbers[view.range]))
    }
    var graph = self
    for (index, node) in nodes.enumerated() {
      guard let found = tensors[node.output] else { continue }
      switch node.operation {
      case .linear(var linear):
        linear.weights = found[.weight] ?? linear.weights
        linear.bias = found[.bias] ?? linear.bias
        graph.nodes[index].operation = .linear(linear)
      case .convolution(var convolution):
        convolution.weights = found[.weight] ?? convolution.weights
        convolution.bias = found[.bias] ?? convolution.bias
        graph.nodes[index].operation = .convolution(convolution)
      case .affine(var affine):
        affine.scale = found[.scale] ?? affine.scale
        affine.shift = found[.shift] ?? affine.shift
        graph.nodes[index].operation = .affine(affine)
      default: continue
      }
    }
    return graph
  }

  private func trainableTensors(_ node: Node) -> [(role: ParameterView.Role, tensor: Tensor)] {
    switch node.operation {
    case .linear(let linear):
      return [(.weight, linear.weights)] + (linear.bias.map { [(.bias, $0)] } ?? [])
    case .convolution(let convolution):
      return [(.weight, convolution.weights)] + (convolution.bias.map { [(.bias, $0)] } ?? [])
    case .affine(let affine):
      let shape = values[node.output].shape
      guard node.inputs != [input], values[node.inputs[0]].shape == shape, (3...5).contains(shape.count),
        shape[1] > 1
      else { return [] }
      let given = [(ParameterView.Role.scale, affine.scale), (.shift, affine.shift)]
      let isTrainable = given.allSatisfy { $0.1?.isByChannel(of: shape) ?? true }
      return isTrainable ? given.compactMap { role, tensor in tensor.map { (role, $0) } } : []
    default:
      return []
    }
  }
}

extension Tensor {
  /// Whether there is one number for each channel, axis 1, of a value of this shape.
  fileprivate func isByChannel(of shape: [Int]) -> Bool {
    let padded = shape.dropFirst(self.shape.count).map { _ in 1 } + self.shape
    return padded == [1, shape[1]] + shape.dropFirst(2).map { _ in 1 }
  }
}
