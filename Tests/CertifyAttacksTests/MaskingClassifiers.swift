import CertifyEngine

/// A classifier that changes what another one says, or what is said to it.
final class MaskedClassifier: DifferentiableClassifier {
  /// How the model hides its gradients.
  enum Mask: CaseIterable {
    /// Inputs are rounded to multiples of 1/8, which has no gradient.
    case quantisedInput
    /// The outputs are the softmax of a thousand times the logits.
    case saturatedSoftmax
    /// Noise is added to the logits.
    case noiseLayer
    /// The logits are those at a point where no unit is active, until the input has moved by .05 in one coordinate.
    case deadUnits
    /// The gradient points somewhere else.
    case shuffledGradient
    /// At the start the gradient towards one class, the decoy, is a hundred times too long and points away; elsewhere
    /// all gradients point away.
    case decoyThenAway
    /// Of the gradient only the first coordinate is shown that has not moved by `reach` along it.
    case oneCoordinateAtATime
    /// Nothing is hidden.
    case none
  }

  let mask: Mask
  let inner: any DifferentiableClassifier
  private let start: [Float]
  /// How far a coordinate moves for the masks that watch it.
  private let reach: Float
  /// The class that the decoy leads to.
  private let decoy: Int
  private var generator = TestGenerator(state: 5)
  let inputs: UnsafeMutableBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  private let outputs: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>

  init(
    _ inner: any DifferentiableClassifier, mask: Mask, start: [Float], reach: Float = 0.05, decoy: Int = 0
  ) {
    (self.reach, self.decoy) = (reach, decoy)
    self.inner = inner
    self.mask = mask
    self.start = start
    func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      memory.initialize(repeating: 0)
      return memory
    }
    inputs = buffer(inner.inputs.count)
    pulled = buffer(inner.inputs.count)
    outputs = buffer(inner.logits.count)
    logitGradients = buffer(inner.logits.count)
  }

  deinit {
    inputs.deallocate()
    pulled.deallocate()
    outputs.deallocate()
    logitGradients.deallocate()
  }

  var inputShape: [Int] { inner.inputShape }
  var classCount: Int { inner.classCount }
  var batchSize: Int { inner.batchSize }
  var logits: UnsafeBufferPointer<Float> { UnsafeBufferPointer(outputs) }
  var inputGradients: UnsafeBufferPointer<Float> { UnsafeBufferPointer(pulled) }

  /// Whether no coordinate of a row has moved by `reach`.
  private func isDead(_ row: Int) -> Bool {
    start.indices.allSatisfy { abs(inputs[row * start.count + $0] - start[$0]) < reach }
  }

  /// The coordinate that is shown of the gradient of a row.
  private func shown(_ row: Int) -> Int {
    let d = start.count
    return start.indices.first { i in
      let (g, moved) = (inner.inputGradients[row * d + i], inputs[row * d + i] - start[i])
      return g != 0 && (g > 0 ? moved : -moved) < reach
    } ?? 0
  }

  func forward(count: Int) throws {
    let d = start.count
    for i in 0..<count * d {
      switch mask {
      case .quantisedInput: inner.inputs[i] = (inputs[i] * 8).rounded() / 8
      case .deadUnits: inner.inputs[i] = isDead(i / d) ? start[i % d] : inputs[i]
      default: inner.inputs[i] = inputs[i]
      }
    }
    try inner.forward(count: count)
    for row in 0..<count {
      let range = row * classCount..<(row + 1) * classCount
      let z = Array(inner.logits[range])
      for (k, i) in range.enumerated() {
        switch mask {
        case .saturatedSoftmax:
          let top = z.max() ?? 0
          let powers = z.map { exponential(1000 * ($0 - top)) }
          outputs[i] = powers[k] / powers.reduce(0, +)
        case .noiseLayer: outputs[i] = z[k] + Float.random(in: -0.01...0.01, using: &generator)
        default: outputs[i] = z[k]
        }
      }
    }
  }

  func backward(count: Int) throws {
    let d = start.count
    for row in 0..<count {
      for k in 0..<classCount {
        let i = row * classCount + k
        // p_k (v_k − Σ p v), the pull-back through a softmax.
        let range = row * classCount..<(row + 1) * classCount
        let mean = range.reduce(Float(0)) { $0 + outputs[$1] * logitGradients[$1] }
        inner.logitGradients[i] =
          mask == .saturatedSoftmax ? 1000 * outputs[i] * (logitGradients[i] - mean) : logitGradients[i]
      }
    }
    try inner.backward(count: count)
    for row in 0..<count {
      for i in 0..<d {
        let g = inner.inputGradients[row * d + i]
        switch mask {
        case .quantisedInput: pulled[row * d + i] = 0
        case .deadUnits: pulled[row * d + i] = isDead(row) ? 0 : g
        case .shuffledGradient: pulled[row * d + i] = -g
        case .decoyThenAway:
          let leadsToDecoy = logitGradients[row * classCount + decoy] > 0
          pulled[row * d + i] = !isDead(row) ? -g : leadsToDecoy ? -100 * g : g
        case .oneCoordinateAtATime: pulled[row * d + i] = i == shown(row) ? g : 0
        default: pulled[row * d + i] = g
        }
      }
    }
  }
}

private func exponential(_ x: Float) -> Float { Float(pow2(Double(x) * 1.442695040888963)) }

/// 2ˣ for x ≤ 0, by squaring a short series.
private func pow2(_ x: Double) -> Double {
  guard x > -1100 else { return 0 }
  var value = 1.0
  var term = 1.0
  let small = x * 0.6931471805599453 / 1024
  for k in 1..<12 {
    term *= small / Double(k)
    value += term
  }
  for _ in 0..<10 { value *= value }
  return value
}
