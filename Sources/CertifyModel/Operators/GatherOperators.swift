/// Operators that take elements at constant indices.
enum GatherOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Gather", lower: gather),
    OperatorDefinition("GatherElements", lower: gatherElements),
    OperatorDefinition("GatherND", lower: gatherND),
    OperatorDefinition("Compress", lower: compress),
    OperatorDefinition("ReverseSequence", lower: reverseSequence),
    OperatorDefinition("Trilu", lower: triangle),
  ]

  /// Indices as places counted from the front of an axis.
  static func places(
    _ indices: [Int], in extent: Int, _ call: OperatorCall
  ) throws -> [Int] {
    try indices.map { index in
      guard let place = Extents.axis(index, rank: extent) else {
        throw call.invalid("index \(index) is out of range for an axis of \(extent)")
      }
      return place
    }
  }

  /// A constant input of integers with its shape.
  static func indices(_ index: Int, _ call: OperatorCall) throws -> (shape: [Int], elements: [Int]) {
    let constant = try call.constant(index, "index")
    guard let integers = constant.integers else { throw call.invalid("its indices must be integers") }
    return (constant.shape, integers)
  }

  /// Slabs along one axis, in the shape of the indices.
  private static let gather: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let axis = try call.axis(call.int("axis") ?? 0, rank: from.count)
    let index = try indices(1, call)
    let places = try places(index.elements, in: from[axis], call)
    let parts = try slabs(call, operand, places, axis: axis, &builder)
    let output = Array(from[..<axis] + index.shape + from[(axis + 1)...])
    return [try ShapeOperators.reshaped(parts, output, call, &builder)]
  }

  /// The slabs at the given places along one axis.
  static func slabs(
    _ call: OperatorCall, _ operand: Operand, _ places: [Int], axis: Int, _ builder: inout GraphBuilder
  ) throws -> Operand {
    let from = builder.shape(operand)
    var shape = from
    shape[axis] = places.count
    switch operand {
    case .constant(let constant):
      guard let count = Extents.product(shape) else { throw call.invalid("it makes \(shape)") }
      try builder.spend(count, on: call)
      let inner = from[(axis + 1)...].reduce(1, *)
      let outer = from[..<axis].reduce(1, *)
      var sources: [Int] = []
      sources.reserveCapacity(count)
      for block in 0..<outer {
        for place in places {
          let start = (block * from[axis] + place) * inner
          sources.append(contentsOf: start..<(start + inner))
        }
      }
      return .constant(constant.gathered(sources, shape: shape))
    case .value(let x):
      let step = places.count > 1 ? places[1] - places[0] : 1
      guard let first = places.first, step != 0,
        places.indices.allSatisfy({ places[$0] == first + $0 * step })
      else {
        return .value(
          try builder.modeProduct(call, x, axis: axis, SparseMatrix(selecting: places, of: from[axis])))
      }
      var starts = [Int](repeating: 0, count: from.count)
      var steps = [Int](repeating: 1, count: from.count)
      starts[axis] = first
      steps[axis] = step
      return try SliceOperators.box(operand, starts: starts, steps: steps, shape: shape, call, &builder)
    }
  }

  /// The positions, in row-major order, that element indices along one axis stand for.
  static func elementPositions(
    _ index: (shape: [Int], elements: [Int]), axis: Int, in shape: [Int], _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> [Int] {
    guard index.shape.count == shape.count,
      shape.indices.allSatisfy({ $0 == axis || index.shape[$0] <= shape[$0] })
    else { throw call.invalid("indices of shape \(index.shape) do not fit \(shape)") }
    try builder.spend(index.elements.count, on: call)
    var strides = Extents.strides(shape)
    let step = strides[axis]
    strides[axis] = 0
    let bases = Extents.indices(shape: index.shape, start: 0, steps: strides)
    let places = try places(index.elements, in: shape[axis], call)
    return zip(bases, places).map { $0 + $1 * step }
  }

  /// y[…, i, …] = x[…, index[…, i, …], …].
  private static let gatherElements: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let axis = try call.axis(call.int("axis") ?? 0, rank: from.count)
    let index = try indices(1, call)
    let sources = try elementPositions(index, axis: axis, in: from, call, &builder)
    return [try builder.selected(call, operand, sources, shape: index.shape)]
  }

  /// The positions where the slices start that index tuples stand for, and the extents of a slice.
  ///
  /// - Parameter batch: the number of leading axes that indices and array share.
  static func slicePositions(
    _ index: (shape: [Int], elements: [Int]), batch: Int, in shape: [Int], _ call: OperatorCall
  ) throws -> (starts: [Int], slice: [Int]) {
    guard let width = index.shape.last, width >= 1, batch >= 0, batch < index.shape.count,
      batch + width <= shape.count, index.shape.prefix(batch) == shape.prefix(batch)
    else { throw call.invalid("indices of shape \(index.shape) do not fit \(shape)") }
    let strides = Extents.strides(shape)
    let tuples = index.shape.dropLast().reduce(1, *)
    let perBatch = tuples / max(shape.prefix(batch).reduce(1, *), 1)
    let block = batch > 0 ? strides[batch - 1] : 0
    let starts = try (0..<tuples).map { tuple in
      var start = perBatch > 0 ? tuple / perBatch * block : 0
      for k in 0..<width {
        let place = try places([index.elements[tuple * width + k]], in: shape[batch + k], call)[0]
        start += place * strides[batch + k]
      }
      return start
    }
    return (starts, Array(shape[(batch + width)...]))
  }

  /// Slices at index tuples.
  private static let gatherND: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let index = try indices(1, call)
    let (starts, slice) = try slicePositions(
      index, batch: call.int("batch_dims") ?? 0, in: builder.shape(operand), call)
    let output = index.shape.dropLast() + slice
    guard let count = Extents.product(output) else { throw call.invalid("it makes \(output)") }
    try builder.spend(count, on: call)
    let size = slice.reduce(1, *)
    let sources = starts.flatMap { $0..<($0 + size) }
    return [try builder.selected(call, operand, sources, shape: Array(output))]
  }

  /// The slabs along one axis, or the elements in row-major order, where a constant condition holds.
  private static let compress: OperatorDefinition.Lower = { call, builder in
    var operand = try call.input(0)
    guard let condition = try call.constant(1, "condition").bools else {
      throw call.invalid("its condition must be boolean")
    }
    let shape = builder.shape(operand)
    let given = try call.int("axis")
    let axis = try given.map { try call.axis($0, rank: shape.count) } ?? 0
    if given == nil {
      operand = try ShapeOperators.reshaped(operand, [shape.reduce(1, *)], call, &builder)
    }
    let places = condition.indices.filter { condition[$0] }
    guard places.allSatisfy({ $0 < builder.shape(operand)[axis] }) else {
      throw call.invalid("a condition of \(condition.count) elements does not fit \(shape)")
    }
    return [try slabs(call, operand, places, axis: axis, &builder)]
  }

  /// The first elements of each sequence of a batch in reverse order.
  private static let reverseSequence: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let lengths = try indices(1, call).elements
    let batch = try call.axis(call.int("batch_axis") ?? 1, rank: shape.count)
    let time = try call.axis(call.int("time_axis") ?? 0, rank: shape.count)
    guard batch != time, lengths.count == shape[batch], lengths.allSatisfy({ (0...shape[time]).contains($0) })
    else { throw call.invalid("sequences of \(lengths) do not fit \(shape)") }
    let strides = Extents.strides(shape)
    try builder.spend(shape.reduce(1, *), on: call)
    let sources = (0..<shape.reduce(1, *)).map { position -> Int in
      let place = position / strides[time] % shape[time]
      let length = lengths[position / strides[batch] % shape[batch]]
      return place < length ? position + (length - 1 - 2 * place) * strides[time] : position
    }
    return [try builder.selected(call, operand, sources, shape: shape)]
  }

  /// The upper or lower triangle of the matrices in the last two axes, 0 elsewhere.
  private static let triangle: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    guard shape.count >= 2 else { throw call.invalid("\(shape) is not a matrix") }
    let isUpper = try call.flag("upper", default: true)
    let diagonal = Int(try call.scalar(1, "diagonal").flatMap { Int(exactly: $0) } ?? 0)
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    try builder.spend(rows * columns, on: call)
    // |diagonal| may be anything: compare without adding to it.
    let keeps = (0..<rows * columns).map { place -> Bool in
      let offset = place % columns - place / columns
      return isUpper ? offset >= diagonal : offset <= diagonal
    }
    switch operand {
    case .value(let x):
      let mask = Constant(name: call.node.name, shape: [rows, columns], .single(keeps.map { $0 ? 1 : 0 }))
      return [.value(try builder.affine(call, x, scale: mask))]
    case .constant(let constant):
      try builder.spend(constant.count, on: call)
      return [.constant(constant.zeroed { !keeps[$0 % (rows * columns)] })]
    }
  }
}

extension Constant {
  /// The elements with 0 at the positions asked for.
  fileprivate func zeroed(_ isZero: (Int) -> Bool) -> Constant {
    func zeroed<Element>(_ elements: [Element], _ zero: Element) -> [Element] {
      elements.enumerated().map { isZero($0.offset) ? zero : $0.element }
    }
    switch storage {
    case .single(let elements): return Constant(name: name, shape: shape, .single(zeroed(elements, 0)))
    case .double(let elements): return Constant(name: name, shape: shape, .double(zeroed(elements, 0)))
    case .integer(let elements): return Constant(name: name, shape: shape, .integer(zeroed(elements, 0)))
    case .bool(let elements): return Constant(name: name, shape: shape, .bool(zeroed(elements, false)))
    }
  }
}
