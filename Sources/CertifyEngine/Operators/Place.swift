import CertifyModel

extension PlanBuilder {
  /// The place of the extremum along one axis; no gradient passes.
  func place(_ node: Node, _ reduction: Reduction, kept: [Int], sign: Float, isLast: Bool) throws -> Pullback
  {
    let source = shape(node.inputs[0])
    guard let axis = reduction.axes.first, reduction.axes.count == 1 else {
      throw EngineError.unsupported(
        node: node.name, reason: "places are along one axis, not \(reduction.axes)")
    }
    let input = try plainSlot(node.inputs[0])
    let output = temporary(try .plain(kept))
    let outer = source[..<axis].reduce(1, *)
    let extent = source[axis]
    let inner = source[(axis + 1)...].reduce(1, *)
    emit(reads: [input], writes: [output]) {
      for block in 0..<outer {
        for column in 0..<inner {
          let from = input.floats + block * extent * inner + column
          var best = 0
          for k in 1..<max(extent, 1) {
            let (x, y) = (sign * from[k * inner], sign * from[best * inner])
            if x > y || (isLast && x == y) { best = k }
          }
          output.floats[block * inner + column] = Float(best)
        }
      }
    }
    define(node.output, try view(output, as: shape(node.output)))
    return { _ in }
  }
}
