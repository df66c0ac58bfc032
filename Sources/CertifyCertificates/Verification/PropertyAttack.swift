import CertifyEngine
import CertifyModel

/// A counterexample: an input of an unsafe case whose outputs, evaluated alone, satisfy all of its constraints.
public struct Counterexample: Sendable, Equatable {
  /// One number an element of the input, inside the box of the case.
  public let input: [Float]
  /// One number an element of the output, as the program gives them for `input` alone.
  public let outputs: [Float]
}

/// Searches the box of an unsafe case by projected gradient descent on its largest excess (Madry et al. 2018,
/// arXiv 1706.06083, with the box as the ball).
final class PropertyAttack {
  private let evaluator: GraphEvaluator
  /// Evaluates one input alone: what it says counts.
  private let reference: GraphEvaluator
  private let inputCount: Int
  private let outputCount: Int
  private var generator: UInt64

  init(batched: Graph, single: Graph, seed: UInt64) throws {
    evaluator = try GraphEvaluator(graph: batched, gradients: true)
    reference = try GraphEvaluator(graph: single, gradients: false)
    inputCount = reference.inputs.count
    outputCount = reference.outputs.count
    generator = seed
  }

  /// The numbers of input and output elements.
  var counts: (inputs: Int, outputs: Int) { (inputCount, outputCount) }

  /// Whether an input is a counterexample of a case.
  func confirm(_ input: [Float], _ unsafe: UnsafeCase) throws -> Counterexample? {
    _ = reference.inputs.update(fromContentsOf: input)
    try reference.forward()
    let isUnsafe = unsafe.constraints.allSatisfy { $0.excess(of: reference.outputs) <= 0 }
    return isUnsafe ? Counterexample(input: input, outputs: Array(reference.outputs)) : nil
  }

  /// One round of descents, from given points of the box, from random ones and from random corners.
  ///
  /// A row's step is halved, and it goes back to its best point, when its excess has not fallen for some steps (as in
  /// APGD: Croce, Hein 2020, arXiv 2003.01690).
  func run(
    _ unsafe: UnsafeCase, from starts: [[Float]], steps: Int, isExpired: () -> Bool
  ) throws -> Counterexample? {
    let (low, high) = unsafe.floats
    let rows = evaluator.batchSize
    for row in 0..<rows {
      for i in 0..<inputCount {
        let place = row % 3 == 0 ? unit().rounded() : unit()
        let value = row < starts.count ? starts[row][i] : low[i] + (high[i] - low[i]) * place
        evaluator.inputs[row * inputCount + i] = min(max(value, low[i]), high[i])
      }
    }
    var descents = (0..<rows).map { Descent(step: $0 % 2 == 0 ? 0.5 : 0.1) }
    let patience = max(3, steps / 10)
    for step in 0...steps {
      if isExpired() { return nil }
      try evaluator.forward()
      evaluator.outputGradients.update(repeating: 0)
      for row in 0..<rows {
        let outputs = UnsafeBufferPointer(
          rebasing: evaluator.outputs[row * outputCount..<(row + 1) * outputCount])
        var worst: (excess: Double, constraint: UnsafeCase.Constraint)?
        for constraint in unsafe.constraints {
          let excess = constraint.excess(of: outputs)
          if worst == nil || excess > worst?.excess ?? 0 { worst = (excess, constraint) }
        }
        let input = evaluator.inputs[row * inputCount..<(row + 1) * inputCount]
        if worst?.excess ?? 0 <= 0, let found = try confirm(Array(input), unsafe) { return found }
        descents[row].observe(worst?.excess ?? 0, at: input, patience: patience)
        for term in worst?.constraint.terms ?? [] {
          evaluator.outputGradients[row * outputCount + term.index] += Float(term.weight)
        }
      }
      guard step < steps else { break }
      try evaluator.backward()
      for row in 0..<rows { move(row, &descents[row], low, high) }
    }
    return nil
  }

  /// A step against the sign of the gradient, or back to the best point.
  private func move(_ row: Int, _ descent: inout Descent, _ low: [Float], _ high: [Float]) {
    if descent.returns {
      for (i, value) in descent.best.enumerated() { evaluator.inputs[row * inputCount + i] = value }
      descent.returns = false
      return
    }
    for i in 0..<inputCount {
      let k = row * inputCount + i
      let gradient = evaluator.inputGradients[k]
      guard gradient != 0, gradient.isFinite else { continue }
      let moved = evaluator.inputs[k] - (gradient > 0 ? descent.step : -descent.step) * (high[i] - low[i])
      evaluator.inputs[k] = min(max(moved, low[i]), high[i])
    }
  }

  /// One row's way down.
  private struct Descent {
    /// As a share of the box's width.
    var step: Float
    var best: [Float] = []
    /// Whether the next step starts from the best point.
    var returns = false
    private var leastExcess = Double.infinity
    private var stale = 0

    init(step: Float) { self.step = step }

    mutating func observe(_ excess: Double, at point: some Collection<Float>, patience: Int) {
      if excess < leastExcess {
        (leastExcess, stale) = (excess, 0)
        best = Array(point)
        return
      }
      stale += 1
      guard stale >= patience else { return }
      stale = 0
      step /= 2
      returns = true
    }
  }

  /// A number in [0, 1), from a linear congruence (Knuth's MMIX).
  private func unit() -> Float {
    generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(generator >> 40) * 0x1p-24
  }
}
