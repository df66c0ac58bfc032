import Foundation

/// −log softmax(z)_y and what it stands on.
package enum CrossEntropy {
  /// Writes softmax(z).
  ///
  /// - Returns: log Σ exp z.
  @discardableResult
  static func softmax(
    _ logits: UnsafeBufferPointer<Float>, into probabilities: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    var largest = -Float.infinity
    for z in logits where z > largest { largest = z }
    var sum: Float = 0
    for c in logits.indices {
      probabilities[c] = exp(logits[c] - largest)
      sum += probabilities[c]
    }
    for c in logits.indices { probabilities[c] /= sum }
    return Double(largest) + log(Double(sum))
  }

  /// Writes `scale`·(softmax(z) − e_y), the gradient of `scale`·loss with respect to the logits.
  ///
  /// - Returns: The loss, without the scale.
  package static func differentiate(
    _ logits: UnsafeBufferPointer<Float>, label: Int, scale: Float,
    into gradient: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    let total = softmax(logits, into: gradient)
    gradient[label] -= 1
    for c in gradient.indices { gradient[c] *= scale }
    return total - Double(logits[label])
  }
}
