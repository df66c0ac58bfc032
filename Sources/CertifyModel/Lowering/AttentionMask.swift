/// What the mask, the order, the window and the padding of an Attention add to its scores.
struct AttentionMask {
  /// Broadcasts against [batch, heads, queries, keys]; a large negative number stands for −∞.
  let bias: Constant
  /// 0 for queries that may see no key, whose result is 0; `nil` where every query sees one.
  let openRows: Constant?
  /// Whether any score is masked.
  let isInfinite: Bool

  /// No score of a sound model comes near it, and sums with it stay finite.
  private static let lowest = -Double(Float.greatestFiniteMagnitude) / 4

  /// - Parameters:
  ///   - past: the number of keys that come before those of the first query.
  /// - Returns: `nil` when every score counts as it is.
  init?(
    _ call: OperatorCall, queries: Int, keys: Int, past: Int?, _ builder: inout GraphBuilder
  ) throws {
    let order = try KeyOrder(call, queries: queries, past: past)
    let given = try call.optionalConstant(3, "mask")
    guard given != nil || order.isRestricted else { return nil }
    // Keys beyond the end of the mask are not seen.
    let own = given?.shape ?? [keys]
    guard let width = own.last, width <= keys, own.count <= 4,
      let plane = Extents.broadcast(own.dropLast() + [keys], order.shape + [queries, keys]),
      plane.suffix(2) == [queries, keys], let count = Extents.product(plane)
    else { throw call.invalid("a mask of shape \(own) does not fit \(queries) queries and \(keys) keys") }
    try builder.spend(2 * count, on: call)

    let starts = Extents.broadcastIndices(Array(own.dropLast()), to: Array(plane.dropLast()))
    let (bools, numbers) = (given?.bools, given?.doubles)
    let rowsPerInput = plane.count == 4 ? plane[1] * queries : plane.dropLast().reduce(1, *)
    var bias: [Double] = []
    bias.reserveCapacity(count)
    var open: [Double] = []
    for (row, start) in starts.enumerated() {
      for key in 0..<keys {
        var added = 0.0
        if given != nil, key >= width {
          added = -.infinity
        } else if let bools {
          added = bools[start * width + key] ? 0 : -.infinity
        } else if let numbers {
          added = numbers[start * width + key]
        }
        if added.isNaN { throw ModelError.nonFinite(tensor: given?.name ?? "", index: 0, value: .nan) }
        let isSeen = order.sees(key: key, query: row % queries, input: row / rowsPerInput)
        bias.append(isSeen && added > Self.lowest ? added : Self.lowest)
      }
      open.append(bias.suffix(keys).contains { $0 > Self.lowest } ? 1 : 0)
    }
    self.bias = Constant(name: call.node.name, shape: plane, .double(bias))
    isInfinite = bias.contains(Self.lowest)
    let rows = plane.dropLast() + [1]
    openRows = open.contains(0) ? Constant(name: call.node.name, shape: Array(rows), .double(open)) : nil
  }
}

/// Which keys a query may see by their places.
private struct KeyOrder {
  let isCausal: Bool
  /// How many keys before and after its own a query sees; negative is all.
  let window: (before: Int, after: Int)
  /// The number of keys of each input of the batch, where they differ.
  let lengths: [Int]?
  let queries: Int
  let past: Int?

  init(_ call: OperatorCall, queries: Int, past: Int?) throws {
    isCausal = try call.flag("is_causal", default: false)
    window = (try call.int("left_window_size") ?? -1, try call.int("right_window_size") ?? -1)
    lengths = try call.integers(6, "number of keys")
    self.queries = queries
    self.past = past
    guard lengths?.allSatisfy({ (0...Extents.maximumValueElements).contains($0) }) ?? true else {
      throw call.invalid("its numbers of keys are absurd")
    }
  }

  var isRestricted: Bool { isCausal || window.before >= 0 || window.after >= 0 || lengths != nil }

  /// The extents that differ between inputs and heads.
  var shape: [Int] { lengths.map { [$0.count, 1] } ?? [] }

  func sees(key: Int, query: Int, input: Int) -> Bool {
    let length = lengths.map { $0[input % max($0.count, 1)] }
    let place = query + (past ?? length.map { $0 - queries } ?? 0)
    return (!isCausal || key <= place) && (window.before < 0 || place - key <= window.before)
      && (window.after < 0 || key - place <= window.after) && (length.map { key < $0 } ?? true)
  }
}
