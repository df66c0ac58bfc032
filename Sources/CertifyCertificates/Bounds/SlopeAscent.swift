/// A gradient ascent on the lower slopes of rectifiers and on the multipliers of split constraints, sixteen forms at a
/// time, each with its own.
///
/// A constraint x ≥ 0 on an activation's input adds −βx to the form that is bounded, x ≤ 0 adds βx, β ≥ 0
/// (β-CROWN: Wang et al. 2021, arXiv 2103.06624).
struct SlopeAscent {
  let pass: BackwardPass
  let value: Int
  /// By node: the lines of the free elements.
  private(set) var lines: [Int: BackwardPass.LaneLines] = [:]
  /// By node: 1 where x ≥ 0 is known of a free element, −1 where x ≤ 0 is, else 0; and β.
  private var signs: [Int: [Lanes]] = [:]
  private var multipliers: [Int: [Lanes]] = [:]
  private var moments: [Int: Moments] = [:]
  /// What the last step found at each free element: how far the lines are from the activation, weighted by the
  /// coefficient that uses them.
  private(set) var gaps: [Int: [Lanes]] = [:]
  /// The inputs that minimise the last linear bound.
  private(set) var minimizer: [Lanes] = []

  private struct Moments {
    var slopes: [AdamMoment]
    var multipliers: [AdamMoment]
  }

  /// Starts at the common slopes, without constraints.
  init(pass: BackwardPass, value: Int) {
    self.pass = pass
    self.value = value
    for (index, relaxation) in pass.bounds.relaxations.enumerated() {
      guard let relaxation, !relaxation.free.isEmpty else { continue }
      lines[index] = BackwardPass.LaneLines(
        lowerSlope: relaxation.free.map { Lanes(repeating: relaxation.lowerSlope[$0]) },
        upperSlope: relaxation.free.map { Lanes(repeating: relaxation.upperSlope[$0]) },
        upperIntercept: relaxation.free.map { Lanes(repeating: relaxation.upperIntercept[$0]) },
        multiplier: nil)
      signs[index] = relaxation.free.map { _ in .zero }
      multipliers[index] = signs[index]
    }
  }

  /// Sets the slopes of a lane.
  mutating func setSlopes(_ slopes: [Int: [Float]], lane: Int) {
    for (index, values) in slopes {
      guard var own = lines.removeValue(forKey: index) else { continue }
      for (position, slope) in values.enumerated() { own.lowerSlope[position][lane] = Double(slope) }
      lines[index] = own
    }
  }

  /// The slopes of a lane.
  func slopes(lane: Int) -> [Int: [Float]] {
    lines.mapValues { $0.lowerSlope.map { Float($0[lane]) } }
  }

  /// Fixes the side of a kink on which a free element is in one lane.
  mutating func fix(_ split: Split, lane: Int) {
    // Taken out of the dictionary while it is changed, so that nothing is copied.
    guard let relaxation = pass.bounds.relaxations[split.node],
      var own = lines.removeValue(forKey: split.node)
    else { return }
    let slope = split.isAbove ? 1 : relaxation.slopeRange.lowerBound
    own.lowerSlope[split.position][lane] = slope
    own.upperSlope[split.position][lane] = slope
    own.upperIntercept[split.position][lane] = 0
    if own.multiplier == nil { own.multiplier = relaxation.free.map { _ in .zero } }
    own.multiplier?[split.position][lane] = (split.isAbove ? -1 : 1) * split.multiplier
    lines[split.node] = own
    signs[split.node]?[split.position][lane] = split.isAbove ? 1 : -1
    multipliers[split.node]?[split.position][lane] = split.multiplier
  }

  /// β of a constraint in one lane.
  func multiplier(of split: Split, lane: Int) -> Double {
    multipliers[split.node]?[split.position][lane] ?? 0
  }

  /// The bounds with the lines as they are.
  func bound(_ forms: [LinearForm], over region: InputRegion) -> Lanes {
    var trace: BackwardPass.Trace = [:]
    return pass.run(forms, at: value, lines: lines, trace: &trace).minimum(over: region)
  }

  /// The best bounds in `steps` steps, or as soon as every lane is above its target.
  mutating func run(
    _ forms: [LinearForm], over region: InputRegion, steps: Int, stepSize: Double, targets: Lanes? = nil
  ) -> Lanes {
    var best = Lanes(repeating: -.infinity)
    var size = stepSize
    for round in 1...max(steps, 1) {
      var trace: BackwardPass.Trace = [:]
      let form = pass.run(forms, at: value, lines: lines, trace: &trace)
      best = larger(best, form.minimum(over: region))
      if let targets, all(best .> targets) { break }
      minimizer = region.minimizer(of: form.coefficients)
      let values = surrogate(at: minimizer, trace)
      guard round < steps, !trace.isEmpty else {
        measureGaps(trace, values)
        break
      }
      ascend(trace, values, size: size)
      size *= 0.96
    }
    return best
  }

