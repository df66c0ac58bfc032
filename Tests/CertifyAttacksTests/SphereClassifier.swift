import CertifyEngine
import CertifyThreat

/// z = (r² − ‖x−c‖², 0): class 0 inside a sphere, with exact robust radii of points inside it.
///
/// ‖u+δ‖₂ with u = x − c is convex in δ, so its maximum over a ball lies at an extreme point.
final class SphereClassifier: DifferentiableClassifier {
  let inputShape: [Int]
  let classCount = 2
  let batchSize: Int
  let center: [Float]
  let radius: Double
  let inputs: UnsafeMutableBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  private let outputs: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>

  init(center: [Float], radius: Double, batchSize: Int) {
    self.center = center
    self.radius = radius
    self.batchSize = batchSize
    inputShape = [center.count]
    func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      memory.initialize(repeating: 0)
      return memory
    }
    inputs = buffer(batchSize * center.count)
    pulled = buffer(batchSize * center.count)
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

  func forward(count: Int) throws {
    let d = center.count
    for row in 0..<count {
      var square = 0.0
      for i in 0..<d {
        let u = Double(inputs[row * d + i]) - Double(center[i])
        square += u * u
      }
      outputs[row * 2] = Float(radius * radius - square)
      outputs[row * 2 + 1] = 0
    }
  }

  func backward(count: Int) throws {
    let d = center.count
    for row in 0..<count {
      for i in 0..<d {
        pulled[row * d + i] = logitGradients[row * 2] * -2 * (inputs[row * d + i] - center[i])
      }
    }
  }

  /// The exact robust radius of x without a box.
  func exactRadius(at x: [Float], norm: Norm) -> Double {
    let u = x.indices.map { abs(Double(x[$0]) - Double(center[$0])) }
    let square = u.reduce(0) { $0 + $1 * $1 }
    let missing = radius * radius - square
    switch norm {
    case .l2: return radius - square.squareRoot()
    case .l1:
      let largest = u.max() ?? 0
      return (largest * largest + missing).squareRoot() - largest
    case .linf:
      let (n, sum) = (Double(u.count), u.reduce(0, +))
      return ((sum * sum + n * missing).squareRoot() - sum) / n
    }
  }
}
