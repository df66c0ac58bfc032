/// The places that a sliding window visits.
struct SlidingWindow {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let padsBegin: [Int]
  /// The spatial extents.
  let input: [Int]
  let output: [Int]

  /// Checks that all of it has one number a spatial axis and cannot overflow.
  init?(
    kernel: [Int], strides: [Int], dilations: [Int], padsBegin: [Int], input: ArraySlice<Int>,
    output: ArraySlice<Int>
  ) {
    let rank = input.count
    guard rank >= 1, output.count == rank,
      [kernel, strides, dilations, padsBegin].allSatisfy({
        $0.count == rank && $0.allSatisfy((0...1 << 24).contains)
      }),
      (input + output).allSatisfy({ $0 <= 1 << 24 })
    else { return nil }
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padsBegin = padsBegin
    self.input = Array(input)
    self.output = Array(output)
  }

  /// Calls `body(output place, kernel place, input place)` for every pair inside the input.
  func forEachPair(_ body: (_ output: Int, _ tap: Int, _ input: Int) -> Void) {
    let steps = Shape.strides(input)
    Shape.forEachIndex(output) { place, index in
      Shape.forEachIndex(kernel) { tap, offset in
        var position = 0
        for axis in index.indices {
          let at = index[axis] * strides[axis] + offset[axis] * dilations[axis] - padsBegin[axis]
          guard (0..<input[axis]).contains(at) else { return }
          position += at * steps[axis]
        }
        body(place, tap, position)
      }
    }
  }
}
