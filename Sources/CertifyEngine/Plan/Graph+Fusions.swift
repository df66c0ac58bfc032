import CertifyModel

extension Graph {
  /// The operations that a plan without gradients evaluates as one, by kind, most frequent first.
  ///
  /// "convolution + add + relu": the sum with another value and the function are applied as the layer's result
  /// is written.
  public var fusions: [OperationCount] {
    let groups = FusedNode.schedule(self, gradients: false)
    return OperationCount.counts(
      of: groups.compactMap { group in
        let parts =
          [group.node.operation.name] + (group.addend == nil ? [] : ["add"])
          + (group.activation.map { [$0.name] } ?? [])
        return parts.count > 1 ? parts.joined(separator: " + ") : nil
      })
  }
}
