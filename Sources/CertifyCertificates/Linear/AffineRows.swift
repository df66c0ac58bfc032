import CertifyModel

/// The terms of an operation's affine map: output[o] = Σ weight · input[i] + shift[o].
///
/// One method a family of operations enumerates them, so that signed and absolute rows are pulled back by the
/// same code.
struct AffineMap {
  /// Calls `body(input number, output element, input element, weight)` for every term.
  let forEachTerm: (_ body: (_ operand: Int, _ output: Int, _ input: Int, _ weight: Double) -> Void) -> Void
  /// The constant added to each output element; empty for none.
  let shift: [Double]
  /// How many roundings a product of the sum goes through at most, in any order of summation.
  let roundings: Int
}

/// Rows over the elements of one value: [rowCount, size], signed and absolute.
struct RowPair {
  var signed: [Double]
  var absolute: [Double]
}

/// The affine map that a graph composes to, pulled back from its output to its input.
///
/// `signed` is the map itself; `absolute` the same with |weights| and |shifts| everywhere, which bounds every
/// intermediate sum and with it the rounding error of any order of evaluation.
struct AffineRows {
  let rowCount: Int
  let inputCount: Int
  /// [rowCount, inputCount].
  let rows: RowPair
  /// [rowCount].
  let offsets: RowPair
  /// Bounds Σ |weights| over paths from any intermediate result to a row, times the number of its roundings:
  /// what underflow is magnified by.
  let underflowGain: [Double]
  /// The roundings that a term goes through along all nodes.
  let roundings: Int

  /// The most numbers a set of rows may hold.
  static let mostRowElements = 1 << 27

  init(graph: Graph) throws(LinearModelError) {
    let sizes = try Self.checkedSizes(of: graph)
    let rowCount = sizes[graph.output]
    for value in graph.values {
      let (elements, overflow) = rowCount.multipliedReportingOverflow(by: Shape.size(value.shape) ?? 0)
      guard !overflow, elements <= Self.mostRowElements else {
        throw .tooLarge(
          reason: "\(rowCount) rows over value \(value.name) exceed \(Self.mostRowElements) numbers")
      }
    }

    var pending: [ValueID: RowPair] = [:]
    var identity = [Double](repeating: 0, count: rowCount * rowCount)
    for row in 0..<rowCount { identity[row * rowCount + row] = 1 }
    pending[graph.output] = RowPair(signed: identity, absolute: identity)
    var offsets = RowPair(
      signed: [Double](repeating: 0, count: rowCount), absolute: [Double](repeating: 0, count: rowCount))
    var gain = [Double](repeating: 0, count: rowCount)
    var roundings = 0

    for node in graph.nodes.reversed() {
      guard let upstream = pending.removeValue(forKey: node.output) else { continue }
      let map = try AffineMap(node: node, values: graph.values)
      guard map.shift.allSatisfy(\.isFinite) else { throw .notFinite(node: node.name) }
      let outputSize = sizes[node.output]
      let (sum, overflow) = roundings.addingReportingOverflow(map.roundings)
      roundings = overflow ? .max : sum
      for row in 0..<rowCount {
        var (signed, absolute, total) = (0.0, 0.0, 0.0)
        for output in 0..<outputSize {
          let element = row * outputSize + output
          total += upstream.absolute[element]
          guard !map.shift.isEmpty else { continue }
          signed += upstream.signed[element] * map.shift[output]
          absolute += upstream.absolute[element] * abs(map.shift[output])
        }
        offsets.signed[row] += signed
        offsets.absolute[row] += absolute
        gain[row] += total * Double(map.roundings)
      }
      try Self.pullBack(upstream, through: map, node: node, sizes: sizes, rowCount: rowCount, into: &pending)
    }
    guard let rows = pending.removeValue(forKey: graph.input) else {
      throw .inconsistent(node: "output", reason: "it does not depend on the input")
    }
    if let value = pending.keys.first {
      throw .inconsistent(node: graph.values[value].name, reason: "no earlier node computes it")
    }
    guard
      [rows.signed, rows.absolute, offsets.signed, offsets.absolute, gain]
        .allSatisfy({ $0.allSatisfy(\.isFinite) })
    else { throw .notFinite(node: graph.nodes.last?.name ?? "output") }
    self.rowCount = rowCount
    inputCount = sizes[graph.input]
    self.rows = rows
    self.offsets = offsets
    underflowGain = gain
    self.roundings = roundings
  }

  private static func pullBack(
    _ upstream: RowPair, through map: AffineMap, node: Node, sizes: [Int], rowCount: Int,
    into pending: inout [ValueID: RowPair]
  ) throws(LinearModelError) {
    let outputSize = sizes[node.output]
    var parts = node.inputs.map { input in
      let zeros = [Double](repeating: 0, count: rowCount * sizes[input])
      return RowPair(signed: zeros, absolute: zeros)
    }
    var finite = true
    map.forEachTerm { operand, output, input, weight in
      finite = finite && weight.isFinite
      let size = sizes[node.inputs[operand]]
      let magnitude = abs(weight)
      for row in 0..<rowCount {
        let (from, to) = (row * outputSize + output, row * size + input)
        parts[operand].signed[to] += upstream.signed[from] * weight
        parts[operand].absolute[to] += upstream.absolute[from] * magnitude
      }
    }
    guard finite else { throw .notFinite(node: node.name) }
    for (input, part) in zip(node.inputs, parts) {
      guard var sum = pending[input] else {
        pending[input] = part
        continue
      }
      for k in sum.signed.indices {
        sum.signed[k] += part.signed[k]
        sum.absolute[k] += part.absolute[k]
      }
      pending[input] = sum
    }
  }

  private static func shape(of value: ValueID, in graph: Graph, node: String) throws(LinearModelError)
    -> [Int]
  {
    guard graph.values.indices.contains(value) else {
      throw .inconsistent(node: node, reason: "value \(value) does not exist")
    }
    return graph.values[value].shape
  }

  /// The number of elements of every value of a graph for one input, with every reference to a value checked.
  static func checkedSizes(of graph: Graph) throws(LinearModelError) -> [Int] {
    let input = try Self.shape(of: graph.input, in: graph, node: "input")
    guard let batch = input.first, batch == 1 else { throw .batched(extent: input.first ?? 0) }
    var sizes: [Int] = []
    for value in graph.values {
      guard let size = Shape.size(value.shape) else {
        throw .inconsistent(node: value.name, reason: "its shape \(value.shape) has no size")
      }
      sizes.append(size)
    }
    _ = try shape(of: graph.output, in: graph, node: "output")
    for node in graph.nodes {
      for value in node.inputs + [node.output] { _ = try shape(of: value, in: graph, node: node.name) }
    }
    guard sizes[graph.output] >= 1, sizes[graph.input] >= 1 else {
      throw .inconsistent(node: "output", reason: "a value has no elements")
    }
    return sizes
  }
}
