import Foundation

/// What an attack raises. Gradients carry any positive scale, but those of the margins are exact.
enum AttackLoss: Equatable {
  /// −log softmax(z)_y.
  case crossEntropy
  /// max_{c≠y} z_c − z_y.
  case margin
  /// z_t − z_y.
  case targeted(Int)
  /// (max_{c≠y} z_c − z_y) / (z_π1 − z_π3), the logits sorted by π (Croce & Hein 2020, arXiv 2003.01690); the
  /// margin for fewer than three classes.
  case differenceOfLogitsRatio
  /// (z_t − z_y) / (z_π1 − ½(z_π3 + z_π4)); the targeted margin for fewer than four classes.
  case targetedRatio(Int)

  /// The loss itself.
  func value(logits: UnsafeBufferPointer<Float>, label: Int) -> Double {
    let y = Double(logits[label])
    switch self {
    case .crossEntropy:
      let top = Double(logits[Self.rival(of: label, in: logits)])
      let largest = max(top, y)
      let sum = logits.reduce(0) { $0 + exp(Double($1) - largest) }
      return largest + log(sum) - y
    case .margin: return Double(logits[Self.rival(of: label, in: logits)]) - y
    case .targeted(let target): return Double(logits[target]) - y
    case .differenceOfLogitsRatio, .targetedRatio:
      let parts = ratio(logits: logits, label: label)
      return (Double(logits[parts.rival]) - y) / parts.spread
    }
  }

  /// What the ratios divide by; 1 for the other losses.
  func denominator(logits: UnsafeBufferPointer<Float>) -> Double {
    switch self {
    case .differenceOfLogitsRatio, .targetedRatio: ratio(logits: logits, label: 0).spread
    case .crossEntropy, .margin, .targeted: 1
    }
  }

  /// Writes the gradient with respect to the logits z, K numbers.
  ///
  /// Cross-entropy's is divided by 1 − softmax(z)_y, so that it does not vanish on a confident model:
  /// softmax over the classes other than y, and −1 at y. The ratios' is multiplied by the denominator.
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
    case .differenceOfLogitsRatio, .targetedRatio:
      let parts = ratio(logits: logits, label: label)
      gradient[parts.rival] += 1
      let value = Float((Double(logits[parts.rival]) - Double(logits[label])) / parts.spread)
      for (c, weight) in parts.weights { gradient[c] -= value * weight }
    }
  }

  /// argmax_{c≠label} z_c, ties to the lowest index.
  static func rival(of label: Int, in logits: UnsafeBufferPointer<Float>) -> Int {
    var best = label == 0 ? 1 : 0
    for c in logits.indices where c != label && logits[c] > logits[best] { best = c }
    return best
  }

  /// The class of the numerator, the denominator, and its gradient with respect to the logits.
  private func ratio(
    logits: UnsafeBufferPointer<Float>, label: Int
  ) -> (rival: Int, spread: Double, weights: [(Int, Float)]) {
    let rival: Int
    let needed: Int
    if case .targetedRatio(let target) = self {
      (rival, needed) = (target, 4)
    } else {
      (rival, needed) = (Self.rival(of: label, in: logits), 3)
    }
    guard logits.count >= needed else { return (rival, 1, []) }
    let order = Self.largest(needed, of: logits)
    let shares: [Float] = needed == 3 ? [1, 0, -1] : [1, 0, -0.5, -0.5]
    let weights = Array(zip(order, shares))
    let spread = weights.reduce(1e-12) { $0 + Double($1.1) * Double(logits[$1.0]) }
    return (rival, spread, weights)
  }

  /// The indices of the `count` largest logits, in descending order, ties to the lowest index.
  private static func largest(_ count: Int, of logits: UnsafeBufferPointer<Float>) -> [Int] {
    var order: [Int] = []
    for c in logits.indices {
      let place = order.firstIndex { logits[c] > logits[$0] } ?? order.count
      guard place < count else { continue }
      order.insert(c, at: place)
      if order.count > count { order.removeLast() }
    }
    return order
  }
}
