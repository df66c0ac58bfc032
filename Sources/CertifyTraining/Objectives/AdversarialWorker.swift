import CertifyThreat

/// Cross-entropy where `steps` steps of projected gradient ascent from a random start end.
///
/// One step is FGSM with a random start. The gradient with respect to θ is taken at that point, as if the point did not
/// depend on θ: Danskin's theorem (Madry et al. 2018, arXiv 1706.06083, appendix A).
final class AdversarialWorker: ObjectiveWorker {
  private let rows: NetworkRows
  private let attack: RowAttack
  private let epsilon: Double
  private let steps: Int
  private let length: Double
  var gradient: [Float] { rows.gradient }

  init(
    _ model: TrainableModel, rows count: Int, threat: ThreatSetting, steps: Int, length: Double, draws: Draws
  ) throws {
    rows = try NetworkRows(model, rows: count)
    attack = RowAttack(rows, capacity: count, threat: threat, draws: draws)
    epsilon = threat.epsilon
    self.steps = steps
    self.length = length * threat.epsilon
  }

  func load(_ parameters: [Float]) throws { try rows.load(parameters) }

  func run(_ part: BatchPart) throws -> PartResult {
    rows.reset()
    try attack.move(to: part, epsilon: epsilon)
    try attack.run(part, steps: steps, length: length)
    return try rows.learn(part)
  }
}
