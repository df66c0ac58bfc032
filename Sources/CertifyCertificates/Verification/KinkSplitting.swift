/// Branch and bound over rectifiers: an element whose kink lies in its interval is taken on either side, and the
/// knowledge of the side enters the bound with a multiplier (β-CROWN: Wang et al. 2021, arXiv 2103.06624).
///
/// Sixteen subproblems are bounded at a time, each with slopes and multipliers of its own that begin where the
/// parent's ended. Hidden bounds are those of the whole region.
struct KinkSplitting {
  let propagation: BoundPropagation
  let bounds: ValueBounds
  let region: InputRegion
  let form: LinearForm
  /// The form's minimum must exceed this.
  let target: Double
  let isExpired: () -> Bool
  /// Searches for a counterexample from some points; true ends the search.
  let isRefuted: ([[Double]]) throws -> Bool
  var steps = 20
  var stepSize = 0.2

  /// The most subproblems that are kept: half a gigabyte of slopes.
  private var mostOpen: Int {
    let slopes = bounds.relaxations.reduce(0) { $0 + ($1?.free.count ?? 0) }
    return (1 << 27) / max(slopes, 128)
  }

  private struct Subproblem {
    var splits: [Split]
    var slopes: [Int: [Float]]
    var bound: Double
    /// The element to split next; `nil` when none is left to split.
    var branch: Split?
  }

  func run() throws -> InputSplitting.Outcome {
    let root = Subproblem(splits: [], slopes: [:], bound: -.infinity, branch: nil)
    var open = Heap<Subproblem> { $0.bound < $1.bound }
    switch try bound([root], asks: true) {
    case .refuted: return .refuted
    case .open(let subproblems): subproblems.forEach { open.insert($0) }
    }
    var batches = 0
    while !open.isEmpty {
      if isExpired() || open.count > mostOpen { return .undecided }
      var children: [Subproblem] = []
      while children.count < Lanes.scalarCount, let parent = open.popFirst() {
        guard let branch = parent.branch else { return .undecided }
        for isAbove in [true, false] {
          var child = parent
          child.splits.append(
            Split(node: branch.node, position: branch.position, isAbove: isAbove, multiplier: 0))
          children.append(child)
        }
      }
      batches += 1
      // Seldom: a search costs more than a bound.
      switch try bound(children, asks: batches.isMultiple(of: 8)) {
      case .refuted: return .refuted
      case .open(let subproblems): subproblems.forEach { open.insert($0) }
      }
    }
    return .proven
  }

  private enum Bounded {
    case refuted
    /// Those not proven.
    case open([Subproblem])
  }

  /// - Parameter asks: Whether a counterexample is searched where the unproven bounds are smallest.
  private func bound(_ subproblems: [Subproblem], asks: Bool) throws -> Bounded {
    let pass = BackwardPass(graph: propagation.graph, bounds: bounds)
    var ascent = SlopeAscent(pass: pass, value: propagation.graph.output)
    for (lane, subproblem) in subproblems.enumerated() {
      ascent.setSlopes(subproblem.slopes, lane: lane)
      for split in subproblem.splits { ascent.fix(split, lane: lane) }
    }
    var targets = Lanes(repeating: target)
    for lane in subproblems.count..<Lanes.scalarCount where lane < Lanes.scalarCount {
      targets[lane] = -.infinity
    }
    let forms = subproblems.map { _ in form }
    let minima = ascent.run(forms, over: region, steps: steps, stepSize: stepSize, targets: targets)
    var remaining: [Subproblem] = []
    let unproven = subproblems.indices.filter { !(minima[$0] > target) }
    if asks, !unproven.isEmpty, try isRefuted(unproven.map { lane in ascent.minimizer.map { $0[lane] } }) {
      return .refuted
    }
    for lane in unproven {
      let subproblem = subproblems[lane]
      var next = subproblem
      next.bound = max(minima[lane], subproblem.bound)
      next.slopes = ascent.slopes(lane: lane)
      for k in next.splits.indices {
        next.splits[k].multiplier = ascent.multiplier(of: next.splits[k], lane: lane)
      }
      next.branch = best(of: widestGaps(ascent, lane: lane), for: next)
      remaining.append(next)
    }
    return .open(remaining)
  }

  /// The free elements, not yet split, at which the lines cost most, in descending order.
  private func widestGaps(_ ascent: SlopeAscent, lane: Int) -> [Split] {
    var widest: [(split: Split, gap: Double)] = []
    for (node, gaps) in ascent.gaps.sorted(by: { $0.key < $1.key }) {
      for (position, gap) in gaps.enumerated() {
        let gap = gap[lane]
        guard gap > 0, widest.count < Self.candidates || gap > widest.last?.gap ?? 0 else { continue }
        let place = widest.firstIndex { $0.gap < gap } ?? widest.count
        widest.insert(
          (Split(node: node, position: position, isAbove: true, multiplier: 0), gap), at: place)
        if widest.count > Self.candidates { widest.removeLast() }
      }
    }
    return widest.map(\.split)
  }

  /// The most elements whose split is tried: both sides of each fill the lanes.
  private static let candidates = Lanes.scalarCount / 2

  /// The split whose weaker side has the highest bound with the parent's slopes (filtered smart branching: De Palma et al.
  /// 2021, arXiv 2104.06718).
  private func best(of splits: [Split], for parent: Subproblem) -> Split? {
    guard splits.count > 1 else { return splits.first }
    let pass = BackwardPass(graph: propagation.graph, bounds: bounds)
    var ascent = SlopeAscent(pass: pass, value: propagation.graph.output)
    for lane in 0..<2 * splits.count {
      ascent.setSlopes(parent.slopes, lane: lane)
      var split = splits[lane / 2]
      split.isAbove = lane % 2 == 0
      for own in parent.splits + [split] { ascent.fix(own, lane: lane) }
    }
    let minima = ascent.bound((0..<2 * splits.count).map { _ in form }, over: region)
    // A proven side costs nothing any more, however far above the target it is.
    let scores = splits.indices.map { k in
      let (above, below) = (min(minima[2 * k], target), min(minima[2 * k + 1], target))
      return (weaker: min(above, below), stronger: max(above, below))
    }
    let best = splits.indices.max { scores[$0] < scores[$1] }
    return best.map { splits[$0] }
  }
}
