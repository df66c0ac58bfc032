import CertifyAttacks
import CertifyEngine
import CertifyTraining

/// Projected gradient ascent as it is printed (Madry et al. 2018, arXiv 1706.06083): u ← clip(u + α sign ∇L(u)) to the ball
/// and the box, from the input itself, 100 steps of α = 2.5 ε/100 in ℓ∞, nothing else.
///
/// Where the gradient is 0 it stays where it is. The `pgd` of `certify run` goes to a random point then, and has restarts.
final class TextbookPGD {
  private let classifier: any DifferentiableClassifier
  private static let steps = 100

  /// - Throws: ``ExperimentError/failed(experiment:reason:)`` for a net without gradients.
  init(_ net: LoadedClassifier) throws {
    guard let classifier = try net.makeDifferentiableClassifier(batchSize: 1) else {
      throw ExperimentError.failed(experiment: "gradient-masking", reason: "the net has no gradients at all")
    }
    self.classifier = classifier
  }

  /// Whether it finds a point within ε of an input that is not given the input's label.
  func breaks(_ input: AttackInput, epsilon: Double) throws -> Bool {
    let epsilon = Float(epsilon)
    let length = 2.5 * epsilon / Float(Self.steps)
    let bounds = GradientMaskingExperiment.bounds
    _ = classifier.inputs.update(fromContentsOf: input.point)
    for step in 0...Self.steps {
      try classifier.forward(count: 1)
      if classifier.decision(row: 0) != input.label { return true }
      guard step < Self.steps else { break }
      let logits = UnsafeBufferPointer(rebasing: classifier.logits[0..<classifier.classCount])
      let written = UnsafeMutableBufferPointer(
        rebasing: classifier.logitGradients[0..<classifier.classCount])
      _ = CrossEntropy.differentiate(logits, label: input.label, scale: 1, into: written)
      try classifier.backward(count: 1)
      for (i, x) in input.point.enumerated() {
        let slope = classifier.inputGradients[i]
        let sign: Float = slope > 0 ? 1 : slope < 0 ? -1 : 0
        let (low, high) = (max(x - epsilon, bounds.lower), min(x + epsilon, bounds.upper))
        classifier.inputs[i] = min(max(classifier.inputs[i] + length * sign, low), high)
      }
    }
    return false
  }

  /// The part of some inputs that it leaves right, at each of some ε.
  func accuracies(on inputs: [AttackInput], epsilons: [Double]) throws -> [Double] {
    try epsilons.map { epsilon in
      Double(try inputs.count { try !breaks($0, epsilon: epsilon) }) / Double(inputs.count)
    }
  }
}
