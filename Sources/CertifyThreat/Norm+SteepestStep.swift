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
    // In place from here on: two pointers that may be the same keep a loop from being vectorized.
    if gradient.baseAddress != UnsafePointer(step.baseAddress) { _ = step.update(fromContentsOf: gradient) }
    for i in 0..<count { step[i] = step[i].finite(orElse: 0) }
    switch self {
    case .linf:
      let size = radius.roundedTowardZeroToFloat
      let dualLength = partialSums(count) { Double(abs(step[$0])) }
      for i in 0..<count { step[i] = step[i] > 0 ? size : step[i] < 0 ? -size : 0 }
      return dualLength
    case .l2:
      let square = partialSums(count) { Double(step[$0]) * Double(step[$0]) }
      let dualLength = square.squareRoot()
      let scale = square > 0 ? radius * FeasibleSet.margin(dimension: count) / dualLength : 0
      for i in 0..<count { step[i] = (Double(step[i]) * scale).roundedTowardZeroToFloat }
      return dualLength
    case .l1:
      var best = 0
      var largest: Float = 0
      for i in 0..<count where abs(step[i]) > largest { (best, largest) = (i, abs(step[i])) }
      let isNegative = largest > 0 && step[best] < 0
      for i in 0..<count { step[i] = 0 }
      if largest > 0 {
        step[best] = isNegative ? -radius.roundedTowardZeroToFloat : radius.roundedTowardZeroToFloat
      }
      return Double(largest)
    }
  }

  /// The perturbation that raises a linear function most: argmax { g·δ : ‖δ‖_p ≤ radius }.
  ///
  /// - Parameters:
  ///   - gradient: g, d coordinates.
  ///   - radius: The budget, at least 0 and finite.
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