  private mutating func ascend(
    _ trace: BackwardPass.Trace, _ values: [Int: [Lanes]], size: Double
  ) {
    for (index, upstream) in trace {
      guard let relaxation = pass.bounds.relaxations[index], let inputs = values[index],
        let sides = signs[index], var own = lines.removeValue(forKey: index),
        var betas = multipliers.removeValue(forKey: index)
      else { continue }
      var moment =
        moments.removeValue(forKey: index)
        ?? Moments(
          slopes: relaxation.free.map { _ in AdamMoment() },
          multipliers: own.multiplier == nil ? [] : relaxation.free.map { _ in AdamMoment() })
      let least = Lanes(repeating: relaxation.slopeRange.lowerBound)
      let most = Lanes(repeating: relaxation.slopeRange.upperBound)
      for (position, k) in relaxation.free.enumerated() {
        let derivative = larger(upstream[k], .zero) * inputs[position]
        let step = moment.slopes[position].step(derivative)
        let isFixed = sides[position] .!= 0
        let slope = own.lowerSlope[position]
        let moved = smaller(larger(slope + step * size, least), most)
        own.lowerSlope[position] = moved.replacing(with: slope, where: isFixed)
        guard own.multiplier != nil, sides[position] != .zero else { continue }
        // In units of the coefficient that the multiplier competes with.
        let unit = (magnitude(upstream[k]) + 0.01) * size
        let push = moment.multipliers[position].step(-sides[position] * inputs[position])
        let beta = larger(betas[position] + push * unit, .zero).replacing(with: 0, where: .!isFixed)
        betas[position] = beta
        own.multiplier?[position] = -sides[position] * beta
      }
      lines[index] = own
      multipliers[index] = betas
      moments[index] = moment
    }
  }

  private mutating func measureGaps(_ trace: BackwardPass.Trace, _ values: [Int: [Lanes]]) {
    gaps = [:]
    for (index, upstream) in trace {
      guard let relaxation = pass.bounds.relaxations[index], let own = lines[index],
        let inputs = values[index], let sides = signs[index]
      else { continue }
      let floor = relaxation.slopeRange.lowerBound
      gaps[index] = relaxation.free.enumerated().map { position, k in
        let x = inputs[position]
        let exact = larger(x, x * floor)
        let above = x * own.upperSlope[position] + own.upperIntercept[position] - exact
        let below = exact - x * own.lowerSlope[position]
        let a = upstream[k]
        let gap = larger(a, .zero) * below - smaller(a, .zero) * above
        return gap.replacing(with: 0, where: sides[position] .!= 0)
      }
    }
  }

  /// The inputs of the free elements of each traced node where the chosen lines replace the activations.
  func surrogate(at point: [Lanes], _ trace: BackwardPass.Trace) -> [Int: [Lanes]] {
    let graph = pass.graph
    var values: [Int: [Lanes]] = [graph.input: point]
    var results: [Int: [Lanes]] = [:]
    let last = trace.keys.max() ?? -1
    for index in 0...max(last, 0) where last >= 0 {
      let node = graph.nodes[index]
      let inputs = node.inputs.map { values[$0] ?? [] }
      if let relaxation = pass.bounds.relaxations[index], trace[index] != nil {
        results[index] = relaxation.free.map { inputs[0][$0] }
      }
      if index < last {
        values[node.output] = forward(index, inputs, upstream: trace[index])
      }
    }
    return results
  }

  private func forward(_ index: Int, _ inputs: [[Lanes]], upstream: [Lanes]?) -> [Lanes] {
    let node = pass.graph.nodes[index]
    switch node.kind {
    case .affine(let step):
      var output =
        step.shift.isEmpty
        ? [Lanes](repeating: .zero, count: pass.graph.sizes[node.output])
        : step.shift.map { Lanes(repeating: $0) }
      for (matrix, input) in zip(step.matrices, inputs) {
        input.withUnsafeBufferPointer { input in
          output.withUnsafeMutableBufferPointer { matrix.byOutput.gather(input, into: $0) }
        }
      }
      return output
    case .activation:
      guard let relaxation = pass.bounds.relaxations[index] else { return [] }
      var output = inputs[0].indices.map { inputs[0][$0] * relaxation.upperSlope[$0] }
      for k in output.indices { output[k] += relaxation.upperIntercept[k] }
      guard let own = lines[index], let upstream else { return output }
      for (position, k) in relaxation.free.enumerated() {
        let below = inputs[0][k] * own.lowerSlope[position] + relaxation.lowerIntercept[k]
        let above = inputs[0][k] * own.upperSlope[position] + own.upperIntercept[position]
        output[k] = above.replacing(with: below, where: upstream[k] .>= 0)
      }
      return output
    case .maximum(let step):
      guard let maxima = pass.bounds.maxima[index] else { return [] }
      return (0..<(step.starts.count - 1)).map { inputs[0][maxima.winners[$0]] }
    }
  }
}
