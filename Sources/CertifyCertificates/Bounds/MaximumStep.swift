import CertifyModel

/// output = the largest of some input elements, window by window.
struct MaximumStep: Sendable {
  /// The input elements of output k are `places[starts[k]..<starts[k + 1]]`; never none.
  let starts: [Int]
  let places: [Int]

  init(_ pooling: Pooling, node: CertifyModel.Node, values: [Value]) throws(LinearModelError) {
    func fail(_ reason: String) -> LinearModelError { .inconsistent(node: node.name, reason: reason) }
    guard node.inputs.count == 1 else { throw fail("it has \(node.inputs.count) inputs") }
    let (input, output) = (values[node.inputs[0]].shape, values[node.output].shape)
    guard input.count >= 3, output.count == input.count, input.prefix(2) == output.prefix(2),
      let window = SlidingWindow(
        kernel: pooling.kernel, strides: pooling.strides, dilations: pooling.dilations,
        padsBegin: pooling.padsBegin, input: input.dropFirst(2), output: output.dropFirst(2)),
      let inputPlaces = Shape.size(window.input), let outputPlaces = Shape.size(window.output)
    else { throw fail("a window of \(pooling.kernel) does not map \(input) to \(output)") }
    var ofPlace = [[Int]](repeating: [], count: outputPlaces)
    window.forEachPair { place, _, position in ofPlace[place].append(position) }
    guard ofPlace.allSatisfy({ !$0.isEmpty }) else { throw fail("a window holds no element") }
    var starts = [0]
    var places: [Int] = []
    for channel in 0..<(input[0] * input[1]) {
      for window in ofPlace {
        places += window.map { channel * inputPlaces + $0 }
        starts.append(places.count)
      }
    }
    self.starts = starts
    self.places = places
  }
}
