/// Normalisations by statistics of each input's own numbers.
enum StatisticOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("LayerNormalization", since: 17, lower: layerNormalization),
    OperatorDefinition("RMSNormalization", since: 23, lower: rootMeanSquareNormalization),
    OperatorDefinition("MeanVarianceNormalization", since: 9, lower: meanVarianceNormalization),
    OperatorDefinition("LpNormalization", lower: lengthNormalization),
  ]

  static func mean(
    _ x: ValueID, _ axes: [Int], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    try ReductionOperators.emit(.plain(.mean), x, axes, call, &builder)
  }

  /// √(mean of x² + ε) along the axes.
  static func rootMeanSquare(
    _ x: ValueID, _ axes: [Int], epsilon: Float, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let squares = try mean(builder.binary(call, .multiply, x, x), axes, call, &builder)
    let shifted = try builder.affine(call, squares, shift: .number(Double(epsilon), call))
    return try builder.unary(call, .sqrt, shifted)
  }

  /// The axes from the attribute on.
  private static func trailingAxes(_ call: OperatorCall, _ shape: [Int]) throws -> [Int] {
    Array(try call.axis(call.int("axis") ?? -1, rank: shape.count)..<shape.count)
  }

  /// y = γ·(x − μ)/√(v + ε) + β with the mean μ and the variance v over the axes from `axis` on.
  ///
  /// The other outputs are μ and 1/√(v + ε) (Ba, Kiros, Hinton 2016, arXiv:1607.06450).
  private static let layerNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let axes = try trailingAxes(call, builder.shape(x))
    let center = try mean(x, axes, call, &builder)
    let centered = try builder.binary(call, .subtract, x, center)
    let epsilon = try call.float("epsilon") ?? 1e-5
    let deviation = try rootMeanSquare(centered, axes, epsilon: epsilon, call, &builder)
    let normalized = try builder.binary(call, .divide, centered, deviation)
    let scaled = try builder.affine(
      call, normalized, scale: call.constant(1, "scale"), shift: call.optionalConstant(2, "bias"))
    let reciprocal = try builder.unary(call, .reciprocal, deviation)
    return [.value(scaled), .value(center), .value(reciprocal)]
  }

  /// y = γ·x/√(mean of x² + ε) (Zhang, Sennrich 2019, arXiv:1910.07467).
  private static let rootMeanSquareNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let axes = try trailingAxes(call, builder.shape(x))
    let epsilon = try call.float("epsilon") ?? 1e-5
    let size = try rootMeanSquare(x, axes, epsilon: epsilon, call, &builder)
    let normalized = try builder.binary(call, .divide, x, size)
    return [.value(try builder.affine(call, normalized, scale: call.constant(1, "scale")))]
  }

  /// y = (x − μ)/(√v + 1e-9).
  private static let meanVarianceNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let axes = try call.axes(call.ints("axes") ?? [0, 2, 3], rank: builder.shape(x).count)
    let centered = try builder.binary(call, .subtract, x, mean(x, axes, call, &builder))
    let deviation = try rootMeanSquare(centered, axes, epsilon: .leastNormalMagnitude, call, &builder)
    let divisor = try builder.affine(call, deviation, shift: .number(1e-9, call))
    return [.value(try builder.binary(call, .divide, centered, divisor))]
  }

  /// y = x/‖x‖ along one axis, 0 where x is.
  private static let lengthNormalization: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let axis = try call.axis(call.int("axis") ?? -1, rank: builder.shape(x).count)
    switch try call.int("p") ?? 2 {
    case 1: return [.value(try normalized(x, by: .absoluteSum, along: axis, call, &builder))]
    case 2: return [.value(try normalized(x, by: .length, along: axis, call, &builder))]
    case let p: throw call.invalid("p is \(p); it must be 1 or 2")
    }
  }

  /// x over a norm along one axis, 0 where x is.
  static func normalized(
    _ x: ValueID, by norm: ReductionOperators.Function, along axis: Int, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let size = try ReductionOperators.emit(norm, x, [axis], call, &builder)
    let positive = UnaryFunction.clip(lower: .leastNormalMagnitude, upper: .infinity)
    return try builder.binary(call, .divide, x, builder.unary(call, positive, size))
  }
}
