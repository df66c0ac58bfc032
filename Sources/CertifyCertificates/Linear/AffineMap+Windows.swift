import CertifyModel

extension AffineMap {
  static func convolution(
    _ convolution: Convolution, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    let shape = convolution.weights.shape
    let groups = convolution.groups
    guard shape.count >= 3, shape.count == input.count, input[0] == output[0], groups >= 1,
      shape[0] % groups == 0, shape[0] == output[1], input[1] % groups == 0, input[1] / groups == shape[1],
      convolution.bias.map({ $0.elements.count == shape[0] }) ?? true,
      let window = SlidingWindow(
        kernel: Array(shape.dropFirst(2)), strides: convolution.strides, dilations: convolution.dilations,
        padsBegin: convolution.padsBegin, input: input.dropFirst(2), output: output.dropFirst(2)),
      let inputPlaces = Shape.size(window.input), let outputPlaces = Shape.size(window.output),
      let taps = Shape.size(window.kernel)
    else { throw fail("weights \(shape) do not map \(input) to \(output)") }
    let (outputs, width) = (shape[0], shape[1])
    let weights = convolution.weights.elements
    var shift: [Double] = []
    if let bias = convolution.bias {
      for _ in 0..<input[0] {
        for o in 0..<outputs {
          shift += [Double](repeating: Double(bias.elements[o]), count: outputPlaces)
        }
      }
    }
    return AffineMap(
      forEachTerm: { body in
        for image in 0..<input[0] {
          window.forEachPair { place, tap, position in
            for o in 0..<outputs {
              let firstChannel = o / (outputs / groups) * width
              for c in 0..<width {
                body(
                  0, (image * outputs + o) * outputPlaces + place,
                  (image * input[1] + firstChannel + c) * inputPlaces + position,
                  Double(weights[(o * width + c) * taps + tap]))
              }
            }
          }
        }
      }, shift: shift, roundings: width * taps + 4)
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
