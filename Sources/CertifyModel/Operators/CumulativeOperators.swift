/// Sums along an axis up to each place.
enum CumulativeOperators {
  static let all: [OperatorDefinition] = [OperatorDefinition("CumSum", since: 11, lower: cumulativeSum)]

  /// The largest axis, whose square is the number of weights.
  private static let largestExtent = 1 << 12

  /// A product with a triangle of ones.
  private static let cumulativeSum: OperatorDefinition.Lower = { call, builder in
    guard let numbers = try call.integers(1, "axis"), numbers.count == 1 else {
      throw call.invalid("its axis must be one number")
    }
    let x = try call.value(0)
    let shape = builder.shape(x)
    let axis = try call.axis(numbers[0], rank: shape.count)
    let extent = shape[axis]
    guard extent <= largestExtent else {
      throw call.unsupported(
        "it runs over \(extent) numbers", help: "at most \(largestExtent) are supported")
    }
    let isReversed = try call.flag("reverse", default: false)
    let isExclusive = try call.flag("exclusive", default: false)
    try builder.spend(extent * extent, on: call)
    var weights = [Float](repeating: 0, count: extent * extent)
    for row in 0..<extent {
      for column in 0..<extent {
        let distance = isReversed ? column - row : row - column
        if distance >= (isExclusive ? 1 : 0) { weights[row * extent + column] = 1 }
      }
    }
    let triangle = Linear(weights: Tensor(shape: [extent, extent], elements: weights), bias: nil)
    // The axis changes places with the last one.
    var permutation = Array(shape.indices)
    permutation.swapAt(axis, shape.count - 1)
    let moved = try builder.transpose(call, x, permutation)
    let sums = try builder.emit(call, .linear(triangle), [moved], shape: builder.shape(moved))
    return [.value(try builder.transpose(call, sums, permutation))]
  }
}
