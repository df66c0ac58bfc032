extension GraphBuilder {
  /// A sparse matrix applied along one axis of x.
  mutating func modeProduct(
    _ call: OperatorCall, _ x: ValueID, axis: Int, _ matrix: SparseMatrix
  ) throws -> ValueID {
    try spend(matrix.entryCount + matrix.rowCount, on: call)
    var shape = shape(x)
    shape[axis] = matrix.rowCount
    return try emit(call, .modeProduct(ModeProduct(axis: axis, matrix: matrix)), [x], shape: shape)
  }

  /// A sparse matrix applied to all elements of x in row-major order; the result has the given shape.
  ///
  /// Where it does the same to every index of axis 0 it is applied to each by itself.
  mutating func mapped(
    _ call: OperatorCall, _ x: ValueID, _ matrix: SparseMatrix, shape: [Int]
  ) throws -> ValueID {
    let rows = self.shape(x).first ?? 1
    let y: ValueID
    if shape.first == rows, let block = matrix.diagonalBlock(count: rows) {
      y = try modeProduct(call, reshape(call, x, [rows, block.columnCount]), axis: 1, block)
    } else {
      y = try modeProduct(call, reshape(call, x, [matrix.columnCount]), axis: 0, matrix)
    }
    return try reshape(call, y, shape)
  }

  /// The elements of an operand at the given positions in row-major order.
  mutating func selected(
    _ call: OperatorCall, _ operand: Operand, _ sources: [Int], shape: [Int]
  ) throws -> Operand {
    try spend(sources.count, on: call)
    switch operand {
    case .constant(let constant): return .constant(constant.gathered(sources, shape: shape))
    case .value(let x):
      let count = self.shape(x).reduce(1, *)
      return .value(try mapped(call, x, SparseMatrix(selecting: sources, of: count), shape: shape))
    }
  }

  /// An operand with its axes in another order.
  mutating func transposed(
    _ call: OperatorCall, _ operand: Operand, _ permutation: [Int]
  ) throws -> Operand {
    switch operand {
    case .value(let x): return .value(try transpose(call, x, permutation))
    case .constant(let constant):
      try spend(constant.count, on: call)
      let strides = Extents.strides(constant.shape)
      let shape = permutation.map { constant.shape[$0] }
      let indices = Extents.indices(shape: shape, start: 0, steps: permutation.map { strides[$0] })
      return .constant(constant.gathered(indices, shape: shape))
    }
  }
}
