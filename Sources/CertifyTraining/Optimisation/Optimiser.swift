/// A rule that moves parameters along gradients.
public enum Optimiser: Sendable, Codable, Equatable {
  /// v ← μv + g, θ ← θ − ηv (Polyak 1964, doi 10.1016/0041-5553(64)90137-5, in the form of Sutskever et al. 2013 with η
  /// outside).
  case sgd(momentum: Double)
  /// Adam (Kingma & Ba 2015, arXiv 1412.6980), with both averages corrected for their start at 0.
  case adam(beta1: Double, beta2: Double, epsilon: Double)

  /// Whether it remembers the squares of gradients.
  var hasSquares: Bool {
    switch self {
    case .sgd: false
    case .adam: true
    }
  }

  /// - Throws: ``TrainingError/parameter(name:value:allowed:)``.
  func validate() throws(TrainingError) {
    switch self {
    case .sgd(let momentum):
      guard (0..<1).contains(momentum) else {
        throw .parameter(name: "--momentum", value: "\(momentum)", allowed: "a number from 0 to below 1")
      }
    case .adam(let beta1, let beta2, let epsilon):
      guard (0..<1).contains(beta1), (0..<1).contains(beta2), epsilon > 0 else {
        throw .parameter(
          name: "adam", value: "(\(beta1), \(beta2), \(epsilon))",
          allowed: "decays from 0 to below 1 and a positive constant")
      }
    }
  }
}

/// An optimiser at work: what it remembers between steps.
package struct OptimiserState: Equatable {
  let optimiser: Optimiser
  /// The velocity v, or Adam's average gradient.
  var averages: [Float]
  /// Adam's average square; empty for SGD.
  var squares: [Float]
  /// The steps taken.
  var steps: Int

  package init(_ optimiser: Optimiser, count: Int) {
    self.optimiser = optimiser
    averages = [Float](repeating: 0, count: count)
    squares = optimiser.hasSquares ? averages : []
    steps = 0
  }

  /// One step of θ along −g at the learning rate η; weight decay λ adds λθ to g (SGD), or moves θ by −ηλθ beside the
  /// step (Adam: Loshchilov & Hutter 2019, arXiv 1711.05101).
  package mutating func update(
    _ parameters: inout [Float], along gradient: [Float], learningRate: Double, weightDecay: Double
  ) {
    steps += 1
    let count = parameters.count
    switch optimiser {
    case .sgd(let momentum):
      Self.descend(
        &parameters, &averages, along: gradient, count: count, rate: Float(learningRate),
        decay: Float(weightDecay), momentum: Float(momentum))
    case .adam(let beta1, let beta2, let epsilon):
      let adam = Adam(
        beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
        rate: Float(learningRate / (1 - Self.power(beta1, steps))),
        correction: Float(1 / (1 - Self.power(beta2, steps))), shrink: Float(learningRate * weightDecay))
      adam.descend(&parameters, &averages, &squares, along: gradient, count: count)
    }
  }

  private static func descend(
    _ parameters: UnsafeMutablePointer<Float>, _ velocity: UnsafeMutablePointer<Float>,
    along gradient: UnsafePointer<Float>, count: Int, rate: Float, decay: Float, momentum: Float
  ) {
    for i in 0..<count {
      velocity[i] = momentum * velocity[i] + (gradient[i] + decay * parameters[i])
      parameters[i] -= rate * velocity[i]
    }
  }

  /// The numbers of one step of Adam.
  private struct Adam {
    let beta1: Float
    let beta2: Float
    let epsilon: Float
    /// η over 1 − β₁ⁿ.
    let rate: Float
    /// 1 over 1 − β₂ⁿ.
    let correction: Float
    /// ηλ.
    let shrink: Float

    func descend(
      _ parameters: UnsafeMutablePointer<Float>, _ averages: UnsafeMutablePointer<Float>,
      _ squares: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>, count: Int
    ) {
      for i in 0..<count {
        let m = beta1 * averages[i] + (1 - beta1) * gradient[i]
        let v = beta2 * squares[i] + (1 - beta2) * gradient[i] * gradient[i]
        averages[i] = m
        squares[i] = v
        parameters[i] -= shrink * parameters[i] + rate * m / ((v * correction).squareRoot() + epsilon)
      }
    }
  }

  /// baseⁿ by repeated squaring, the same on every machine.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
