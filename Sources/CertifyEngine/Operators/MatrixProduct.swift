import CDNNL
import CertifyModel

extension PlanBuilder {
  /// Y = A·B over the last two axes; the products are V·Bᵀ and Aᵀ·V.
  func matrixProduct(_ node: Node) throws -> Pullback {
    let (left, right) = (node.inputs[0], node.inputs[1])
    let result = shape(node.output)
    guard shape(left).count >= 2, shape(right).count >= 2, result.count >= 2 else {
      throw EngineError.unsupported(node: node.name, reason: "a matrix product of vectors is not supported")
    }
    let batch = Array(result.dropLast(2))
    let leftShape = batch + shape(left).suffix(2)
    let rightShape = batch + shape(right).suffix(2)
    let leftMap = IndexMap.broadcast(from: shape(left), to: leftShape)
    let rightMap = IndexMap.broadcast(from: shape(right), to: rightShape)
    let a = try expand(plainSlot(left), leftMap, to: leftShape)
    let b = try expand(plainSlot(right), rightMap, to: rightShape)
    let output = temporary(try .plain(result))
    try product(a, b, into: output, node: node.name)
    define(node.output, output)

    return { [self] gradient in
      let upstream = try reorder(gradient, to: .plain(result))
      let aGradient = temporary(try .plain(leftShape))
      try product(upstream, transposed(b), into: aGradient, node: node.name)
      try accumulate(contract(aGradient, leftMap, to: shape(left)), into: left)
      let bGradient = temporary(try .plain(rightShape))
      try product(transposed(a), upstream, into: bGradient, node: node.name)
      try accumulate(contract(bGradient, rightMap, to: shape(right)), into: right)
    }
  }

  private func product(_ a: Slot, _ b: Slot, into output: Slot, node: String) throws {
    let primitive = try Primitive("a matrix product", node: node) { descriptor, attributes in
      cdnnl_matmul(
        descriptor, context.engine, a.layout.handle, b.layout.handle, nil, output.layout.handle, attributes)
    }
    try emit(
      primitive, [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, output)], writes: [DNNL_ARG_DST])
  }

  /// A plain slot with its last two axes exchanged, without moving anything.
  private func transposed(_ slot: Slot) throws -> Slot {
    var shape = slot.layout.shape
    let rank = shape.count
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    shape.swapAt(rank - 1, rank - 2)
    strides.swapAt(rank - 1, rank - 2)
    return Slot(buffer: slot.buffer, layout: try .strided(shape, strides: strides))
  }
}
