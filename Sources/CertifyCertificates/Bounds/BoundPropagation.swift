/// Bounds of all values of a graph over a region, and of linear forms of its output.
struct BoundPropagation: Sendable {
  let graph: BoundGraph
  var method: BoundMethod
  var optimization = SlopeOptimization()
  /// Asked between steps; once true, what is not refined yet stays as loose as it is.
  var isExpired: @Sendable () -> Bool = { false }

  /// The bounds of every value, in one pass from the input.
  ///
  /// Intervals of hidden values are refined by linear bounds in the order of the layers, as far as a limit of work goes:
  /// in large networks deep layers keep their intervals (CROWN-IBP: Zhang et al. 2020, arXiv 1906.06316).
  func bounds(over region: InputRegion) -> ValueBounds {
    var bounds = ValueBounds(graph: graph, region: region)
    var refined: Set<Int> = []
    var (room, products) = (Self.mostRefiningWork, 0)
    for (index, node) in graph.nodes.enumerated() {
      let elements = method == .intervals || isExpired() ? [] : undecided(node, bounds)
      let work = (2 * elements.count / Lanes.scalarCount + 1) * products
      if let input = node.inputs.first, !elements.isEmpty, work <= room, bounds.isFinite,
        !isExact(input, region), refined.insert(input).inserted
      {
        room -= work
        refine(elements, of: input, &bounds, over: region)
      }
      bounds.propagate(index, of: graph)
      products += graph.termCounts[index]
    }
    return bounds
  }

  /// The products, sixteen at a time, that refining hidden bounds over a region may take: some seconds.
  static let mostRefiningWork = 1 << 30

  /// A lower bound of each form of the output over the region; −∞ when there is none.
  func minima(of forms: [LinearForm], over region: InputRegion) -> [Double] {
    let bounds = bounds(over: region)
    guard bounds.isFinite else { return forms.map { _ in -.infinity } }
    return minima(of: forms, bounds, over: region)
  }

  /// The same where the bounds of all values are there.
  func minima(of forms: [LinearForm], _ bounds: ValueBounds, over region: InputRegion) -> [Double] {
    minima(of: forms, at: graph.output, bounds, over: region, optimized: method == .optimized)
  }

  /// The same with slopes optimised; those of hidden bounds only where that is quick.
  func optimizing(over region: InputRegion) -> BoundPropagation {
    let bounds = bounds(over: region)
    let free = bounds.relaxations.reduce(0) { $0 + ($1?.free.count ?? 0) }
    var result = self
    result.method = .optimized
    result.optimization.includesIntermediate = free * graph.termCount <= Self.mostHiddenWork
    return result
  }

  /// Kinks times products, above which hidden bounds are not optimised.
  private static let mostHiddenWork = 200_000_000

  /// The linear bounds of at most sixteen forms of the output, and their minima.
  func linearMinima(
    of forms: [LinearForm], _ bounds: ValueBounds, over region: InputRegion
  ) -> (minima: [Double], form: InputForm) {
    let form = BackwardPass(graph: graph, bounds: bounds).run(forms, at: graph.output)
    let minima = form.minimum(over: region)
    return (forms.indices.map { minima[$0] }, form)
  }

  /// Lower bounds of any number of forms of one value: the better of its linear bounds and its intervals.
  private func minima(
    of forms: [LinearForm], at value: Int, _ bounds: ValueBounds, over region: InputRegion, optimized: Bool
  ) -> [Double] {
    let intervals = BackwardPass(graph: graph, bounds: bounds, usesIntervals: true)
    let pass = BackwardPass(graph: graph, bounds: bounds)
    var minima: [Double] = []
    for start in stride(from: 0, to: forms.count, by: Lanes.scalarCount) {
      let block = Array(forms[start..<min(start + Lanes.scalarCount, forms.count)])
      if isExpired() {
        minima += block.map { _ in -.infinity }
        continue
      }
      var lanes = Lanes(repeating: -.infinity)
      if value == graph.output { lanes = intervals.run(block, at: value).minimum(over: region) }
      if optimized {
        lanes = larger(lanes, optimization.minima(of: block, at: value, pass, over: region))
      } else if method != .intervals {
        lanes = larger(lanes, pass.run(block, at: value).minimum(over: region))
      }
      minima += block.indices.map { lanes[$0] }
    }
    return minima
  }

  /// The elements of a node's input whose interval its relaxation depends on.
  private func undecided(_ node: BoundGraph.Node, _ bounds: ValueBounds) -> [Int] {
    guard let input = node.inputs.first else { return [] }
    let (lower, upper) = (bounds.lower[input], bounds.upper[input])
    switch node.kind {
    case .affine: return []
    case .activation(.rectifier): return lower.indices.filter { lower[$0] < 0 && upper[$0] > 0 }
    case .activation: return lower.indices.filter { upper[$0] - lower[$0] > 1e-6 }
    case .maximum(let step):
      var elements: Set<Int> = []
      for k in 0..<(step.starts.count - 1) {
        let window = step.places[step.starts[k]..<step.starts[k + 1]]
        let threshold = window.reduce(-.infinity) { max($0, lower[$1]) }
        let candidates = window.filter { upper[$0] > threshold }
        if candidates.count > 1 { elements.formUnion(candidates) }
      }
      return elements.sorted()
    }
  }

  /// Whether intervals of a value are as good as linear bounds: one affine map of a box, and functions of it.
  private func isExact(_ value: Int, _ region: InputRegion) -> Bool {
    guard region.ball == nil else { return false }
    guard let node = graph.nodes.first(where: { $0.output == value }) else { return true }
    if case .affine = node.kind { return node.inputs == [graph.input] }
    return isExact(node.inputs[0], region)
  }

  private func refine(
    _ elements: [Int], of value: Int, _ bounds: inout ValueBounds, over region: InputRegion
  ) {
    let forms = elements.flatMap { element in
      [1.0, -1.0].map { LinearForm(terms: [(element, $0)]) }
    }
    let minima = minima(
      of: forms, at: value, bounds, over: region,
      optimized: method == .optimized && optimization.includesIntermediate)
    for (position, element) in elements.enumerated() {
      bounds.intersect(
        value, element, lower: minima[2 * position], upper: -minima[2 * position + 1])
    }
  }
}

extension InputForm {
  /// The smallest value in each lane, rounded down; −∞ for NaN.
  func minimum(over region: InputRegion) -> Lanes {
    let least = region.minimum(of: coefficients)
    let sum = least + constant
    let bound = sum - (magnitude(least) + magnitude(constant)) * 0x1p-51
    return bound.replacing(with: -.infinity, where: .!(bound .>= -.infinity))
  }
}
