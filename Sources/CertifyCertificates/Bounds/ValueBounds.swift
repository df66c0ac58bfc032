/// Intervals that hold every element of every value of the program, and what follows from them for each node.
///
/// Interval propagation (Gowal et al. 2018, arXiv 1810.12715): an affine map takes each input at the end that its
/// weight's sign asks for. Rounded outward by the errors of ``BoundGraph``.
struct ValueBounds: Sendable {
  /// Per value: an interval an element; empty before the value is reached.
  private(set) var lower: [[Double]]
  private(set) var upper: [[Double]]
  /// Per node: what a unit of coefficient on an output element pays for rounding.
  private(set) var charges: [[Double]]
  /// Per node: the lines around an activation; `nil` for other nodes and before it is reached.
  private(set) var relaxations: [Relaxation?]
  /// Per node: the lines around each maximum.
  private(set) var maxima: [MaximumLines?]
  /// False when the program could overflow: then nothing is bounded.
  private(set) var isFinite = true

  /// Above this a partial sum of the program could overflow.
  private static let largest = 1e37

  init(graph: BoundGraph, region: InputRegion) {
    lower = [[Double]](repeating: [], count: graph.sizes.count)
    upper = lower
    charges = [[Double]](repeating: [], count: graph.nodes.count)
    relaxations = [Relaxation?](repeating: nil, count: graph.nodes.count)
    maxima = [MaximumLines?](repeating: nil, count: graph.nodes.count)
    lower[graph.input] = region.lower
    upper[graph.input] = region.upper
    isFinite = zip(region.lower, region.upper).allSatisfy { max(abs($0), abs($1)) < Self.largest }
  }

  /// The largest magnitude of an element.
  func magnitude(_ value: Int, _ element: Int) -> Double {
    max(abs(lower[value][element]), abs(upper[value][element]))
  }

  /// Narrows an element's interval to one that is known to hold it as well.
  mutating func intersect(_ value: Int, _ element: Int, lower newLower: Double, upper newUpper: Double) {
    // NaN narrows nothing. Bounds that cross by rounding leave what was there.
    let (low, high) = (lower[value][element], upper[value][element])
    let (narrowLow, narrowHigh) = (newLower > low ? newLower : low, newUpper < high ? newUpper : high)
    guard narrowLow <= narrowHigh else { return }
    lower[value][element] = narrowLow
    upper[value][element] = narrowHigh
  }

  /// Bounds a node's output, and prepares its backward pass, from the bounds of its inputs.
  mutating func propagate(_ index: Int, of graph: BoundGraph) {
    let node = graph.nodes[index]
    switch node.kind {
    case .affine(let step): propagate(step, node, index, size: graph.sizes[node.output])
    case .activation(let activation): propagate(activation, node, index)
    case .maximum(let step): propagate(step, node, index)
    }
  }

  private mutating func propagate(_ step: AffineStep, _ node: BoundGraph.Node, _ index: Int, size count: Int)
  {
    var low = step.shift.isEmpty ? [Double](repeating: 0, count: count) : step.shift
    var high = low
    var size = low.map { abs($0) }
    for (matrix, input) in zip(step.matrices, node.inputs) {
      let (inputLower, inputUpper) = (lower[input], upper[input])
      let terms = matrix.byOutput
      for k in 0..<count {
        var (a, b, s) = (low[k], high[k], size[k])
        for term in terms.starts[k]..<terms.starts[k + 1] {
          let weight = terms.weights[term]
          let place = Int(terms.places[term])
          let (p, q) = (weight * inputLower[place], weight * inputUpper[place])
          a += min(p, q)
          b += max(p, q)
          s += max(abs(p), abs(q))
        }
        (low[k], high[k], size[k]) = (a, b, s)
      }
    }
    var charge = [Double](repeating: 0, count: count)
    for k in 0..<count {
      let error = step.relativeError * size[k] + step.absoluteError
      low[k] -= error
      high[k] += error
      charge[k] = error + step.pullBackError * size[k]
      if !(size[k] < Self.largest) { isFinite = false }
    }
    lower[node.output] = low
    upper[node.output] = high
    charges[index] = charge
  }

