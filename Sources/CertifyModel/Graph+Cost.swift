extension Graph {
  /// The multiplications and additions, in pairs, of the convolutions, linear layers and matrix products.
  public var multiplyAdds: Int { nodes.reduce(0) { $0 + $1.multiplyAdds(in: self) } }
}

extension Node {
  /// The multiplications and additions, in pairs, of a convolution, linear layer or matrix product; else 0.
  public func multiplyAdds(in graph: Graph) -> Int {
    let result = graph.values[output].shape.reduce(1, *)
    switch operation {
    case .convolution(let convolution):
      return result * convolution.weights.shape.dropFirst().reduce(1, *)
    case .linear(let linear):
      return result * (linear.weights.shape.last ?? 0)
    case .matrixProduct:
      return result * (graph.values[inputs[0]].shape.last ?? 0)
    default:
      return 0
    }
  }
}
