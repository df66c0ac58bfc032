import CertifyModel

extension PlanBuilder {
  /// y = M·x along one axis; the product is Mᵀ·v along it.
  func modeProduct(_ product: ModeProduct, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let result = shape(node.output)
    define(node.output, try multiply(product.matrix, plainSlot(source), axis: product.axis, to: result))
    return { [self] gradient in
      let upstream = try reorder(gradient, to: .plain(result))
      try accumulate(
        multiply(product.matrix.transposed, upstream, axis: product.axis, to: shape(source)), into: source)
    }
  }

  /// A matrix applied to a plain slot along one axis.
  private func multiply(
    _ matrix: SparseMatrix, _ slot: Slot, axis: Int, to shape: [Int]
  ) throws -> Slot {
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    let result = temporary(try .plain(shape))
    emit(reads: [slot], writes: [result]) {
      for block in 0..<outer {
        matrix.multiply(
          slot.floats + block * matrix.columnCount * inner, width: inner,
          into: result.floats + block * matrix.rowCount * inner)
      }
    }
    return result
  }
}

extension SparseMatrix {
  /// result[i, :] = Σⱼ M[i, j]·source[j, :], rows of `width` numbers.
  fileprivate func multiply(
    _ source: UnsafePointer<Float>, width: Int, into result: UnsafeMutablePointer<Float>
  ) {
    columns.withUnsafeBufferPointer { columns in
      weights.withUnsafeBufferPointer { weights in
        rowStarts.withUnsafeBufferPointer { starts in
          for row in 0..<(starts.count - 1) {
            let entries = Int(starts[row])..<Int(starts[row + 1])
            if width == 1 {
              var sum: Float = 0
              for entry in entries { sum += weights[entry] * source[Int(columns[entry])] }
              result[row] = sum
              continue
            }
            let to = result + row * width
            to.update(repeating: 0, count: width)
            for entry in entries {
              let from = source + Int(columns[entry]) * width
              let weight = weights[entry]
              for i in 0..<width { to[i] += weight * from[i] }
            }
          }
        }
      }
    }
  }
}
