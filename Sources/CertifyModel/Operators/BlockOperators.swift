/// Operators that exchange channels and places.
enum BlockOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("DepthToSpace", lower: depthToSpace),
    OperatorDefinition("SpaceToDepth", lower: spaceToDepth),
  ]

  private static func block(_ call: OperatorCall, _ shape: [Int]) throws -> (size: Int, columnsFirst: Bool) {
    guard shape.count == 4, let size = try call.int("blocksize"), (1...(1 << 10)).contains(size) else {
      throw call.invalid("a blocksize is missing or does not fit \(shape)")
    }
    switch try call.string("mode") ?? "DCR" {
    case "DCR": return (size, false)
    case "CRD": return (size, true)
    case let other: throw call.invalid("mode '\(other)' is unknown")
    }
  }

  /// [N, b²·C, H, W] → [N, C, b·H, b·W].
  private static let depthToSpace: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let (size, columnsFirst) = try block(call, shape)
    guard shape[1].isMultiple(of: size * size) else {
      throw call.invalid("\(shape[1]) channels are not blocks of \(size)×\(size)")
    }
    let channels = shape[1] / (size * size)
    let split =
      columnsFirst
      ? [shape[0], channels, size, size, shape[2], shape[3]]
      : [shape[0], size, size, channels, shape[2], shape[3]]
    let order = columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
    let parts = try ShapeOperators.reshaped(operand, split, call, &builder)
    let moved = try builder.transposed(call, parts, order)
    let output = [shape[0], channels, shape[2] * size, shape[3] * size]
    return [try ShapeOperators.reshaped(moved, output, call, &builder)]
  }

  /// [N, C, b·H, b·W] → [N, b²·C, H, W].
  private static let spaceToDepth: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let (size, columnsFirst) = try block(call, shape)
    guard shape[2].isMultiple(of: size), shape[3].isMultiple(of: size) else {
      throw call.invalid("\(shape) does not divide into blocks of \(size)×\(size)")
    }
    let (rows, columns) = (shape[2] / size, shape[3] / size)
    let parts = try ShapeOperators.reshaped(
      operand, [shape[0], shape[1], rows, size, columns, size], call, &builder)
    let moved = try builder.transposed(call, parts, columnsFirst ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4])
    let output = [shape[0], shape[1] * size * size, rows, columns]
    return [try ShapeOperators.reshaped(moved, output, call, &builder)]
  }
}
