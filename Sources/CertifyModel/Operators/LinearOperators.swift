/// Matrix products.
enum LinearOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Gemm", lower: gemm),
    OperatorDefinition("MatMul", lower: matMul),
  ]

  /// Y = α·A′·B′ + β·C, where ′ transposes if asked to.
  private static let gemm: OperatorDefinition.Lower = { call, builder in
    let alpha = Double(try call.float("alpha") ?? 1)
    let beta = Double(try call.float("beta") ?? 1)
    let a = try call.input(0)
    let b = try call.input(1)
    guard builder.shape(a).count == 2, builder.shape(b).count == 2 else {
      throw call.invalid("its matrices must have rank 2")
    }
    let transA = try call.flag("transA", default: false)
    let transB = try call.flag("transB", default: false)

    var product: ValueID
    var bias = call.optionalInput(2)
    switch (a, b) {
    case (.value(let a), .constant(let b)):
      let left = transA ? try builder.transpose(call, a, [1, 0]) : a
      let weights = try scaled(try transB ? b : transposed(call, b, &builder), by: alpha, call, &builder)
      if case .constant(let c)? = bias, let row = try rowBias(c, beta: beta, outputs: weights.shape[0], call)
      {
        product = try linear(call, left, weights, bias: row, &builder)
        bias = nil
      } else {
        product = try linear(call, left, weights, bias: nil, &builder)
      }
    case (.constant(let a), .value(let b)):
      // A·B = (Bᵀ·Aᵀ)ᵀ.
      let right = transB ? b : try builder.transpose(call, b, [1, 0])
      let weights = try scaled(try transA ? transposed(call, a, &builder) : a, by: alpha, call, &builder)
      product = try builder.transpose(call, linear(call, right, weights, bias: nil, &builder), [1, 0])
    case (.value(let a), .value(let b)):
      let left = transA ? try builder.transpose(call, a, [1, 0]) : a
      let right = transB ? try builder.transpose(call, b, [1, 0]) : b
      product = try matrixProduct(call, left, right, &builder)
      if alpha != 1 {
        product = try builder.affine(call, product, scale: .number(alpha, call))
      }
    case (.constant, .constant):
      throw call.unsupported("both of its matrices are constants", help: "simplify the model (onnxsim)")
    }
    switch bias {
    case nil: break
    case .constant(let c):
      let shift = beta == 1 ? c : Constant(name: c.name, shape: c.shape, .double(c.doubles.map { $0 * beta }))
      product = try builder.affine(call, product, shift: shift)
    case .value(let c):
      let term = beta == 1 ? c : try builder.affine(call, c, scale: .number(beta, call))
      product = try builder.binary(call, .add, product, term)
    }
    return [.value(product)]
  }

  /// The product of the last two axes, broadcast over the others.
  ///
  /// A vector is a row on the left and a column on the right; the axis of extent 1 is dropped again.
  private static let matMul: OperatorDefinition.Lower = { call, builder in
    var (left, right) = (try call.input(0), try call.input(1))
    let isVector = (left: builder.shape(left).count == 1, right: builder.shape(right).count == 1)
    if isVector.left { left = try ShapeOperators.reshaped(left, [1] + builder.shape(left), call, &builder) }
    if isVector.right {
      right = try ShapeOperators.reshaped(right, builder.shape(right) + [1], call, &builder)
    }
    let product = try product(call, left, right, &builder)
    var shape = builder.shape(product)
    if isVector.right { shape.removeLast() }
    if isVector.left { shape.remove(at: shape.count - (isVector.right ? 1 : 2)) }
    return [try ShapeOperators.reshaped(product, shape, call, &builder)]
  }

  /// A product of operands of rank 2 or more.
  static func product(
    _ call: OperatorCall, _ left: Operand, _ right: Operand, _ builder: inout GraphBuilder
  ) throws -> Operand {
    switch (left, right) {
    case (.value(let x), .constant(let constant)):
      if isBatch(constant) {
        return .value(try matrixProduct(call, x, builder.materialize(call, constant, like: x), &builder))
      }
      let weights = try transposed(call, matrix(constant, call), &builder)
      let y = try linear(call, x, weights, bias: nil, &builder)
      let shape = leadingAxes(constant, builder.shape(x)) + builder.shape(y)
      return .value(try builder.reshape(call, y, shape))
    case (.constant(let constant), .value(let x)):
      if isBatch(constant) {
        return .value(try matrixProduct(call, builder.materialize(call, constant, like: x), x, &builder))
      }
      // A·x = (xᵀ·Aᵀ)ᵀ.
      let turned = try linear(call, swapped(call, x, &builder), matrix(constant, call), bias: nil, &builder)
      let y = try swapped(call, turned, &builder)
      let shape = leadingAxes(constant, builder.shape(x)) + builder.shape(y)
      return .value(try builder.reshape(call, y, shape))
    case (.value(let a), .value(let b)):
      return .value(try matrixProduct(call, a, b, &builder))
    case (.constant(let a), .constant(let b)):
      return .constant(try folded(a, b, call, &builder))
    }
  }

  /// The product of two constants.
  private static func folded(
    _ a: Constant, _ b: Constant, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Constant {
    let (leading, rows, inner, columns) = try productExtents(a.shape, b.shape, call)
    let matrices = Extents.product(leading) ?? 0
    guard let work = Extents.product([matrices, rows, inner, columns]) else {
      throw call.invalid("shapes \(a.shape) and \(b.shape) make too much")
    }
    try builder.spend(work, on: call)
    let left = Extents.broadcastIndices(Array(a.shape.dropLast(2)), to: leading)
    let right = Extents.broadcastIndices(Array(b.shape.dropLast(2)), to: leading)
    let (x, y) = (a.doubles, b.doubles)
    var result: [Double] = []
    result.reserveCapacity(matrices * rows * columns)
    for (i, j) in zip(left, right) {
      for row in 0..<rows {
        for column in 0..<columns {
          result.append(
            (0..<inner).reduce(0) {
              $0 + x[(i * rows + row) * inner + $1] * y[(j * inner + $1) * columns + column]
            })
        }
      }
    }
    let name = call.node.outputs.first ?? call.node.name
    return Constant(name: name, shape: leading + [rows, columns], .double(result))
  }

  /// The leading extents, rows, inner extent and columns of a product.
  private static func productExtents(
    _ left: [Int], _ right: [Int], _ call: OperatorCall
  ) throws -> (leading: [Int], rows: Int, inner: Int, columns: Int) {
    guard left.count >= 2, right.count >= 2, left[left.count - 1] == right[right.count - 2],
      let leading = Extents.broadcast(left.dropLast(2), right.dropLast(2))
    else { throw call.invalid("shapes \(left) and \(right) cannot be multiplied") }
    return (leading, left[left.count - 2], left[left.count - 1], right[right.count - 1])
  }

  /// The axes of extent 1 that a constant of higher rank than x adds to their product.
  private static func leadingAxes(_ constant: Constant, _ x: [Int]) -> [Int] {
    [Int](repeating: 1, count: max(0, constant.shape.count - x.count))
  }

  /// The last two axes exchanged, by a reshape where that is enough.
  private static func swapped(
    _ call: OperatorCall, _ x: ValueID, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let from = builder.shape(x)
    let last = from.count - 1
    var permutation = Array(from.indices)
    permutation.swapAt(last - 1, last)
    if from[last] == 1 || from[last - 1] == 1 {
      return try builder.reshape(call, x, permutation.map { from[$0] })
    }
    return try builder.transpose(call, x, permutation)
  }

  private static func matrixProduct(
    _ call: OperatorCall, _ a: ValueID, _ b: ValueID, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let (leading, rows, _, columns) = try productExtents(builder.shape(a), builder.shape(b), call)
    return try builder.emit(call, .matrixProduct, [a, b], shape: leading + [rows, columns])
  }

  private static func linear(
    _ call: OperatorCall, _ x: ValueID, _ weights: Constant, bias: Tensor?, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let shape = builder.shape(x)
    guard shape.last == weights.shape[1] else {
      throw call.invalid("\(shape) does not fit a matrix with \(weights.shape[1]) inputs")
    }
    return try builder.emit(
      call, .linear(Linear(weights: try weights.tensor(), bias: bias)), [x],
      shape: shape.dropLast() + [weights.shape[0]])
  }

  private static func isBatch(_ constant: Constant) -> Bool {
    constant.shape.dropLast(2).contains { $0 != 1 }
  }

  /// A constant of rank 2 or more, with leading extents of 1, as a matrix.
  private static func matrix(_ constant: Constant, _ call: OperatorCall) throws -> Constant {
    guard constant.shape.count >= 2 else { throw call.invalid("its matrix is a scalar") }
    return constant.reshaped(Array(constant.shape.suffix(2)))
  }

  private static func transposed(
    _ call: OperatorCall, _ matrix: Constant, _ builder: inout GraphBuilder
  ) throws -> Constant {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    if rows == 1 || columns == 1 { return matrix.reshaped([columns, rows]) }
    try builder.spend(matrix.count, on: call)
    guard case .single(let elements) = matrix.storage else {
      return matrix.gathered(
        Extents.indices(shape: [columns, rows], start: 0, steps: [1, columns]), shape: [columns, rows])
    }
    let result = [Float](unsafeUninitializedCapacity: elements.count) { buffer, count in
      elements.withUnsafeBufferPointer { source in
        for column in 0..<columns {
          for row in 0..<rows { buffer[column * rows + row] = source[row * columns + column] }
        }
      }
      count = elements.count
    }
    return Constant(name: matrix.name, shape: [columns, rows], .single(result))
  }

  private static func scaled(
    _ matrix: Constant, by factor: Double, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Constant {
    if factor == 1 { return matrix }
    try builder.spend(matrix.count, on: call)
    return Constant(name: matrix.name, shape: matrix.shape, .double(matrix.doubles.map { $0 * factor }))
  }

  /// β·C as one number an output, or `nil` if C differs from row to row.
  private static func rowBias(
    _ c: Constant, beta: Double, outputs: Int, _ call: OperatorCall
  ) throws -> Tensor? {
    guard c.shape.count <= 2, c.count == outputs || c.count == 1, c.shape.last ?? 1 == c.count else {
      return nil
    }
    if beta == 1, c.count == outputs { return try c.reshaped([outputs]).tensor() }
    let row = c.doubles.map { $0 * beta }
    let full = row.count == outputs ? row : [Double](repeating: row[0], count: outputs)
    return try Constant(name: c.name, shape: [outputs], .double(full)).tensor()
  }
}
