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
    switch try bound([root]) {
    case .refuted: return .refuted
    case .open(let subproblems): subproblems.forEach { open.insert($0) }
    }
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
      switch try bound(children) {
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

  private func bound(_ subproblems: [Subproblem]) throws -> Bounded {
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
    if !unproven.isEmpty, try isRefuted(unproven.map { lane in ascent.minimizer.map { $0[lane] } }) {
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
      next.branch = widestGap(ascent, lane: lane)
      remaining.append(next)
    }
    return .open(remaining)
  }

  /// The free element, not yet split, at which the lines cost most; any one when none costs anything.
  private func widestGap(_ ascent: SlopeAscent, lane: Int) -> Split? {
    var best: (split: Split, gap: Double)?
    for (node, gaps) in ascent.gaps.sorted(by: { $0.key < $1.key }) {
      for (position, gap) in gaps.enumerated() where gap[lane] > best?.gap ?? 0 {
        best = (Split(node: node, position: position, isAbove: true, multiplier: 0), gap[lane])
      }
    }
    return best?.split
  }
}
