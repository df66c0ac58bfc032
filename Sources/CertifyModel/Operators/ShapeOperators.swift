/// Operators that move elements without changing them, and those that read shapes.
enum ShapeOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Identity") { call, _ in [try call.input(0)] },
    OperatorDefinition("Flatten", lower: flatten),
    OperatorDefinition("Reshape", lower: reshape),
    OperatorDefinition("Squeeze", lower: squeeze),
    OperatorDefinition("Unsqueeze", lower: unsqueeze),
    OperatorDefinition("Transpose", lower: transpose),
    OperatorDefinition("Shape", lower: shape),
    OperatorDefinition("Size", lower: size),
  ]

  /// The operand's elements in another shape.
  static func reshaped(
    _ operand: Operand, _ shape: [Int], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    switch operand {
    case .constant(let constant):
      guard Extents.product(shape) == constant.count else {
        throw call.invalid("\(constant.shape) cannot be reshaped to \(shape)")
      }
      return .constant(constant.reshaped(shape))
    case .value(let x): return .value(try builder.reshape(call, x, shape))
    }
  }

  private static let flatten: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let given = try call.int("axis") ?? 1
    let axis = given == shape.count ? given : try call.axis(given, rank: shape.count)
    let output = [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    return [try reshaped(operand, output, call, &builder)]
  }

  private static let reshape: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    guard var target = try call.integers(1, "shape") else { throw call.invalid("its shape is missing") }
    let allowsZero = try call.flag("allowzero", default: false)
    if !allowsZero {
      for axis in target.indices where target[axis] == 0 {
        guard axis < from.count else { throw call.invalid("\(target) copies an axis that \(from) lacks") }
        target[axis] = from[axis]
      }
    }
    if let free = target.firstIndex(of: -1) {
      let others = target.indices.filter { $0 != free }.map { target[$0] }
      guard let known = Extents.product(others), known > 0, let count = Extents.product(from),
        count % known == 0
      else { throw call.invalid("\(from) cannot be reshaped to \(target)") }
      target[free] = count / known
    }
    return [try reshaped(operand, target, call, &builder)]
  }

  private static func axes(_ call: OperatorCall) throws -> [Int]? {
    call.opset >= 13 ? try call.integers(1, "axes") : try call.ints("axes")
  }

  private static let squeeze: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let dropped: [Int]
    if let named = try axes(call) {
      dropped = try call.axes(named, rank: shape.count)
      guard dropped.allSatisfy({ shape[$0] == 1 }) else {
        throw call.invalid("axes \(named) of \(shape) do not all have extent 1")
      }
    } else if case .value = operand {
      // Axis 0 holds the batch, of which the file shows only one size.
      dropped = shape.indices.dropFirst().filter { shape[$0] == 1 }
    } else {
      dropped = shape.indices.filter { shape[$0] == 1 }
    }
    let output = shape.indices.filter { !dropped.contains($0) }.map { shape[$0] }
    return [try reshaped(operand, output, call, &builder)]
  }

  private static let unsqueeze: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    var shape = builder.shape(operand)
    guard let named = try axes(call) else { throw call.invalid("its axes are missing") }
    for axis in try call.axes(named, rank: shape.count + named.count) { shape.insert(1, at: axis) }
    return [try reshaped(operand, shape, call, &builder)]
  }

  private static let transpose: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let permutation = try call.ints("perm") ?? Array(shape.indices.reversed())
    guard permutation.sorted() == Array(shape.indices) else {
      throw call.invalid("perm \(permutation) is not a permutation of the axes of \(shape)")
    }
    return [try builder.transposed(call, operand, permutation)]
  }

  private static let shape: OperatorDefinition.Lower = { call, builder in
    let shape = builder.shape(try call.input(0))
    func bound(_ name: String, default fallback: Int) throws -> Int {
      let given = try call.int(name) ?? fallback
      return min(max(given < 0 ? given + shape.count : given, 0), shape.count)
    }
    let start = try bound("start", default: 0)
    let end = try bound("end", default: shape.count)
    let extents = start < end ? Array(shape[start..<end]) : []
    return [
      .constant(
        Constant(
          name: call.node.outputs.first ?? call.node.name, shape: [extents.count], .integer(extents)))
    ]
  }

  private static let size: OperatorDefinition.Lower = { call, builder in
    let count = Extents.product(builder.shape(try call.input(0))) ?? 0
    return [.constant(Constant(name: call.node.name, shape: [], .integer([count])))]
  }
}
