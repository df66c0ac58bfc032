import CertifyEngine

/// The network being trained with room for some rows: an objective writes rows, asks for losses, and adds up gradients.
final class NetworkRows {
  let classifier: GraphClassifier
  let capacity: Int
  let dimension: Int
  let classCount: Int
  /// Σ of the gradients since ``reset()``, after which there is one at least.
  private(set) var gradient: [Float]
  private var isReset = true

  init(_ model: TrainableModel, rows: Int) throws {
    classifier = try GraphClassifier(graph: model.graph(batchSize: rows), gradients: true, isTrainable: true)
    capacity = rows
    dimension = classifier.inputCount
    classCount = classifier.classCount
    gradient = [Float](repeating: 0, count: classifier.parameters.count)
  }

  func load(_ parameters: [Float]) throws {
    _ = classifier.parameters.update(fromContentsOf: parameters)
    try classifier.loadParameters()
  }

  /// Makes the next gradient the first of a new sum.
  func reset() { isReset = true }

  func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: classifier.inputs[index * dimension..<(index + 1) * dimension])
  }

  func logits(_ row: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: classifier.logits[row * classCount..<(row + 1) * classCount])
  }

  func logitGradient(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      rebasing: classifier.logitGradients[row * classCount..<(row + 1) * classCount])
  }

  func inputGradient(_ row: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(rebasing: classifier.inputGradients[row * dimension..<(row + 1) * dimension])
  }

  /// Writes the inputs of a part into the first rows.
  func write(_ part: BatchPart) {
    for index in 0..<part.count { write(part.data.point(part.index(index)), into: index) }
  }

  func write(_ point: ArraySlice<Float>, into index: Int) {
    _ = row(index).update(fromContentsOf: point)
  }

  /// Writes the gradients of `scale`·cross-entropy for the first rows, 0 for the others.
  ///
  /// - Returns: The sum of the losses without the scale, and how many rows are right.
  func crossEntropy(count: Int, scale: Float, label: (Int) -> Int) -> PartResult {
    var result = PartResult()
    for index in 0..<count {
      let label = label(index)
      result.loss += CrossEntropy.differentiate(
        logits(index), label: label, scale: scale, into: logitGradient(index))
      if classifier.decision(row: index) == label { result.correct += 1 }
    }
    clearLogitGradients(from: count)
    return result
  }

  /// Makes the rows from `count` on add nothing to gradients of parameters.
  func clearLogitGradients(from count: Int) {
    for i in count * classCount..<capacity * classCount { classifier.logitGradients[i] = 0 }
  }

  /// Adds the gradient of the last forward pass.
  func addGradient(inputs: Bool = false) throws {
    try classifier.backwardToParameters(inputs: inputs)
    let added = classifier.parameterGradients
    gradient.withUnsafeMutableBufferPointer { sum in
      if isReset {
        _ = sum.update(fromContentsOf: added)
      } else {
        for i in sum.indices { sum[i] += added[i] }
      }
    }
    isReset = false
  }
}
