/// A linear combination of a value's elements: Σ weight · element.
struct LinearForm: Sendable {
  var terms: [(element: Int, weight: Double)]
}

/// Linear functions of the input that lie below linear forms of a value, one a lane.
struct InputForm: Sendable {
  /// One coefficient an input element.
  var coefficients: [Lanes]
  var constant: Lanes
}

/// Pulls linear lower bounds back from a value of the graph to its input (CROWN: Zhang et al. 2018,
/// arXiv 1811.00866).
///
/// At an activation a positive coefficient takes the line below and a negative one the line above. What rounding
/// takes, in the program and here, is paid at every node by ``ValueBounds/charges``, and for the running constant at
/// the end.
struct BackwardPass {
  let graph: BoundGraph
  let bounds: ValueBounds
  /// Whether a form is bounded by the intervals of the last activations instead of going on through them.
  var usesIntervals = false

  /// Lines of free elements that differ from lane to lane, and what follows from constraints on them.
  struct LaneLines {
    /// Each parallel to ``Relaxation/free``.
    var lowerSlope: [Lanes]
    var upperSlope: [Lanes]
    var upperIntercept: [Lanes]
    /// What is added to the coefficient of the activation's input: −β for a constraint x ≥ 0, β for x ≤ 0, β ≥ 0.
    var multiplier: [Lanes]?
  }

  /// The coefficients that reached each activation, for the nodes with lane lines.
  typealias Trace = [Int: [Lanes]]

  /// At most sixteen forms at `value`, whose bounds and those before it are there.
  func run(_ forms: [LinearForm], at value: Int) -> InputForm {
    var trace: Trace = [:]
    return run(forms, at: value, lines: [:], trace: &trace)
  }

  /// The same with lines of their own in each lane, by node, and the coefficients recorded in `trace`.
  func run(
    _ forms: [LinearForm], at value: Int, lines: [Int: LaneLines], trace: inout Trace
  ) -> InputForm {
    var pending: [Int: [Lanes]] = [:]
    var start = [Lanes](repeating: .zero, count: graph.sizes[value])
    for (lane, form) in forms.enumerated() {
      for term in form.terms { start[term.element][lane] += term.weight }
    }
    pending[value] = start
    var constant = Lanes.zero
    var mass = Lanes.zero
    for index in graph.nodes.indices.reversed() {
      let node = graph.nodes[index]
      guard let upstream = pending.removeValue(forKey: node.output) else { continue }
      var local = payment(upstream, index)
      switch node.kind {
      case .activation where usesIntervals, .maximum where usesIntervals:
        local = intervalMinimum(upstream, value: node.output)
      case .affine(let step):
        if !step.shift.isEmpty {
          for (k, a) in upstream.enumerated() { local += a * step.shift[k] }
        }
        for (matrix, input) in zip(step.matrices, node.inputs) {
          pullBack(upstream, through: matrix, into: &pending, at: input)
        }
      case .activation:
        guard let relaxation = bounds.relaxations[index] else { continue }
        if lines[index] != nil { trace[index] = upstream }
        var part = pending.removeValue(forKey: node.inputs[0]) ?? zeros(node.inputs[0])
        local += pullBack(upstream, through: relaxation, into: &part)
        if let own = lines[index] {
          local += correct(upstream, relaxation, own, value: node.inputs[0], into: &part)
        }
        pending[node.inputs[0]] = part
      case .maximum(let step):
        guard let maxima = bounds.maxima[index] else { continue }
        var part = pending.removeValue(forKey: node.inputs[0]) ?? zeros(node.inputs[0])
        local += pullBack(upstream, through: step, maxima, into: &part)
        pending[node.inputs[0]] = part
      }
      constant += local
      mass += magnitude(local)
    }
    constant -= mass * (Double(graph.nodes.count + 16) * 0x1p-51)
    return InputForm(coefficients: pending[graph.input] ?? zeros(graph.input), constant: constant)
  }

  private func zeros(_ value: Int) -> [Lanes] { [Lanes](repeating: .zero, count: graph.sizes[value]) }

  /// −Σ |a| · charge.
  private func payment(_ upstream: [Lanes], _ index: Int) -> Lanes {
    var sum = Lanes.zero
    for (a, charge) in zip(upstream, bounds.charges[index]) { sum -= magnitude(a) * charge }
    return sum
  }

  /// The smallest Σ a·v̂ over the intervals of a value's elements, rounded down.
  private func intervalMinimum(_ upstream: [Lanes], value: Int) -> Lanes {
    InputRegion(lower: bounds.lower[value], upper: bounds.upper[value]).minimum(of: upstream)
  }

  private func pullBack(
    _ upstream: [Lanes], through matrix: TermMatrix, into pending: inout [Int: [Lanes]], at input: Int
  ) {
    var part = pending.removeValue(forKey: input) ?? zeros(input)
    let used = upstream.reduce(0) { $1 == .zero ? $0 : $0 + 1 }
    upstream.withUnsafeBufferPointer { upstream in
      part.withUnsafeMutableBufferPointer { part in
        if used * 4 < upstream.count {
          matrix.byOutput.scatter(upstream, into: part)
        } else {
          matrix.byInput.gather(upstream, into: part)
        }
      }
    }
    pending[input] = part
  }

  /// Adds the lines' slopes to `part` and returns their intercepts.
  private func pullBack(
    _ upstream: [Lanes], through relaxation: Relaxation, into part: inout [Lanes]
  ) -> Lanes {
    var sum = Lanes.zero
    for (k, a) in upstream.enumerated() {
      if a == .zero { continue }
      let (positive, negative) = (larger(a, .zero), smaller(a, .zero))
      part[k] += positive * relaxation.lowerSlope[k] + negative * relaxation.upperSlope[k]
      sum += positive * relaxation.lowerIntercept[k] + negative * relaxation.upperIntercept[k]
    }
    return sum
  }

  private func pullBack(
    _ upstream: [Lanes], through step: MaximumStep, _ maxima: MaximumLines, into part: inout [Lanes]
  ) -> Lanes {
    var sum = Lanes.zero
    for (k, a) in upstream.enumerated() {
      if a == .zero { continue }
      if maxima.isSettled[k] {
        part[maxima.winners[k]] += a
        continue
      }
      let (positive, negative) = (larger(a, .zero), smaller(a, .zero))
      part[maxima.winners[k]] += positive
      for position in step.starts[k]..<step.starts[k + 1] {
        part[step.places[position]] += negative * maxima.slopes[position]
      }
      sum += negative * maxima.intercepts[k]
    }
    return sum
  }

  /// Puts the lanes' own lines in the place of the common ones at the free elements, and adds the multipliers.
  private func correct(
    _ upstream: [Lanes], _ relaxation: Relaxation, _ lines: LaneLines, value: Int, into part: inout [Lanes]
  ) -> Lanes {
    var sum = Lanes.zero
    for (position, k) in relaxation.free.enumerated() {
      let a = upstream[k]
      let (positive, negative) = (larger(a, .zero), smaller(a, .zero))
      part[k] +=
        positive * (lines.lowerSlope[position] - relaxation.lowerSlope[k])
        + negative * (lines.upperSlope[position] - relaxation.upperSlope[k])
      sum += negative * (lines.upperIntercept[position] - relaxation.upperIntercept[k])
      if let multiplier = lines.multiplier?[position] {
        part[k] += multiplier
        sum -= magnitude(multiplier) * (bounds.magnitude(value, k) * 0x1p-48)
      }
    }
    return sum
  }
}
