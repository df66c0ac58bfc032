import Foundation

/// What an attack raises. Only the direction of its gradient is used, so the gradients carry any positive
/// scale.
enum AttackLoss: Equatable {
  /// −log softmax(z)_y.
  case crossEntropy
  /// max_{c≠y} z_c − z_y.
  case margin
  /// z_t − z_y.
  case targeted(Int)

  /// Writes the gradient with respect to the logits z, K numbers.
  ///
  /// Cross-entropy's is divided by 1 − softmax(z)_y, so that it does not vanish on a confident model:
  /// softmax over the classes other than y, and −1 at y.
  func writeGradient(
    logits: UnsafeBufferPointer<Float>, label: Int, into gradient: UnsafeMutableBufferPointer<Float>
  ) {
    for c in gradient.indices { gradient[c] = 0 }
    gradient[label] = -1
    switch self {
    case .targeted(let target):
      gradient[target] = 1
    case .margin:
      gradient[Self.rival(of: label, in: logits)] = 1
    case .crossEntropy:
      let largest = logits[Self.rival(of: label, in: logits)]
      var sum: Float = 0
      for c in logits.indices where c != label {
        gradient[c] = exp(logits[c] - largest)
        sum += gradient[c]
      }
      for c in logits.indices where c != label { gradient[c] /= sum }
    }
  }

  /// argmax_{c≠label} z_c, ties to the lowest index.
  static func rival(of label: Int, in logits: UnsafeBufferPointer<Float>) -> Int {
    var best = label == 0 ? 1 : 0
    for c in logits.indices where c != label && logits[c] > logits[best] { best = c }
    return best
  }
}
