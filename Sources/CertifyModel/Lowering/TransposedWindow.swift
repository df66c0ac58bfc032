/// The sliding window of a transposed convolution, read from a node's attributes and checked.
struct TransposedWindow {
  let strides: [Int]
  let dilations: [Int]
  /// What is cut off before and after.
  private(set) var padsBegin: [Int] = []
  private(set) var padsEnd: [Int] = []
  /// The extents that a convolution by the same window takes back to those of the input.
  private(set) var outputExtents: [Int] = []
  /// How many places that no window reaches follow.
  private(set) var tail: [Int] = []

  /// - Parameters:
  ///   - input: [N, C, …], with one to three spatial axes.
  ///   - kernel: one extent a spatial axis.
  init(_ call: OperatorCall, input: [Int], kernel: [Int]) throws {
    let count = input.count - 2
    guard (1...3).contains(count) else {
      throw call.unsupported(
        "its input has shape \(input)", help: "[N, C] and one to three spatial axes are supported")
    }
    guard kernel.count == count, kernel.allSatisfy({ (1...OperatorCall.largestWindow).contains($0) }),
      try call.ints("kernel_shape").map({ $0 == kernel }) ?? true
    else { throw call.invalid("a kernel of \(kernel) does not fit \(count) spatial axes") }
    strides = try call.windowInts("strides", count: count, default: 1, from: 1)
    dilations = try call.windowInts("dilations", count: count, default: 1, from: 1)
    let pads = try call.windowInts("pads", count: 2 * count, default: 0, from: 0)
    let extra = try call.windowInts("output_padding", count: count, default: 0, from: 0)
    let automatic = try call.string("auto_pad") ?? "NOTSET"
    guard ["NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(automatic) else {
      throw call.invalid("auto_pad '\(automatic)' is unknown")
    }
    // Some files give the batch and the channels too.
    let wanted = try call.ints("output_shape").map { $0.count == input.count ? Array($0.suffix(count)) : $0 }
    guard wanted.map({ $0.count == count && $0.allSatisfy { (1...1 << 28).contains($0) } }) ?? true else {
      throw call.invalid("output_shape does not fit \(count) spatial axes")
    }

    for axis in 0..<count {
      let reach = (kernel[axis] - 1) * dilations[axis] + 1
      let natural = (input[axis + 2] - 1) * strides[axis] + reach + extra[axis]
      var (begin, end) = (pads[axis], pads[axis + count])
      if let wanted = wanted?[axis] ?? (automatic.hasPrefix("SAME") ? input[axis + 2] * strides[axis] : nil) {
        let total = max(0, natural - wanted)
        begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
        end = natural - wanted - begin
      } else if automatic == "VALID" {
        (begin, end) = (0, 0)
      }
      // What is cut off after the last window and what is added there cancel out.
      let cut = end - extra[axis]
      let reached = max(0, min(-cut, strides[axis] - 1))
      let size = natural - extra[axis] - begin - max(cut, 0) + reached
      guard size >= 1 else { throw call.invalid("nothing is left of axis \(axis + 2)") }
      padsBegin.append(begin)
      padsEnd.append(max(cut, 0))
      outputExtents.append(size)
      tail.append(max(0, -cut) - reached)
    }
  }
}
