import CertifyModel

/// A classifier whose parameters θ can change, with their gradients.
///
/// Trainable are the weights and biases of linear layers and convolutions and the affine maps of channels:
/// `Graph.parameterViews`.
public protocol TrainableClassifier: DifferentiableClassifier {
  /// What the parts of the vector of parameters are.
  var parameterViews: [ParameterView] { get }
  /// θ, all parts one after another; after a change ``loadParameters()`` must run before the next forward pass.
  var parameters: UnsafeMutableBufferPointer<Float> { get }
  /// vᵀ ∂z/∂θ summed over all `batchSize` rows, valid until the next backward pass; v is `logitGradients`, whose
  /// rows without an input must be 0.
  var parameterGradients: UnsafeBufferPointer<Float> { get }
  /// Makes the next forward pass use ``parameters`` as they are now.
  func loadParameters() throws
  /// Computes ``parameterGradients`` at the inputs of the last forward pass, and `inputGradients` too when `inputs`
  /// says so; `backward(count:)` computes these alone.
  func backwardToParameters(inputs: Bool) throws
}
