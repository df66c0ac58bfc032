/// The state of a gradient ascent on lower slopes and on the multipliers of split constraints, sixteen forms at a time.
struct SlopeAscent {
  let pass: BackwardPass
  let value: Int
  /// By node: the lines of the free elements.
  private(set) var lines: [Int: BackwardPass.LaneLines] = [:]
  private var moments: [Int: Moments] = [:]

  private struct Moments {
    var slopes: [Moment]
    var multipliers: [Moment]
  }

  /// Running means of a derivative and of its square (Adam: Kingma, Ba 2015, arXiv 1412.6980).
  struct Moment {
    var mean = Lanes.zero
    var square = Lanes.zero

    /// The step for one more derivative, of size about 1.
    mutating func step(_ derivative: Lanes, round: Int) -> Lanes {
      mean = mean * 0.9 + derivative * 0.1
      square = square * 0.999 + derivative * derivative * 0.001
      let (a, b) = (1 - power(0.9, round), 1 - power(0.999, round))
      return (mean / a) / ((square / b).squareRoot() + 1e-12)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
      (0..<exponent).reduce(1) { result, _ in result * base }
    }
  }

  /// Starts at the common slopes.
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
    }
  }

  /// The best bounds in `steps` steps.
  mutating func run(
    _ forms: [LinearForm], over region: InputRegion, steps: Int, stepSize: Double
  ) -> Lanes {
    var best = Lanes(repeating: -.infinity)
    var size = stepSize
    for round in 1...max(steps, 1) {
      var trace: BackwardPass.Trace = [:]
      let form = pass.run(forms, at: value, lines: lines, trace: &trace)
      best = pointwiseMax(best, form.minimum(over: region))
      guard round < steps, !trace.isEmpty else { break }
      let values = surrogate(at: region.minimizer(of: form.coefficients), trace)
      ascend(trace, values, size: size, round: round)
      size *= 0.95
    }
    return best
  }

  private mutating func ascend(
    _ trace: BackwardPass.Trace, _ values: [Int: [Lanes]], size: Double, round: Int
  ) {
    for (index, upstream) in trace.sorted(by: { $0.key < $1.key }) {
      guard let relaxation = pass.bounds.relaxations[index], var own = lines[index],
        let inputs = values[index]
      else { continue }
      var moment =
        moments[index]
        ?? Moments(
          slopes: relaxation.free.map { _ in Moment() }, multipliers: [])
      let (least, most) = (
        Lanes(repeating: relaxation.slopeRange.lowerBound), Lanes(repeating: relaxation.slopeRange.upperBound)
      )
      for (position, k) in relaxation.free.enumerated() {
        let derivative = pointwiseMax(upstream[k], .zero) * inputs[position]
        let step = moment.slopes[position].step(derivative, round: round)
        let slope = own.lowerSlope[position] + step * size
        own.lowerSlope[position] = pointwiseMin(pointwiseMax(slope, least), most)
      }
      lines[index] = own
      moments[index] = moment
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
