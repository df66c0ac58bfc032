import CertifyEngine

/// z = Wx + b, in double precision inside, with gradients: a classifier whose robust radius is known.
public final class LinearClassifier: DifferentiableClassifier {
  public let inputShape: [Int]
  public let classCount: Int
  public let batchSize: Int
  /// [classCount, d].
  public let weights: [Float]
  public let bias: [Float]
  public let inputs: UnsafeMutableBufferPointer<Float>
  public let logitGradients: UnsafeMutableBufferPointer<Float>
  private let outputs: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>
  /// Rows evaluated so far.
  public private(set) var forwardRows = 0
  public private(set) var backwardRows = 0

  public init(inputShape: [Int], weights: [Float], bias: [Float], batchSize: Int) {
    self.inputShape = inputShape
    self.weights = weights
    self.bias = bias
    self.batchSize = batchSize
    classCount = bias.count
    let d = inputShape.reduce(1, *)
    precondition(weights.count == d * bias.count, "one weight a class and coordinate")
    func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      memory.initialize(repeating: 0)
      return memory
    }
    inputs = buffer(batchSize * d)
    pulled = buffer(batchSize * d)
    outputs = buffer(batchSize * bias.count)
    logitGradients = buffer(batchSize * bias.count)
  }

  deinit {
    inputs.deallocate()
    pulled.deallocate()
    outputs.deallocate()
    logitGradients.deallocate()
  }

  public var logits: UnsafeBufferPointer<Float> { UnsafeBufferPointer(outputs) }
  public var inputGradients: UnsafeBufferPointer<Float> { UnsafeBufferPointer(pulled) }

  public func forward(count: Int) throws {
    precondition(count >= 1 && count <= batchSize, "between 1 and batchSize rows")
    forwardRows += count
    let d = inputCount
    weights.withUnsafeBufferPointer { weights in
      for row in 0..<count {
        for k in 0..<classCount {
          var sum = Double(bias[k])
          for i in 0..<d { sum += Double(weights[k * d + i]) * Double(inputs[row * d + i]) }
          outputs[row * classCount + k] = Float(sum)
        }
      }
    }
  }

  public func backward(count: Int) throws {
    precondition(count >= 1 && count <= batchSize, "between 1 and batchSize rows")
    backwardRows += count
    let d = inputCount
    weights.withUnsafeBufferPointer { weights in
      for row in 0..<count {
        for i in 0..<d { pulled[row * d + i] = 0 }
        for k in 0..<classCount {
          let v = logitGradients[row * classCount + k]
          for i in 0..<d { pulled[row * d + i] += v * weights[k * d + i] }
        }
      }
    }
  }
}
