/// Maxima and averages over sliding windows or over all places.
enum PoolingOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("MaxPool", lower: maxPool),
    OperatorDefinition("AveragePool", lower: averagePool),
    OperatorDefinition("GlobalMaxPool", lower: global(.maximum)),
    OperatorDefinition("GlobalAveragePool", lower: global(.mean)),
    OperatorDefinition("LpPool", lower: lengthPool),
    OperatorDefinition("GlobalLpPool", lower: globalLengthPool),
  ]

  private static let maxPool: OperatorDefinition.Lower = { call, builder in
    if call.node.outputs.dropFirst().contains(where: { !$0.isEmpty }) {
      throw call.unsupported("its second output, the indices, is asked for", help: "export without it")
    }
    let x = try call.value(0)
    let window = try window(call, builder.shape(x))
    return [.value(try pool(call, x, .maximum, window, &builder))]
  }

  private static let averagePool: OperatorDefinition.Lower = { call, builder in
    var x = try call.value(0)
    var window = try window(call, builder.shape(x))
    let countsPadding = try call.flag("count_include_pad", default: false)
    if countsPadding, window.overhang.contains(where: { $0 > 0 }) {
      // The padding counts but what reaches past it does not: make the padding real, count what is there.
      let from = builder.shape(x)
      let before = [0, 0] + window.padsBegin
      let after = [0, 0] + window.padsEnd
      let padded = from.indices.map { from[$0] + before[$0] + after[$0] }
      if padded != from {
        let padding = Padding(mode: .constant(0), before: before, after: after)
        x = try builder.emit(call, .padding(padding), [x], shape: padded)
        window.padsBegin = window.padsBegin.map { _ in 0 }
        window.padsEnd = window.padsEnd.map { _ in 0 }
      }
      return [.value(try pool(call, x, .average(countsPadding: false), window, &builder))]
    }
    return [.value(try pool(call, x, .average(countsPadding: countsPadding), window, &builder))]
  }

  /// (Σ |x|ᵖ)^(1/p) over each window.
  private static let lengthPool: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let window = try window(call, builder.shape(x))
    return [
      .value(
        try length(call, x, &builder) { powers, builder in
          let mean = try pool(call, powers, .average(countsPadding: true), window, &builder)
          let size = Constant.number(Double(window.kernel.reduce(1, *)), call)
          return try builder.affine(call, mean, scale: size)
        })
    ]
  }

  /// (Σ |x|ᵖ)^(1/p) over all places.
  private static let globalLengthPool: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    return [.value(try length(call, x, &builder) { try spatial(.sum, call, $0, &$1) })]
  }

  /// The p-th root of sums of p-th powers.
  private static func length(
    _ call: OperatorCall, _ x: ValueID, _ builder: inout GraphBuilder,
    sum: (ValueID, inout GraphBuilder) throws -> ValueID
  ) throws -> ValueID {
    let p = try call.int("p") ?? 2
    guard (1...64).contains(p) else { throw call.unsupported("p is \(p)", help: "1 to 64 are supported") }
    if p == 1 { return try sum(builder.unary(call, .abs, x), &builder) }
    let powers =
      p == 2
      ? try builder.binary(call, .multiply, x, x)
      : try builder.unary(call, .power(exponent: Float(p)), builder.unary(call, .abs, x))
    // The root has no derivative at 0.
    let positive = UnaryFunction.clip(lower: .leastNormalMagnitude, upper: .infinity)
    let bounded = try builder.unary(call, positive, sum(powers, &builder))
    return try builder.unary(call, p == 2 ? .sqrt : .power(exponent: 1 / Float(p)), bounded)
  }

  private static func window(_ call: OperatorCall, _ input: [Int]) throws -> Window {
    guard let kernel = try call.ints("kernel_shape") else { throw call.invalid("kernel_shape is missing") }
    let roundsUp = try call.flag("ceil_mode", default: false)
    return try Window(call, input: input, kernel: kernel, roundsUp: roundsUp)
  }

  private static func pool(
    _ call: OperatorCall, _ x: ValueID, _ kind: Pooling.Kind, _ window: Window,
    _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let padsEnd = zip(window.padsEnd, window.overhang).map { $0 + $1 }
    for axis in window.kernel.indices {
      // Then a window could hold nothing but padding, for which there is neither a maximum nor an average.
      let reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1
      guard window.padsBegin[axis] < reach, window.padsEnd[axis] < reach else {
        throw call.unsupported("its padding is as wide as its window", help: "use Pad before it")
      }
    }
    let pooling = Pooling(
      kind: kind, kernel: window.kernel, strides: window.strides, dilations: window.dilations,
      padsBegin: window.padsBegin, padsEnd: padsEnd)
    let from = builder.shape(x)
    return try builder.emit(
      call, .pooling(pooling), [x], shape: [from[0], from[1]] + window.outputExtents)
  }

  private static func global(_ kind: Reduction.Kind) -> OperatorDefinition.Lower {
    { call, builder in [.value(try spatial(kind, call, call.value(0), &builder))] }
  }

  /// A reduction over all places.
  private static func spatial(
    _ kind: Reduction.Kind, _ call: OperatorCall, _ x: ValueID, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    let shape = builder.shape(x)
    guard shape.count > 2 else { throw call.invalid("\(shape) has no spatial axis") }
    let reduction = Reduction(kind: kind, axes: Array(2..<shape.count))
    let output = shape.prefix(2) + [Int](repeating: 1, count: shape.count - 2)
    return try builder.emit(call, .reduction(reduction), [x], shape: Array(output))
  }
}
