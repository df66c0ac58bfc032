extension Graph {
  /// The multiplications and additions, in pairs, of the convolutions, linear layers and matrix products.
  ///
  /// A double, since a damaged file can ask for more than an integer holds.
  public var multiplyAdds: Double { nodes.reduce(0) { $0 + $1.multiplyAdds(in: self) } }

  /// The weights of the convolutions and linear layers, in numbers.
  public var weightCount: Double {
    nodes.reduce(0) { sum, node in
      switch node.operation {
      case .convolution(let convolution): sum + Double(convolution.weights.elements.count)
      case .transposedConvolution(let convolution): sum + Double(convolution.weights.elements.count)
      case .linear(let linear): sum + Double(linear.weights.elements.count)
      default: sum
      }
    }
  }
}

extension Node {
  /// The multiplications and additions, in pairs, of a convolution, linear layer or matrix product; else 0.
  public func multiplyAdds(in graph: Graph) -> Double {
    let result = Double(graph.values[output].shape.reduce(1, *))
    switch operation {
    case .convolution(let convolution):
      return result * Double(convolution.weights.shape.dropFirst().reduce(1, *))
    case .transposedConvolution(let convolution):
      let source = Double(graph.values[inputs[0]].shape.reduce(1, *))
      return source * Double(convolution.weights.shape.dropFirst().reduce(1, *))
    case .linear(let linear):
      return result * Double(linear.weights.shape.last ?? 0)
    case .matrixProduct:
      return result * Double(graph.values[inputs[0]].shape.last ?? 0)
    default:
      return 0
    }
  }
}
