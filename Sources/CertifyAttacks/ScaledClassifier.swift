import CertifyEngine
import CertifyThreat

/// A classifier around one input x, seen in units of its features' own: row v stands for x + s∘v.
///
/// What a row becomes is in 𝒳: cut off at the box, on the steps of the features that have them, and x itself at 0.
class ScaledClassifier: Classifier {
  let inputShape: [Int]
  let classCount: Int
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  var logits: UnsafeBufferPointer<Float> { classifier.logits }
  let frame: ScaledFrame
  private let classifier: any Classifier

  init(_ classifier: any Classifier, frame: ScaledFrame) {
    self.classifier = classifier
    self.frame = frame
    inputShape = classifier.inputShape
    classCount = classifier.classCount
    batchSize = classifier.batchSize
    inputs = .allocate(capacity: classifier.inputs.count)
    inputs.initialize(repeating: 0)
  }

  deinit { inputs.deallocate() }

  func forward(count: Int) throws {
    let d = frame.center.count
    for row in 0..<count {
      for i in 0..<d { classifier.inputs[row * d + i] = frame.coordinate(i, at: inputs[row * d + i]) }
    }
    try classifier.forward(count: count)
  }
}

/// The same with gradients: ∂/∂v = s ∂/∂x.
final class ScaledDifferentiableClassifier: ScaledClassifier, DifferentiableClassifier {
  let logitGradients: UnsafeMutableBufferPointer<Float>
  var inputGradients: UnsafeBufferPointer<Float> { UnsafeBufferPointer(pulled) }
  private let differentiable: any DifferentiableClassifier
  private let pulled: UnsafeMutableBufferPointer<Float>

  init(_ classifier: any DifferentiableClassifier, frame: ScaledFrame) {
    differentiable = classifier
    logitGradients = classifier.logitGradients
    pulled = .allocate(capacity: classifier.inputGradients.count)
    pulled.initialize(repeating: 0)
    super.init(classifier, frame: frame)
  }

  deinit { pulled.deallocate() }

  func backward(count: Int) throws {
    try differentiable.backward(count: count)
    let d = frame.center.count
    for row in 0..<count {
      for i in 0..<d { pulled[row * d + i] = differentiable.inputGradients[row * d + i] * frame.scale[i] }
    }
  }
}

/// The coordinates v in which lengths are measured: x' = x + s∘v.
struct ScaledFrame {
  /// x.
  let center: [Float]
  /// s.
  let scale: [Float]
  private let box: Box
  private let step: [Float]

  /// - Precondition: The features of `space` have scales.
  init(center: [Float], space: InputSpace) {
    self.center = center
    let ones = [Float](repeating: 1, count: center.count)
    scale = space.features?.scale ?? ones
    step = space.features?.step ?? ones.map { _ in 0 }
    box =
      space.box(around: center)
      ?? Box(lower: ones.map { _ in -.infinity }, upper: ones.map { _ in .infinity })
  }

  /// x'ᵢ, in 𝒳.
  @inline(__always)
  func coordinate(_ i: Int, at v: Float) -> Float {
    guard v != 0 else { return center[i] }
    var moved = Double(scale[i]) * Double(v)
    if step[i] > 0 { moved = (moved / Double(step[i])).rounded(.toNearestOrEven) * Double(step[i]) }
    return min(max(Float(Double(center[i]) + moved), box.lower[i]), box.upper[i])
  }

  /// The same limits in the coordinates v, around 0.
  func space(immutable: [Int]) throws(ThreatError) -> InputSpace {
    let lower = center.indices.map { (box.lower[$0] - center[$0]) / scale[$0] }
    let upper = center.indices.map { (box.upper[$0] - center[$0]) / scale[$0] }
    let limits = try FeatureLimits(
      count: center.count, lower: lower, upper: upper, immutable: immutable,
      step: center.indices.map { step[$0] / scale[$0] })
    return InputSpace(bounds: nil, gridSteps: nil, features: limits)
  }
}
