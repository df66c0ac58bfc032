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
  /// The ball that the region cuts with its box; and the values that are images of it, element by element.
  let ball: InputRegion.Ball?
  private var images: [Int: BallImage] = [:]
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
    ball = region.ball
    if let ball { images[graph.input] = BallImage(center: ball.center) }
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
      matrix.byOutput.addIntervals(lower[input], upper[input], low: &low, high: &high, size: &size)
    }
    let image = node.inputs.count == 1 ? images[node.inputs[0]] : nil
    var sums: [BallImage.Sum] = []
    if let ball, let image {
      sums = image.sums(of: step, count: count, ball: ball)
      for k in 0..<count {
        size[k] = min(size[k], (step.shift.isEmpty ? 0 : abs(step.shift[k]).nextUp) + sums[k].magnitude)
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
    if let image {
      let intervals = BallImage.intervals(of: sums, shift: step.shift, charge: charge)
      for (k, interval) in intervals.enumerated() {
        intersect(node.output, k, lower: interval.lower, upper: interval.upper)
      }
      images[node.output] = image.image(under: step, charge: charge)
    }
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
