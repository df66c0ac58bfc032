extension Norm {
  /// Writes the perturbation that raises a linear function most: argmax { g·δ : ‖δ‖_p ≤ radius }.
  ///
  /// By Hölder's inequality the maximum is radius · ‖g‖_q with 1/p + 1/q = 1, attained at
  /// radius · sign(g) for ℓ∞, radius · g/‖g‖₂ for ℓ₂ and radius · sign(gᵢ)eᵢ, i the lowest index of the
  /// largest |gᵢ|, for ℓ₁. In floats the exact length of the step does not exceed `radius`. A zero gradient
  /// gives a zero step; NaN coordinates count as zero, infinite ones as the largest float.
  ///
  /// - Parameters:
  ///   - gradient: g, d coordinates.
  ///   - radius: the budget, at least 0 and finite.
  ///   - step: d coordinates, overwritten; may be the memory of `gradient`.
  /// - Returns: ‖g‖_q, so that the caller sees a vanished gradient.
  @discardableResult
  public func steepestStep(
    along gradient: UnsafeBufferPointer<Float>, radius: Double, into step: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    precondition(gradient.count == step.count, "a gradient and a step have the same coordinates")
    precondition(radius >= 0 && radius.isFinite, "a step needs a finite budget")
    let count = gradient.count
    switch self {
    case .linf:
      let size = radius.roundedDownToFloat
      var dualLength = 0.0
      for i in 0..<count {
        let g = gradient[i].finite(orElse: 0)
        dualLength += Double(abs(g))
        step[i] = g > 0 ? size : g < 0 ? -size : 0
      }
      return dualLength
    case .l2:
      var square = 0.0
      for i in 0..<count {
        let g = Double(gradient[i].finite(orElse: 0))
        square += g * g
      }
      let dualLength = square.squareRoot()
      let scale = square > 0 ? radius * FeasibleSet.margin(dimension: count) / dualLength : 0
      for i in 0..<count {
        step[i] = Float(0).moved(by: Double(gradient[i].finite(orElse: 0)) * scale)
      }
      return dualLength
    case .l1:
      var best = 0
      var largest: Float = 0
      for i in 0..<count where abs(gradient[i].finite(orElse: 0)) > largest {
        best = i
        largest = abs(gradient[i].finite(orElse: 0))
      }
      let negative = largest > 0 && gradient[best] < 0
      for i in 0..<count { step[i] = 0 }
      if largest > 0 { step[best] = negative ? -radius.roundedDownToFloat : radius.roundedDownToFloat }
      return Double(largest)
    }
  }

  /// The perturbation that raises a linear function most: argmax { g·δ : ‖δ‖_p ≤ radius }.
  public func steepestStep(along gradient: [Float], radius: Double) -> [Float] {
    var step = gradient
    gradient.withUnsafeBufferPointer { gradient in
      step.withUnsafeMutableBufferPointer { step in
        _ = steepestStep(along: gradient, radius: radius, into: step)
      }
    }
    return step
  }
}
