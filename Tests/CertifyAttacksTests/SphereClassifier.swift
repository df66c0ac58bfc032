import CertifyEngine
import CertifyThreat

/// z = (r² − Σ aᵢ(xᵢ−cᵢ)², 0): class 0 inside a sphere (a = 1) or ellipsoid, with exact robust radii of
/// points inside.
///
/// ‖u+δ‖₂ with u = x − c is convex in δ, so its maximum over a ball lies at an extreme point.
final class SphereClassifier: DifferentiableClassifier {
  let inputShape: [Int]
  let classCount = 2
  let batchSize: Int
  let center: [Float]
  let radius: Double
  /// a, positive.
  let curvatures: [Double]
  let inputs: UnsafeMutableBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  private let outputs: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>

  init(center: [Float], radius: Double, curvatures: [Double]? = nil, batchSize: Int) {
    self.center = center
    self.radius = radius
    self.curvatures = curvatures ?? center.map { _ in 1 }
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
        square += curvatures[i] * u * u
      }
      outputs[row * 2] = Float(radius * radius - square)
      outputs[row * 2 + 1] = 0
    }
  }

  func backward(count: Int) throws {
    let d = center.count
    for row in 0..<count {
      for i in 0..<d {
        pulled[row * d + i] =
          logitGradients[row * 2] * -2 * Float(curvatures[i])
          * (inputs[row * d + i] - center[i])
      }
    }
  }

  /// The exact robust radius of x without a box, of a sphere.
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

  /// The exact ℓ₂ radius of x without a box, of an ellipsoid.
  ///
  /// The nearest boundary point is x − c = u scaled to uᵢ/(1 − λaᵢ) with the λ in [0, 1/max a) that reaches
  /// it.
  func exactL2Radius(at x: [Float]) -> Double {
    let u = x.indices.map { Double(x[$0]) - Double(center[$0]) }
    func point(_ lambda: Double) -> [Double] { u.indices.map { u[$0] / (1 - lambda * curvatures[$0]) } }
    var low = 0.0
    var high = 1 / (curvatures.max() ?? 1)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let square = zip(curvatures, point(middle)).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
      if square < radius * radius { low = middle } else { high = middle }
    }
    return zip(point(low), u).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
