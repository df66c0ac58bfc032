import CertifyAttacks
import CertifyEngine
import CertifyModel
import CertifyTraining
import Foundation

/// Features, a head that names the class and a head that names the domain, trained with a layer between that reverses
/// gradients (Ganin et al. 2016, arXiv 1505.07818).
///
/// The domain head learns to tell source from target. Its gradient reaches the features with the factor −λ, so that
/// they learn to hide the domain; λ = 2/(1 + e^(−10 t)) − 1 grows over the training. Labels of the target are not used.
struct DomainAdversarialNet {
  /// Features and class head, up to the logits of the classes.
  let classifier: LoadedClassifier

  private static let units = 32
  private static let featureName = "feature"

  /// - Parameters:
  ///   - target: points whose labels are not looked at.
  ///   - isAdversarial: `false` for λ = 0, the same training without the domain.
  init(source: Moons, target: Moons, isAdversarial: Bool, steps: Int, rate: Double, seed: UInt64) throws {
    let model = try TrainableModel(
      name: "domain-adversarial", inputShape: [2], classCount: 4, seed: seed, make: Self.graph)
    let half = 64
    let network = try GraphClassifier(
      graph: model.graph(batchSize: 2 * half), gradients: true, isTrainable: true)
    var parameters = model.parameters
    var optimiser = OptimiserState(
      .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), count: parameters.count)
    var generator = SplitMix64(seed: seed, input: 0, stage: 0x646F_6D61)
    let features = model.views.filter { $0.name.hasPrefix(Self.featureName) }.map(\.range)
    for step in 0..<steps {
      let rows = (0..<half).map { _ in Int.random(in: 0..<source.points.count, using: &generator) }
      let others = (0..<half).map { _ in Int.random(in: 0..<target.points.count, using: &generator) }
      for (row, point) in (rows.map { source.points[$0] } + others.map { target.points[$0] }).enumerated() {
        _ = network.inputs[2 * row..<2 * row + 2].update(fromContentsOf: point)
      }
      _ = network.parameters.update(fromContentsOf: parameters)
      try network.loadParameters()
      try network.forward(count: 2 * half)
      // The classes of the source, in the first two logits.
      var gradient = try Self.gradient(of: network, rows: 0..<half, logits: 0, scale: 1 / Float(half)) {
        source.labels[rows[$0]]
      }
      if isAdversarial {
        let t = Double(step) / Double(steps)
        let lambda = Float(2 / (1 + exp(-10 * t)) - 1)
        var domain = try Self.gradient(
          of: network, rows: 0..<2 * half, logits: 2, scale: 0.5 / Float(half)
        ) { $0 < half ? 0 : 1 }
        for range in features {
          for i in range { domain[i] *= -lambda }
        }
        for i in gradient.indices { gradient[i] += domain[i] }
      }
      let left = 1 - Double(step) / Double(steps)
      optimiser.update(&parameters, along: gradient, learningRate: rate * left, weightDecay: 0)
    }
    let trained = parameters
    classifier = try LoadedClassifier { batchSize in
      var graph = try model.graph(batchSize: batchSize, parameters: trained)
      let heads = graph.nodes.removeLast()
      graph.output = heads.inputs[0]
      graph.nodes.removeAll { $0.name.hasPrefix("domain") }
      return graph
    }
  }

  /// The gradient of `scale`·cross-entropy of two neighbouring logits, summed over some rows.
  private static func gradient(
    of network: GraphClassifier, rows: Range<Int>, logits first: Int, scale: Float, label: (Int) -> Int
  ) throws -> [Float] {
    network.logitGradients.update(repeating: 0)
    for row in rows {
      let place = 4 * row + first..<4 * row + first + 2
      _ = CrossEntropy.differentiate(
        UnsafeBufferPointer(rebasing: network.logits[place]), label: label(row), scale: scale,
        into: UnsafeMutableBufferPointer(rebasing: network.logitGradients[place]))
    }
    try network.backwardToParameters(inputs: false)
    return Array(network.parameterGradients)
  }

  /// Logits of two classes and of two domains, side by side.
  @Sendable private static func graph(batchSize: Int) -> Graph {
    var sketch = GraphSketch(input: [batchSize, 2])
    var x: ValueID = 0
    for layer in 1...2 {
      x = sketch.linear(x, outputs: units, "\(featureName)\(layer)")
      x = sketch.unary(.relu, x, "\(featureName).relu\(layer)")
    }
    let classes = sketch.linear(x, outputs: 2, "class")
    let hidden = sketch.unary(.relu, sketch.linear(x, outputs: units, "domain1"), "domain.relu")
    let domains = sketch.linear(hidden, outputs: 2, "domain2")
    let heads = sketch.add(.concatenation(axis: 1), "heads", [classes, domains], shape: [batchSize, 4])
    return sketch.graph(output: heads)
  }
}
