import CertifyModel

extension AffineMap {
  static func convolution(
    _ convolution: Convolution, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard let terms = ConvolutionTerms(convolution, input: input, output: output) else {
      throw fail("weights \(convolution.weights.shape) do not map \(input) to \(output)")
    }
    var shift: [Double] = []
    if let bias = convolution.bias {
      for _ in 0..<terms.images {
        for value in bias.elements { shift += [Double](repeating: Double(value), count: terms.outputPlaces) }
      }
    }
    return AffineMap(
      forEachTerm: { body in terms.forEach { body(0, $0, $1, $2) } }, shift: shift,
      roundings: terms.width * terms.taps + 4)
  }

  /// The terms of the convolution that takes the output's shape to the input's, the other way round.
  static func transposedConvolution(
    _ convolution: Convolution, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard convolution.bias == nil else { throw fail("a transposed convolution has no bias of its own") }
    let forward = try Self.convolution(convolution, output, input, fail)
    let shape = convolution.weights.shape
    return AffineMap(
      forEachTerm: { body in
        forward.forEachTerm { _, output, input, weight in body(0, input, output, weight) }
      }, shift: [], roundings: shape[0] * shape[2...].reduce(1, *) + 4)
  }

  static func average(
    _ pooling: Pooling, _ countsPadding: Bool, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard input.count >= 3, output.count == input.count, input.prefix(2) == output.prefix(2),
      pooling.padsEnd.count == input.count - 2, pooling.padsEnd.allSatisfy((0...1 << 24).contains),
      let window = SlidingWindow(
        kernel: pooling.kernel, strides: pooling.strides, dilations: pooling.dilations,
        padsBegin: pooling.padsBegin, input: input.dropFirst(2), output: output.dropFirst(2)),
      let inputPlaces = Shape.size(window.input), let outputPlaces = Shape.size(window.output),
      let taps = Shape.size(window.kernel), taps >= 1
    else { throw fail("a window of \(pooling.kernel) does not map \(input) to \(output)") }
    var counts = [Int](repeating: 0, count: outputPlaces)
    if countsPadding {
      // With rounded-up output sizes a last window may leave the padded input: what it divides by is not settled.
      for axis in window.output.indices where window.output[axis] > 0 && window.kernel[axis] > 0 {
        let last =
          (window.output[axis] - 1) * window.strides[axis] + (window.kernel[axis] - 1)
          * window.dilations[axis]
        guard last < window.input[axis] + window.padsBegin[axis] + pooling.padsEnd[axis] else {
          throw fail("its last window leaves the padded input")
        }
      }
      counts = [Int](repeating: taps, count: outputPlaces)
    } else {
      window.forEachPair { place, _, _ in counts[place] += 1 }
    }
    guard counts.allSatisfy({ $0 > 0 }) else { throw fail("a window holds no element") }
    return AffineMap(
      forEachTerm: { body in
        for channel in 0..<(input[0] * input[1]) {
          let (firstOutput, firstInput) = (channel * outputPlaces, channel * inputPlaces)
          window.forEachPair { place, _, position in
            let weight = 1 / Double(counts[place])
            body(0, firstOutput + place, firstInput + position, weight)
          }
        }
      }, shift: [], roundings: taps + 6)
  }
}
