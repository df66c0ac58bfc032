import CertifyModel

/// A classifier's first layer where that is linear in the whole input: z₁ = Wx + b.
public struct LeadingLayer: Sendable {
  /// d and h.
  public let inputCount: Int
  /// h, the number of the layer's outputs.
  public let outputCount: Int
  /// [h, d], row-major.
  public let weights: [Float]
  /// [h].
  public let bias: [Float]

  public init(inputCount: Int, outputCount: Int, weights: [Float], bias: [Float]) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.weights = weights
    self.bias = bias
  }

  init(_ linear: Linear) {
    let outputs = linear.weights.shape[0]
    self.init(
      inputCount: linear.weights.shape[1], outputCount: outputs, weights: linear.weights.elements,
      bias: linear.bias?.elements ?? [Float](repeating: 0, count: outputs))
  }
}

/// A classifier whose first layer is z₁ = An + offset: a function of n.
public protocol OffsetClassifier: Classifier {
  /// [h]: added to An in every row; the caller may change it between forward passes.
  var offset: UnsafeMutableBufferPointer<Float> { get }
}

extension GraphClassifier: OffsetClassifier {}
