import CertifyModel

/// The terms of a convolution, place by place and channel by channel.
struct ConvolutionTerms {
  let window: SlidingWindow
  let weights: [Float]
  let images: Int
  let groups: Int
  let outputChannels: Int
  let inputChannels: Int
  /// Input channels of a group.
  let width: Int
  let taps: Int
  let inputPlaces: Int
  let outputPlaces: Int

  /// `nil` when the weights do not map `input` to `output`.
  init?(_ convolution: Convolution, input: [Int], output: [Int]) {
    let shape = convolution.weights.shape
    groups = convolution.groups
    guard shape.count >= 3, shape.count == input.count, shape.count == output.count, input[0] == output[0],
      groups >= 1, shape[0] % groups == 0, shape[0] == output[1], input[1] % groups == 0,
      input[1] / groups == shape[1], convolution.bias.map({ $0.elements.count == shape[0] }) ?? true,
      let window = SlidingWindow(
        kernel: Array(shape.dropFirst(2)), strides: convolution.strides, dilations: convolution.dilations,
        padsBegin: convolution.padsBegin, input: input.dropFirst(2), output: output.dropFirst(2)),
      let inputPlaces = Shape.size(window.input), let outputPlaces = Shape.size(window.output),
      let taps = Shape.size(window.kernel)
    else { return nil }
    self.window = window
    weights = convolution.weights.elements
    images = input[0]
    outputChannels = shape[0]
    inputChannels = input[1]
    width = shape[1]
    self.taps = taps
    self.inputPlaces = inputPlaces
    self.outputPlaces = outputPlaces
  }

  /// Calls `body(output element, input element, weight)` for every term.
  func forEach(_ body: (_ output: Int, _ input: Int, _ weight: Double) -> Void) {
    for image in 0..<images {
      window.forEachPair { place, tap, position in
        for o in 0..<outputChannels {
          for c in 0..<width {
            body(
              (image * outputChannels + o) * outputPlaces + place,
              (image * inputChannels + firstChannel(of: o) + c) * inputPlaces + position, weight(o, c, tap))
          }
        }
      }
    }
  }

  /// The first input channel that an output channel reads.
  func firstChannel(of output: Int) -> Int { output / (outputChannels / groups) * width }

  func weight(_ output: Int, _ channel: Int, _ tap: Int) -> Double {
    Double(weights[(output * width + channel) * taps + tap])
  }
}
