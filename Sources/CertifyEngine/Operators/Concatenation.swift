import CertifyModel

extension PlanBuilder {
  /// The inputs one after another along an axis; the product cuts v up again.
  func concatenation(axis: Int, _ node: Node) throws -> Pullback {
    let result = shape(node.output)
    let outer = result[..<axis].reduce(1, *)
    let widths = node.inputs.map { shape($0)[axis...].reduce(1, *) }
    let total = widths.reduce(0, +)
    let inputs = try node.inputs.map { try plainSlot($0) }
    let output = temporary(try .plain(result))
    emit(reads: inputs, writes: [output]) {
      var offset = 0
      for (input, width) in zip(inputs, widths) {
        for row in 0..<outer {
          (output.floats + row * total + offset).update(from: input.floats + row * width, count: width)
        }
        offset += width
      }
    }
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: .plain(result))
      var offset = 0
      for (value, width) in zip(node.inputs, widths) {
        let part = temporary(try .plain(shape(value)))
        let start = offset
        emit(reads: [upstream], writes: [part]) {
          for row in 0..<outer {
            (part.floats + row * width).update(from: upstream.floats + row * total + start, count: width)
          }
        }
        try accumulate(part, into: value)
        offset += width
      }
    }
  }
}
