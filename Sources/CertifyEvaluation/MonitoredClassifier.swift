import CertifyEngine

/// A classifier that counts the rows it evaluates and stops when the run does, whoever calls it.
final class MonitoredClassifier: Classifier {
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
}

/// The same for a classifier with gradients.
final class MonitoredDifferentiableClassifier: DifferentiableClassifier {
  let inputShape: [Int]
  let classCount: Int
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  let logits: UnsafeBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  let inputGradients: UnsafeBufferPointer<Float>
  private let classifier: any DifferentiableClassifier
  private let stop: StopSignal

  init(_ classifier: any DifferentiableClassifier, stop: StopSignal) {
    self.classifier = classifier
    self.stop = stop
    inputShape = classifier.inputShape
    classCount = classifier.classCount
    batchSize = classifier.batchSize
    inputs = classifier.inputs
    logits = classifier.logits
    logitGradients = classifier.logitGradients
    inputGradients = classifier.inputGradients
  }

  func forward(count: Int) throws {
    try stop.check()
    try classifier.forward(count: count)
    stop.count(rows: count)
  }

  func backward(count: Int) throws {
    try classifier.backward(count: count)
  }
}
