import CertifyEngine
import CertifySmoothing
import Foundation

extension SmoothedOracle {
  /// Writes the gradient of −log[(1/m) Σⱼ softmax(z(x'+ηⱼ))_y] at the point of 𝒳 nearest to `point`, up to a
  /// positive factor, and counts the answers.
  ///
  /// The gradient pulls back v_j = s_y (s − e_y) of each sample's softmax s over the sum of all s_y (Salman
  /// et al. 2019, arXiv 1906.04584). It is computed from log s, scaled by the largest entry, so that it
  /// neither vanishes on confident samples nor overflows.
  ///
  /// - Returns: `nil` when the budget is spent or there are no gradients.
  func gradient(at point: [Float], round: UInt16, samples: Int, into total: inout [Float]) throws
    -> ClassCounts?
  {
    guard let differentiable else { return nil }
    let d = dimension
    var scale = -Float.infinity
    for i in 0..<d { total[i] = 0 }
    return try ask(differentiable, at: point, round: round, samples: samples) { count in
      let largest = (0..<count).map { writeLogGradient(row: $0, of: differentiable) }.max() ?? 0
      if largest > scale {
        let factor = scale == -.infinity ? 0 : exp(scale - largest)
        for i in 0..<d { total[i] *= factor }
        scale = largest
      }
      for row in 0..<count { exponentiate(row: row, of: differentiable, scale: scale) }
      try differentiable.backward(count: count)
      countGradients(count)
      for row in 0..<count {
        for i in 0..<d { total[i] += differentiable.inputGradients[row * d + i] }
      }
    }
  }

  /// Writes log(s_y s_c) for the classes c ≠ y of a row, and returns the largest.
  private func writeLogGradient(row: Int, of classifier: any DifferentiableClassifier) -> Float {
    let classes = classifier.classCount
    let start = row * classes
    let z = classifier.logits
    var top = z[start]
    for c in 1..<classes { top = max(top, z[start + c]) }
    var sum: Float = 0
    for c in 0..<classes { sum += exp(z[start + c] - top) }
    let normalizer = top + log(sum)
    let logLabel = z[start + input.label] - normalizer
    var largest = -Float.infinity
    for c in 0..<classes where c != input.label {
      let value = logLabel + z[start + c] - normalizer
      classifier.logitGradients[start + c] = value
      largest = max(largest, value)
    }
    return largest
  }

  /// Turns the logarithms of a row into the gradient: s_y s_c / exp(scale) for c ≠ y, minus their sum at y.
  private func exponentiate(row: Int, of classifier: any DifferentiableClassifier, scale: Float) {
    let start = row * classifier.classCount
    var sum: Float = 0
    for c in 0..<classifier.classCount where c != input.label {
      let value = exp(classifier.logitGradients[start + c] - scale)
      classifier.logitGradients[start + c] = value
      sum += value
    }
    classifier.logitGradients[start + input.label] = -sum
  }
}
