import CertifyThreat
import Foundation

/// −log softmax(z(x))_y + β·KL(softmax z(x) ‖ softmax z(x′)), where x′ ascends the divergence from a random start
/// (Zhang et al. 2019, arXiv 1901.08573). The gradient with respect to θ goes through both answers.
final class TradesWorker: ObjectiveWorker {
  /// The inputs and, for the last step, the attacked points after them.
  private let pairs: NetworkRows
  private let attacked: NetworkRows
  private let attack: RowAttack
  private let epsilon: Double
  private let beta: Float
  private let steps: Int
  private let length: Double
  /// softmax z(x) of each input, [rows, K], and room for another.
  private let answers: UnsafeMutableBufferPointer<Float>
  private let other: UnsafeMutableBufferPointer<Float>
  private let count: Int
  var gradient: [Float] { pairs.gradient }

  init(
    _ model: TrainableModel, rows count: Int, threat: ThreatSetting, beta: Double, steps: Int, length: Double,
    draws: Draws
  ) throws {
    pairs = try NetworkRows(model, rows: 2 * count)
    attacked = try NetworkRows(model, rows: count)
    attack = RowAttack(attacked, capacity: count, threat: threat, draws: draws)
    epsilon = threat.epsilon
    self.beta = Float(beta)
    self.steps = steps
    self.length = length * threat.epsilon
    self.count = count
    answers = .allocate(capacity: count * pairs.classCount)
    answers.initialize(repeating: 0)
    other = .allocate(capacity: pairs.classCount)
    other.initialize(repeating: 0)
  }

  deinit {
    answers.deallocate()
    other.deallocate()
  }

  func load(_ parameters: [Float]) throws {
    try pairs.load(parameters)
    try attacked.load(parameters)
  }

  func run(_ part: BatchPart) throws -> PartResult {
    pairs.reset()
    try attack.move(to: part, epsilon: epsilon)
    attacked.write(part)
    try attacked.classifier.forward(count: part.count)
    for row in 0..<part.count { CrossEntropy.softmax(attacked.logits(row), into: answer(row)) }
    for row in 0..<part.count { attack.randomStart(row, part, into: attacked.row(row)) }
    for _ in 0..<steps {
      try attacked.classifier.forward(count: part.count)
      for row in 0..<part.count {
        let gradient = attacked.logitGradient(row)
        CrossEntropy.softmax(attacked.logits(row), into: gradient)
        for c in gradient.indices { gradient[c] -= answer(row)[c] }
      }
      try attacked.classifier.backward(count: part.count)
      for row in 0..<part.count {
        attack.ascend(row, attacked.row(row), along: attacked.inputGradient(row), length: length)
      }
    }
    return try learn(part)
  }

  private func learn(_ part: BatchPart) throws -> PartResult {
    pairs.write(part)
    for row in 0..<part.count {
      _ = pairs.row(part.count + row).update(fromContentsOf: attacked.row(row))
    }
    try pairs.classifier.forward(count: 2 * part.count)
    var result = pairs.crossEntropy(count: part.count, scale: part.scale) { part.label($0) }
    for row in 0..<part.count {
      let (clean, attacked) = (answer(row), pairs.logitGradient(part.count + row))
      let cleanTotal = CrossEntropy.softmax(pairs.logits(row), into: clean)
      let total = CrossEntropy.softmax(pairs.logits(part.count + row), into: attacked)
      let (z, w) = (pairs.logits(row), pairs.logits(part.count + row))
      var divergence: Float = 0
      for c in clean.indices {
        other[c] = (z[c] - Float(cleanTotal)) - (w[c] - Float(total))
        divergence += clean[c] * other[c]
      }
      let gradient = pairs.logitGradient(row)
      for c in clean.indices {
        gradient[c] += part.scale * beta * clean[c] * (other[c] - divergence)
        attacked[c] = part.scale * beta * (attacked[c] - clean[c])
      }
      result.loss += Double(beta * divergence)
    }
    pairs.clearLogitGradients(from: 2 * part.count)
    try pairs.addGradient()
    return result
  }

  private func answer(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
    let k = pairs.classCount
    return UnsafeMutableBufferPointer(rebasing: answers[row * k..<(row + 1) * k])
  }
}
