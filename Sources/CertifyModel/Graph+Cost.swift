extension Graph {
  /// The multiplications and additions, in pairs, of the convolutions, linear layers and matrix products.
  ///
  /// A double, since a damaged file can ask for more than an integer holds.
  public var multiplyAdds: Double {
    nodes.reduce(0) { total, node in
      let result = Double(values[node.output].shape.reduce(1, *))
      switch node.operation {
      case .convolution(let convolution):
        return total + result * Double(convolution.weights.shape.dropFirst().reduce(1, *))
      case .transposedConvolution(let convolution):
        let source = Double(values[node.inputs[0]].shape.reduce(1, *))
        return total + source * Double(convolution.weights.shape.dropFirst().reduce(1, *))
      case .linear(let linear):
        return total + result * Double(linear.weights.shape.last ?? 0)
      case .matrixProduct:
        return total + result * Double(values[node.inputs[0]].shape.last ?? 0)
      default:
        return total
      }
    }
  }
}