  private mutating func propagate(_ activation: Activation, _ node: BoundGraph.Node, _ index: Int) {
    let (inputLower, inputUpper) = (lower[node.inputs[0]], upper[node.inputs[0]])
    let ranges = zip(inputLower, inputUpper).map { activation.range($0, $1) }
    lower[node.output] = ranges.map(\.lower)
    upper[node.output] = ranges.map(\.upper)
    let lines = Relaxation(activation, lower: inputLower, upper: inputUpper)
    let count = inputLower.count
    let rounding = (Double(count) + 256) * 0x1p-50
    charges[index] = (0..<count).map { k in
      let magnitude = max(abs(inputLower[k]), abs(inputUpper[k]))
      let size =
        (1 + abs(lines.lowerSlope[k]) + abs(lines.upperSlope[k])) * magnitude + abs(lines.lowerIntercept[k])
        + abs(lines.upperIntercept[k])
      return size * rounding + activation.programError(magnitude: magnitude) * (1 + 0x1p-20)
    }
    relaxations[index] = lines
  }

  private mutating func propagate(_ step: MaximumStep, _ node: BoundGraph.Node, _ index: Int) {
    let (inputLower, inputUpper) = (lower[node.inputs[0]], upper[node.inputs[0]])
    let lines = MaximumLines(step, lower: inputLower, upper: inputUpper)
    let count = step.starts.count - 1
    var (low, high, charge) = ([Double](), [Double](), [Double]())
    let rounding = (Double(count) + Double(inputLower.count) + 256) * 0x1p-50
    for k in 0..<count {
      let window = step.places[step.starts[k]..<step.starts[k + 1]]
      low.append(window.reduce(-.infinity) { max($0, inputLower[$1]) })
      high.append(window.reduce(-.infinity) { max($0, inputUpper[$1]) })
      let size = window.reduce(0) { $0 + max(abs(inputLower[$1]), abs(inputUpper[$1])) }
      charge.append((size + abs(lines.intercepts[k])) * rounding)
    }
    lower[node.output] = low
    upper[node.output] = high
    charges[index] = charge
    maxima[index] = lines
  }
}

/// A linear function below and one above each maximum over a window.
///
/// Below: the element with the largest lower bound. Above, for any t: t + Σ max(0, xᵢ − t), each term below its
/// chord, with t the largest lower bound; or the largest upper bound, where that is smaller in the middle.
struct MaximumLines: Sendable {
  /// The input element below each output.
  var winners: [Int]
  /// Whether the output is that element.
  var isSettled: [Bool]
  /// A slope for each place of ``MaximumStep/places``, and an intercept an output, for the function above.
  var slopes: [Double]
  var intercepts: [Double]

  init(_ step: MaximumStep, lower: [Double], upper: [Double]) {
    winners = []
    isSettled = []
    slopes = [Double](repeating: 0, count: step.places.count)
    intercepts = []
    for k in 0..<(step.starts.count - 1) {
      let range = step.starts[k]..<step.starts[k + 1]
      var winner = step.places[range.lowerBound]
      for place in step.places[range] where lower[place] > lower[winner] { winner = place }
      let threshold = lower[winner]
      let settled = step.places[range].allSatisfy { $0 == winner || upper[$0] <= threshold }
      winners.append(winner)
      isSettled.append(settled)
      var (intercept, middle, size) = (threshold, threshold, abs(threshold))
      var highest = -Double.infinity
      for position in range {
        let (low, high) = (lower[step.places[position]], upper[step.places[position]])
        highest = max(highest, high)
        guard high > threshold else { continue }
        let slope = high > low ? (high - threshold) / (high - low) : 1
        // The chord of max(0, x − t) from (low, 0) to (high, high − t), or above it by rounding.
        let start = max(-slope * low, high - threshold - slope * high)
        slopes[position] = slope
        intercept += start
        middle += slope * (low + high) / 2 + start
        size += abs(slope * low) + abs(slope * high) + abs(high)
      }
      if highest < middle {
        for position in range { slopes[position] = 0 }
        intercepts.append(highest)
      } else {
        intercepts.append(intercept + size * Double(range.count + 8) * 0x1p-50)
      }
    }
  }
}
