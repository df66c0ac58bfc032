import CertifyModel

extension PlanBuilder {
  /// Emits an operation's forward steps and returns its vector–Jacobian product.
  func forward(_ group: FusedNode) throws -> Pullback {
    let node = group.node
    switch node.operation {
    case .convolution(let convolution): return try self.convolution(convolution, group)
    case .transposedConvolution(let convolution): return try transposedConvolution(convolution, node)
    case .linear(let linear): return try self.linear(linear, group)
    case .matrixProduct: return try matrixProduct(node)
    case .affine(let affine): return try self.affine(affine, group)
    case .unary(let function): return try unary(function, node)
    case .binary(let function): return try binary(function, node)
    case .choice(let choice): return try self.choice(choice, node)
    case .quantization(let quantization): return try self.quantization(quantization, node)
    case .softmax(let axis): return try softmax(axis: axis, logarithm: false, node)
    case .logSoftmax(let axis): return try softmax(axis: axis, logarithm: true, node)
    case .pooling(let pooling): return try self.pooling(pooling, node)
    case .reduction(let reduction): return try self.reduction(reduction, node)
    case .reshape: return try reshape(node)
    case .concatenation(let axis): return try concatenation(axis: axis, node)
    case .modeProduct(let product): return try modeProduct(product, node)
    case .transpose, .padding, .slice, .broadcast: return try rearrangement(node)
    }
  }
}
