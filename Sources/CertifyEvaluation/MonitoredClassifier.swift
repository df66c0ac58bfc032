import CertifyEngine

/// A classifier that counts the rows it evaluates and stops when the run does, whoever calls it.
class MonitoredClassifier: Classifier {
  let inputShape: [Int]
  let classCount: Int
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  let logits: UnsafeBufferPointer<Float>
  private let classifier: any Classifier
  private let stop: StopSignal

  init(_ classifier: any Classifier, stop: StopSignal) {
    self.classifier = classifier
    self.stop = stop
    inputShape = classifier.inputShape
    classCount = classifier.classCount
    batchSize = classifier.batchSize
    inputs = classifier.inputs
    logits = classifier.logits
  }

  func forward(count: Int) throws {
    try stop.check()
    try classifier.forward(count: count)
    stop.count(rows: count)
  }

  /// A forward pass for the estimate of the time left alone, which is not counted.
  func glance(count: Int) throws {
    try stop.check()
    try classifier.forward(count: count)
  }
}

/// The same for a classifier with gradients.
final class MonitoredDifferentiableClassifier: MonitoredClassifier, DifferentiableClassifier {
  let logitGradients: UnsafeMutableBufferPointer<Float>
  let inputGradients: UnsafeBufferPointer<Float>
  private let differentiable: any DifferentiableClassifier

  init(_ classifier: any DifferentiableClassifier, stop: StopSignal) {
    differentiable = classifier
    logitGradients = classifier.logitGradients
    inputGradients = classifier.inputGradients
    super.init(classifier, stop: stop)
  }

  func backward(count: Int) throws {
    try differentiable.backward(count: count)
  }
}
