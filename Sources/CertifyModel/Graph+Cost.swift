extension Graph {
  /// The multiplications and additions, in pairs, of the convolutions, linear layers and matrix products.
  public var multiplyAdds: Int {
    nodes.reduce(0) { total, node in
      let result = values[node.output].shape.reduce(1, *)
      switch node.operation {
      case .convolution(let convolution):
        return total + result * convolution.weights.shape.dropFirst().reduce(1, *)
      case .transposedConvolution(let convolution):
        let source = values[node.inputs[0]].shape.reduce(1, *)
        return total + source * convolution.weights.shape.dropFirst().reduce(1, *)
      case .linear(let linear):
        return total + result * (linear.weights.shape.last ?? 0)
      case .matrixProduct:
        return total + result * (values[node.inputs[0]].shape.last ?? 0)
      default:
        return total
      }
    }
  }
}
