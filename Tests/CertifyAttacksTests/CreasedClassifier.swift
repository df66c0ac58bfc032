import CertifyEngine

/// z = (0, max_j (w_j·x + b_j)): class 0 inside a polytope.
final class CreasedClassifier: DifferentiableClassifier {
  let inputShape: [Int]
  let classCount = 2
  let batchSize: Int
  let faces: [(weights: [Float], bias: Float)]
  let inputs: UnsafeMutableBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  private let outputs: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>

  init(faces: [(weights: [Float], bias: Float)], dimension: Int, batchSize: Int) {
    self.faces = faces
    self.batchSize = batchSize
    inputShape = [dimension]
    func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      memory.initialize(repeating: 0)
      return memory
    }
    inputs = buffer(batchSize * dimension)
    pulled = buffer(batchSize * dimension)
    outputs = buffer(batchSize * 2)
    logitGradients = buffer(batchSize * 2)
  }

  deinit {
    inputs.deallocate()
    pulled.deallocate()
    outputs.deallocate()
    logitGradients.deallocate()
  }

  var logits: UnsafeBufferPointer<Float> { UnsafeBufferPointer(outputs) }
  var inputGradients: UnsafeBufferPointer<Float> { UnsafeBufferPointer(pulled) }

  private func highest(row: Int) -> (face: Int, value: Float) {
    let d = inputShape[0]
    let values = faces.map { face in
      (0..<d).reduce(face.bias) { $0 + face.weights[$1] * inputs[row * d + $1] }
    }
    let face = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    return (face, values[face])
  }

  func forward(count: Int) throws {
    for row in 0..<count {
      outputs[row * 2] = 0
      outputs[row * 2 + 1] = highest(row: row).value
    }
  }

  func backward(count: Int) throws {
    let d = inputShape[0]
    for row in 0..<count {
      let face = faces[highest(row: row).face]
      for i in 0..<d { pulled[row * d + i] = logitGradients[row * 2 + 1] * face.weights[i] }
    }
  }
}
