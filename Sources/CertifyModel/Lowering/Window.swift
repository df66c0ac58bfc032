/// The sliding window of a convolution or pooling, read from a node's attributes and checked.
struct Window {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var padsBegin: [Int]
  var padsEnd: [Int]
  /// How far the last window reaches past the padding, for windows that are rounded up; else 0.
  var overhang: [Int]
  var outputExtents: [Int]

  /// - Parameters:
  ///   - input: [N, C, …], with one to three spatial axes.
  ///   - kernel: one extent a spatial axis.
  init(_ call: OperatorCall, input: [Int], kernel: [Int], roundsUp: Bool = false) throws {
    let count = input.count - 2
    guard (1...3).contains(count) else {
      throw call.unsupported(
        "its input has shape \(input)", help: "[N, C] and one to three spatial axes are supported")
    }
    guard kernel.count == count, kernel.allSatisfy({ (1...OperatorCall.largestWindow).contains($0) }) else {
      throw call.invalid("a kernel of \(kernel) does not fit \(count) spatial axes")
    }
    self.kernel = kernel
    strides = try call.windowInts("strides", count: count, default: 1, from: 1)
    dilations = try call.windowInts("dilations", count: count, default: 1, from: 1)
    let pads = try call.windowInts("pads", count: 2 * count, default: 0, from: 0)
    padsBegin = Array(pads.prefix(count))
    padsEnd = Array(pads.suffix(count))
    overhang = [Int](repeating: 0, count: count)
    outputExtents = []

    let automatic = try call.string("auto_pad") ?? "NOTSET"
    for axis in 0..<count {
      let extent = input[axis + 2]
      let reach = (kernel[axis] - 1) * dilations[axis] + 1
      switch automatic {
      case "NOTSET", "": break
      case "VALID":
        padsBegin[axis] = 0
        padsEnd[axis] = 0
      case "SAME_UPPER", "SAME_LOWER":
        let windows = (extent + strides[axis] - 1) / strides[axis]
        let total = max(0, (windows - 1) * strides[axis] + reach - extent)
        padsBegin[axis] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2
        padsEnd[axis] = total - padsBegin[axis]
      default: throw call.invalid("auto_pad '\(automatic)' is unknown")
      }
      let span = extent + padsBegin[axis] + padsEnd[axis] - reach
      guard span >= 0 else {
        throw call.invalid(
          "a window of \(reach) is larger than axis \(axis + 2) of \(input) with its padding")
      }
      var windows = span / strides[axis] + 1
      let isSame = automatic.hasPrefix("SAME")
      if roundsUp, !isSame, span % strides[axis] != 0, windows * strides[axis] < extent + padsBegin[axis] {
        // One more window, unless it would start in the padding at the end.
        overhang[axis] = windows * strides[axis] - span
        windows += 1
      }
      outputExtents.append(windows)
    }
  }
}

extension OperatorCall {
  /// Far above any real network, and far below what could overflow.
  static let largestWindow = 1 << 20

  /// An attribute of `count` numbers from `lowest` on, or `fallback` for each where it is left out.
  func windowInts(_ name: String, count: Int, default fallback: Int, from lowest: Int) throws -> [Int] {
    let values = try ints(name) ?? []
    if values.isEmpty { return [Int](repeating: fallback, count: count) }
    guard values.count == count, values.allSatisfy({ (lowest...Self.largestWindow).contains($0) }) else {
      throw invalid("\(name) is \(values); \(count) numbers from \(lowest) on are needed")
    }
    return values
  }
}
