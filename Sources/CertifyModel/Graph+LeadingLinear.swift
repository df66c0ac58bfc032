extension Graph {
  /// The first layer, when it is a linear one over all coordinates of the input that nothing but reshapes
  /// precede; `nil` otherwise.
  ///
  /// Affine maps of the input that a linear layer follows have been folded into it by the time a graph is made.
  public var leadingLinear: Linear? {
    guard let index = leadingLinearIndex, case .linear(let linear) = nodes[index].operation else {
      return nil
    }
    return linear
  }

  /// The graph with another matrix in place of the leading linear layer's and an input of as many coordinates
  /// as that has columns; `nil` when there is no leading linear layer.
  ///
  /// - Parameters:
  ///   - weights: [outputs of the layer, any].
  ///   - bias: [outputs of the layer].
  public func replacingLeadingLinear(weights: Tensor, bias: Tensor) -> Graph? {
    guard let index = leadingLinearIndex, let linear = leadingLinear, weights.shape.count == 2,
      weights.shape[0] == linear.weights.shape[0], bias.shape == [weights.shape[0]]
    else { return nil }
    var graph = self
    graph.values[input].shape = [shape(input)[0], weights.shape[1]]
    graph.nodes[index].inputs = [input]
    graph.nodes[index].operation = .linear(Linear(weights: weights, bias: bias))
    return graph.withoutDeadNodes()
  }

  private var leadingLinearIndex: Int? {
    let links = Links(self)
    var value = input
    while value != output, let index = links.onlyConsumer(value) {
      switch nodes[index].operation {
      case .reshape:
        value = nodes[index].output
      case .linear:
        let rows = shape(input).first
        guard shape(value).count == 2, shape(value).first == rows, shape(nodes[index].output).count == 2
        else {
          return nil
        }
        return index
      default:
        return nil
      }
    }
    return nil
  }
}
