extension Dataset {
  /// The standard deviation of each coordinate over all inputs, with the divisor `count`, as floats.
  ///
  /// Two passes in double precision: the mean first.
  public func standardDeviations() -> [Float] {
    var means = [Double](repeating: 0, count: inputCount)
    for index in 0..<count {
      for (i, value) in input(index).enumerated() { means[i] += Double(value) / Double(count) }
    }
    var squares = [Double](repeating: 0, count: inputCount)
    for index in 0..<count {
      for (i, value) in input(index).enumerated() {
        squares[i] += (Double(value) - means[i]) * (Double(value) - means[i]) / Double(count)
      }
    }
    return squares.map { Float($0.squareRoot()) }
  }
}
