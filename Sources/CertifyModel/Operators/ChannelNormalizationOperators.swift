/// Normalisations by the statistics of channels or of groups of them.
enum ChannelNormalizationOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("InstanceNormalization", lower: instanceNormalization),
    OperatorDefinition(
      "GroupNormalization", opsets: 18...OperatorTable.supportedOpsets.upperBound, lower: groupNormalization),
    OperatorDefinition("LRN", lower: localResponseNormalization),
  ]

  /// (x − μ)/√(v + ε) with the mean μ and the variance v over the axes from `first` on.
  private static func standardized(
    _ call: OperatorCall, _ x: ValueID, from first: Int, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let axes = Array(first..<builder.shape(x).count)
    let center = try StatisticOperators.mean(x, axes, call, &builder)
    let centered = try builder.binary(call, .subtract, x, center)
    let deviation = try StatisticOperators.rootMeanSquare(
      centered, axes, epsilon: call.float("epsilon") ?? 1e-5, call, &builder)
    return try builder.binary(call, .divide, centered, deviation)
  }

  /// A constant of one number for each of `count` channels or groups, with axes for the places.
  private static func parameter(
    _ call: OperatorCall, _ index: Int, _ what: String, count: Int, places: Int
  ) throws -> Constant {
    let constant = try call.constant(index, what)
    guard constant.shape == [count] else {
      throw call.invalid("its \(what) of shape \(constant.shape) does not fit \(count)")
    }
    return constant.reshaped([count] + [Int](repeating: 1, count: places))
  }

  /// y = γ·(x − μ)/√(v + ε) + β by the statistics of each channel (Ulyanov et al. 2016, arXiv:1607.08022).
  private static let instanceNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard shape.count >= 3 else { throw call.invalid("\(shape) has no spatial axis") }
    let normalized = try standardized(call, x, from: 2, &builder)
    let y = try builder.affine(
      call, normalized, scale: parameter(call, 1, "scale", count: shape[1], places: shape.count - 2),
      shift: parameter(call, 2, "bias", count: shape[1], places: shape.count - 2))
    return [.value(y)]
  }

  /// The same by the statistics of groups of channels (Wu, He 2018, arXiv:1803.08494).
  ///
  /// γ and β have one number a group before opset 21, one a channel since.
  private static let groupNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard shape.count >= 2, let groups = try call.int("num_groups"), groups >= 1,
      shape[1].isMultiple(of: groups)
    else { throw call.invalid("num_groups is missing or does not fit \(shape)") }
    let size = shape[1...].reduce(1, *) / groups
    let grouped = try builder.reshape(call, x, [shape[0], groups, size])
    var y = try standardized(call, grouped, from: 2, &builder)
    func scaled(count: Int, places: Int) throws -> ValueID {
      try builder.affine(
        call, y, scale: parameter(call, 1, "scale", count: count, places: places),
        shift: parameter(call, 2, "bias", count: count, places: places))
    }
    if call.opset < 21 { y = try scaled(count: groups, places: 1) }
    y = try builder.reshape(call, y, shape)
    if call.opset >= 21 { y = try scaled(count: shape[1], places: shape.count - 2) }
    return [.value(y)]
  }

  /// y = x·(k + α/n·Σ x²)^−β, the sum over n neighbouring channels (Krizhevsky, Sutskever, Hinton 2012).
  private static let localResponseNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard shape.count >= 2, let size = try call.int("size"), (1...(1 << 16)).contains(size) else {
      throw call.invalid("its size is missing or does not fit \(shape)")
    }
    let alpha = try call.float("alpha") ?? 1e-4
    let beta = try call.float("beta") ?? 0.75
    let offset = Double(try call.float("bias") ?? 1)
    try builder.spend(shape[1] * min(size, shape[1]), on: call)
    let neighbours = (0..<shape[1]).map { channel in
      (max(0, channel - (size - 1) / 2)...min(shape[1] - 1, channel + size / 2)).map {
        (column: $0, weight: alpha / Float(size))
      }
    }
    let squares = try builder.binary(call, .multiply, x, x)
    let sum = try builder.modeProduct(
      call, squares, axis: 1, SparseMatrix(columnCount: shape[1], rows: neighbours))
    let shifted = try builder.affine(
      call, sum, shift: .number(offset, call))
    let factor = try builder.unary(call, .power(exponent: -beta), shifted)
    return [.value(try builder.binary(call, .multiply, x, factor))]
  }
}
