import CertifyEngine
import CertifyThreat

/// The interval graph of a network at work on some rows.
final class IntervalNetwork {
  private let evaluator: GraphEvaluator
  private let sources: [IntervalGraph.Source]
  private let dimension: Int
  private let classCount: Int
  /// The signs of the network's parameters that were loaded last.
  private var parameters: [Float] = []

  init(_ model: TrainableModel, rows: Int) throws {
    let intervals = try IntervalGraph(model.graph(batchSize: rows))
    evaluator = try GraphEvaluator(graph: intervals.graph, gradients: true, isTrainable: true)
    sources = intervals.sources
    dimension = model.inputShape.reduce(1, *)
    classCount = evaluator.outputShape.reduce(1, *) / 2
    guard classCount == model.classCount else {
      throw TrainingError.incompatible(
        objective: "ibp", node: "", reason: "the network has one output number instead of one for each class")
    }
  }

  func load(_ parameters: [Float]) throws {
    self.parameters = parameters
    for source in sources {
      for (target, origin) in zip(source.target, source.origin) {
        evaluator.parameters[target] = source.isAbsolute ? abs(parameters[origin]) : parameters[origin]
      }
    }
    try evaluator.loadParameters()
  }

  /// Writes the box [x − ε, x + ε] ∩ bounds.
  func write(_ point: ArraySlice<Float>, epsilon: Float, bounds: InputSpace.Bounds?, into row: Int) {
    let start = row * 2 * dimension
    for (i, x) in point.enumerated() {
      let lower = max(x - epsilon, bounds?.lower ?? -.infinity)
      let upper = min(x + epsilon, bounds?.upper ?? .infinity)
      evaluator.inputs[start + i] = 0.5 * (upper + lower)
      evaluator.inputs[start + dimension + i] = 0.5 * (upper - lower)
    }
  }

  func forward() throws { try evaluator.forward() }

  /// Writes ẑ: the lower bound of the label's logit and the upper bounds of the others.
  func worstLogits(_ row: Int, label: Int, into logits: UnsafeMutableBufferPointer<Float>) {
    let (middles, radii) = bounds(row)
    for c in 0..<classCount { logits[c] = middles[c] + (c == label ? -radii[c] : radii[c]) }
  }

  /// Whether no class can overtake the label within the box, by these intervals.
  func isDecided(_ row: Int, label: Int) -> Bool {
    let (middles, radii) = bounds(row)
    let lower = middles[label] - radii[label]
    return (0..<classCount).allSatisfy { $0 == label || middles[$0] + radii[$0] < lower }
  }

  func clearGradients() { evaluator.outputGradients.update(repeating: 0) }

  /// Turns a gradient with respect to ẑ into one with respect to midpoints and radii.
  func writeGradient(_ row: Int, label: Int, _ gradient: UnsafeBufferPointer<Float>) {
    let start = row * 2 * classCount
    for c in 0..<classCount {
      evaluator.outputGradients[start + c] = gradient[c]
      evaluator.outputGradients[start + classCount + c] = c == label ? -gradient[c] : gradient[c]
    }
  }

  /// Adds the gradient with respect to the network's parameters; ∂|w| = sign(w), 0 at 0.
  func addGradient(to gradient: inout [Float]) throws {
    try evaluator.backwardToParameters(inputs: false)
    for source in sources {
      for (target, origin) in zip(source.target, source.origin) {
        let w = parameters[origin]
        let sign: Float = source.isAbsolute ? (w > 0 ? 1 : w < 0 ? -1 : 0) : 1
        gradient[origin] += sign * evaluator.parameterGradients[target]
      }
    }
  }

  private func bounds(_ row: Int) -> (middles: UnsafeBufferPointer<Float>, radii: UnsafeBufferPointer<Float>)
  {
    let start = row * 2 * classCount
    return (
      UnsafeBufferPointer(rebasing: evaluator.outputs[start..<start + classCount]),
      UnsafeBufferPointer(rebasing: evaluator.outputs[start + classCount..<start + 2 * classCount])
    )
  }
}
