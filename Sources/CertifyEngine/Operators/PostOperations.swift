import CDNNL
import CertifyModel

extension PlanBuilder {
  /// What a fused operation does to its result before writing it.
  func postOperations(_ group: FusedNode) throws -> [PostOperation] {
    var operations: [PostOperation] = []
    if group.addend != nil { operations.append(.sum) }
    if let activation = group.activation, let kernel = EltwiseKernel(activation) {
      operations.append(.eltwise(kernel))
    }
    return operations
  }

  /// The slot a fused operation writes: it already holds the residual when there is one.
  ///
  /// - Parameter byteCount: The bytes its buffer must have, when those are more than the layout needs.
  func destination(_ group: FusedNode, layout: Layout, byteCount: Int = 0) throws -> Slot {
    guard let addend = group.addend else { return temporary(layout, byteCount: byteCount) }
    let residual = try slot(addend)
    if residual.buffer.byteCount >= byteCount, try mayOverwrite(addend), residual.layout.isEqual(to: layout) {
      return residual
    }
    let result = temporary(layout, byteCount: byteCount)
    try copy(residual, to: result)
    return result
  }

  /// Pulls a gradient back through the activation and the residual addition of a fused operation.
  func pullBackPostOperations(_ group: FusedNode, _ gradient: Slot) throws -> Slot {
    var gradient = gradient
    if let activation = group.activation {
      gradient = try pullBack(
        activation, gradient: gradient, argument: nil, result: slot(group.output), node: group.node.name)
    }
    if let addend = group.addend { try accumulate(gradient, into: addend) }
    return gradient
  }
}
