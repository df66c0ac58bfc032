/// Operators that take parts of an array.
enum SliceOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Slice", lower: slice),
    OperatorDefinition("Split", lower: split),
  ]

  /// A strided sub-box of an operand.
  static func box(
    _ operand: Operand, starts: [Int], steps: [Int], shape: [Int], _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    let from = builder.shape(operand)
    if shape == from, steps.allSatisfy({ $0 == 1 }) { return operand }
    switch operand {
    case .value(let x):
      if shape.contains(0) {
        // Nothing of it depends on the input.
        return .constant(Constant(name: call.node.name, shape: shape, .single([])))
      }
      return .value(
        try builder.emit(call, .slice(Slice(starts: starts, steps: steps)), [x], shape: shape))
    case .constant(let constant):
      try builder.spend(shape.reduce(1, *), on: call)
      let strides = Extents.strides(from)
      let start = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
      let indices = Extents.indices(shape: shape, start: start, steps: zip(steps, strides).map { $0 * $1 })
      return .constant(constant.gathered(indices, shape: shape))
    }
  }

  private static let slice: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let given: (starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?)
    if call.opset < 10 {
      given = (try call.ints("starts") ?? [], try call.ints("ends") ?? [], try call.ints("axes"), nil)
    } else {
      given = (
        try call.integers(1, "starts") ?? [], try call.integers(2, "ends") ?? [],
        try call.integers(3, "axes"), try call.integers(4, "steps")
      )
    }
    let axes = given.axes ?? Array(given.starts.indices)
    let count = given.starts.count
    guard given.ends.count == count, axes.count == count, given.steps?.count ?? count == count,
      try call.axes(axes, rank: from.count).count == count
    else { throw call.invalid("its starts, ends, axes and steps are not as many") }

    var starts = [Int](repeating: 0, count: from.count)
    var steps = [Int](repeating: 1, count: from.count)
    var shape = from
    for (index, axis) in axes.enumerated() {
      let axis = try call.axis(axis, rank: from.count)
      let extent = from[axis]
      let step = given.steps?[index] ?? 1
      // Steps larger than the axis select one element, whatever their size.
      guard step != 0 else { throw call.invalid("a step is 0") }
      let bounded = min(max(step, -extent - 1), extent + 1)
      let lowest = bounded > 0 ? 0 : -1
      let highest = bounded > 0 ? extent : extent - 1
      func place(_ index: Int, lowest: Int) -> Int {
        let counted = index < 0 ? max(index, -extent - 1) + extent : index
        return min(max(counted, lowest), highest)
      }
      let start = place(given.starts[index], lowest: 0)
      let end = place(given.ends[index], lowest: lowest)
      let span = bounded > 0 ? end - start : start - end
      let size = abs(bounded)
      shape[axis] = span > 0 ? (span + size - 1) / size : 0
      starts[axis] = shape[axis] == 0 ? 0 : start
      steps[axis] = shape[axis] == 1 ? 1 : bounded
    }
    return [try box(operand, starts: starts, steps: steps, shape: shape, call, &builder)]
  }

  private static let split: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let axis = try call.axis(call.int("axis") ?? 0, rank: from.count)
    let parts = call.node.outputs.count
    var extents = call.opset >= 13 ? try call.integers(1, "split") : try call.ints("split")
    if extents == nil {
      let count = try call.int("num_outputs") ?? parts
      guard count == parts, count >= 1 else { throw call.invalid("num_outputs is not the number of outputs") }
      let size = (from[axis] + count - 1) / count
      extents = (0..<count).map { min(size, from[axis] - $0 * size) }
    }
    guard let extents, extents.count == parts, extents.allSatisfy({ $0 >= 0 }),
      extents.allSatisfy({ $0 <= from[axis] }), extents.reduce(0, +) == from[axis]
    else { throw call.invalid("its parts do not add up to the extent \(from[axis]) of axis \(axis)") }

    var start = 0
    return try extents.map { extent in
      var starts = [Int](repeating: 0, count: from.count)
      starts[axis] = start
      start += extent
      var shape = from
      shape[axis] = extent
      return try box(
        operand, starts: starts, steps: starts.map { _ in 1 }, shape: shape, call, &builder)
    }
  }
}
