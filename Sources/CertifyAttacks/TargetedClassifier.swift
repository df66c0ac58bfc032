import CertifyEngine

/// A classifier seen by an attack that wants one class: class 1 is that class and class 0 all others.
///
/// The logits are (max_{c≠t} z_c, z_t), so that the second is the decision where f's is t, ties apart: a tie with t
/// counts as not reached. Every attack, loss and bound for two classes is then one for the target.
class TargetedClassifier: Classifier {
  let inputShape: [Int]
  let classCount = 2
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  var logits: UnsafeBufferPointer<Float> { UnsafeBufferPointer(outputs) }
  let target: Int
  /// The largest of the other classes, a row.
  fileprivate var rivals: [Int]
  private let classifier: any Classifier
  private let outputs: UnsafeMutableBufferPointer<Float>

  init(_ classifier: any Classifier, target: Int) {
    self.classifier = classifier
    self.target = target
    inputShape = classifier.inputShape
    batchSize = classifier.batchSize
    inputs = classifier.inputs
    rivals = Array(repeating: 0, count: classifier.batchSize)
    outputs = .allocate(capacity: 2 * classifier.batchSize)
    outputs.initialize(repeating: 0)
  }

  deinit { outputs.deallocate() }

  func forward(count: Int) throws {
    try classifier.forward(count: count)
    let classes = classifier.classCount
    for row in 0..<count {
      let z = UnsafeBufferPointer(rebasing: classifier.logits[row * classes..<(row + 1) * classes])
      rivals[row] = AttackLoss.rival(of: target, in: z)
      outputs[2 * row] = z[rivals[row]]
      outputs[2 * row + 1] = z[target]
    }
  }
}

/// The same with gradients.
final class TargetedDifferentiableClassifier: TargetedClassifier, DifferentiableClassifier {
  let logitGradients: UnsafeMutableBufferPointer<Float>
  var inputGradients: UnsafeBufferPointer<Float> { differentiable.inputGradients }
  private let differentiable: any DifferentiableClassifier

  init(_ classifier: any DifferentiableClassifier, target: Int) {
    differentiable = classifier
    logitGradients = .allocate(capacity: 2 * classifier.batchSize)
    logitGradients.initialize(repeating: 0)
    super.init(classifier, target: target)
  }

  deinit { logitGradients.deallocate() }

  func backward(count: Int) throws {
    let classes = differentiable.classCount
    let written = differentiable.logitGradients
    for row in 0..<count {
      for c in 0..<classes { written[row * classes + c] = 0 }
      written[row * classes + rivals[row]] = logitGradients[2 * row]
      written[row * classes + target] = logitGradients[2 * row + 1]
    }
    try differentiable.backward(count: count)
  }
}
