import CDNNL
import CertifyModel
import Foundation

extension PlanBuilder {
  /// y = a ∘ b with broadcasting; the products are v·∂y/∂a and v·∂y/∂b, summed over repeated axes.
  func binary(_ function: BinaryFunction, _ node: Node) throws -> Pullback {
    let (left, right) = (node.inputs[0], node.inputs[1])
    let result = shape(node.output)
    let leftMap = shape(left) == result ? nil : IndexMap.broadcast(from: shape(left), to: result)
    let rightMap = shape(right) == result ? nil : IndexMap.broadcast(from: shape(right), to: result)
    let a = try leftMap.map { try expand(plainSlot(left), $0, to: result) } ?? slot(left)
    let b = try reorder(
      rightMap.map { try expand(plainSlot(right), $0, to: result) } ?? slot(right), to: a.layout)
    let y: Slot
    if let kind = function.kind {
      y = try binary(kind, a, b, node: node.name)
    } else {
      y = temporary(a.layout)
      let count = a.layout.byteCount / MemoryLayout<Float>.stride
      emit(reads: [a, b], writes: [y]) {
        for i in 0..<count { y.floats[i] = pow(a.floats[i], b.floats[i]) }
      }
    }
    define(node.output, y)

    return { [self] gradient in
      let v = try reorder(gradient, to: a.layout)
      let (aGradient, bGradient) = try pullBack(function, gradient: v, a, b, result: y, node: node.name)
      for (contribution, map, value) in [(aGradient, leftMap, left), (bGradient, rightMap, right)] {
        guard let map else {
          try accumulate(contribution, into: value)
          continue
        }
        let plain = try reorder(contribution, to: .plain(result))
        try accumulate(contract(plain, map, to: shape(value)), into: value)
      }
    }
  }

  /// a ∘ b in the layout of `a`.
  func binary(_ kind: dnnl_alg_kind_t, _ a: Slot, _ b: Slot, node: String) throws -> Slot {
    let primitive = try Primitive("a function of two values", node: node) { descriptor, attributes in
      cdnnl_binary(
        descriptor, context.engine, kind, a.layout.handle, b.layout.handle, a.layout.handle, attributes)
    }
    let result = temporary(a.layout)
    try emit(
      primitive, [(DNNL_ARG_SRC_0, a), (DNNL_ARG_SRC_1, b), (DNNL_ARG_DST, result)], writes: [DNNL_ARG_DST])
    return result
  }

  private func pullBack(
    _ function: BinaryFunction, gradient v: Slot, _ a: Slot, _ b: Slot, result y: Slot, node: String
  ) throws -> (Slot, Slot) {
    switch function {
    case .add:
      return (v, v)
    case .subtract:
      return (v, try eltwise(.linear(scale: -1, shift: 0), v, node: node))
    case .multiply:
      return (try binary(dnnl_binary_mul, v, b, node: node), try binary(dnnl_binary_mul, v, a, node: node))
    case .divide:
      let quotient = try binary(dnnl_binary_div, v, b, node: node)
      let product = try binary(dnnl_binary_mul, quotient, y, node: node)
      return (quotient, try eltwise(.linear(scale: -1, shift: 0), product, node: node))
    case .power:
      let (aGradient, bGradient) = (temporary(a.layout), temporary(a.layout))
      let count = a.layout.byteCount / MemoryLayout<Float>.stride
      emit(reads: [v, a, b, y], writes: [aGradient, bGradient]) {
        for i in 0..<count {
          let (base, exponent) = (a.floats[i], b.floats[i])
          aGradient.floats[i] = exponent == 0 ? 0 : v.floats[i] * exponent * pow(base, exponent - 1)
          // The power of a negative number has no derivative by its exponent.
          bGradient.floats[i] = base > 0 ? v.floats[i] * y.floats[i] * log(base) : 0
        }
      }
      return (aGradient, bGradient)
    case .maximum, .minimum:
      let (aGradient, bGradient) = (temporary(a.layout), temporary(a.layout))
      let count = a.layout.byteCount / MemoryLayout<Float>.stride
      emit(reads: [v, a, b], writes: [aGradient, bGradient]) {
        for i in 0..<count {
          let first = function == .maximum ? a.floats[i] >= b.floats[i] : a.floats[i] <= b.floats[i]
          aGradient.floats[i] = first ? v.floats[i] : 0
          bGradient.floats[i] = first ? 0 : v.floats[i]
        }
      }
      return (aGradient, bGradient)
    }
  }
}

extension BinaryFunction {
  /// `nil` for a function that the kernel library does not have.
  fileprivate var kind: dnnl_alg_kind_t? {
    switch self {
    case .add: dnnl_binary_add
    case .subtract: dnnl_binary_sub
    case .multiply: dnnl_binary_mul
    case .divide: dnnl_binary_div
    case .maximum: dnnl_binary_max
    case .minimum: dnnl_binary_min
    case .power: nil
    }
  }
}
