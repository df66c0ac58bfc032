import CertifyEngine
import CertifyThreat

/// Points found on another model with gradients, tried on this one (Papernot et al. 2016, arXiv 1605.07277).
struct Transfer: FixedEpsilonAttack {
  static let name = "transfer"

  let surrogate: any DifferentiableClassifier
  var parameters: AttackParameters

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    // The surrogate has budget and best points of its own: its flips prove nothing here.
    let substitute = try Oracle(
      input: oracle.input, threat: oracle.threat, reference: surrogate, gradients: surrogate,
      maximumQueries: oracle.maximumQueries)
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let count = parameters.restarts
    let rows = try PGDRows(oracle: substitute, capacity: count, attack: Self.name)
    let losses: [AttackLoss] = [.margin, .crossEntropy]
    let tasks = (0..<count).map { PGDRows.Row(epsilon: radius, loss: losses[$0 % 2]) }
    for index in 0..<count { try rows.randomize(index, epsilon: radius, using: &generator) }
    _ = try rows.run(tasks, steps: parameters.steps, stop: .never, generator: &generator)
    var next = 0
    while next < count {
      let group = min(count - next, oracle.batchSize, oracle.remaining)
      guard group > 0 else { return }
      for slot in 0..<group { _ = oracle.row(slot).update(fromContentsOf: rows.point(next + slot)) }
      guard try oracle.evaluate(count: group, attack: Self.name) == .answered else { return }
      next += group
    }
  }
}
