/// An attack on one input that asks about its points round by round and moves each by its gradient, so that attacks on
/// several inputs can share batches: see ``Lockstep``.
protocol Ascent: AnyObject {
  var oracle: Oracle { get }
  /// The name that witnesses get.
  var attack: String { get }
  var points: PointStore { get }
  /// The points of the next round, in ascending order; empty when the attack has ended.
  var asked: [Int] { get }
  /// The loss to pull back from a point.
  func loss(_ index: Int) -> AttackLoss
  /// Learns what f said about a point; the answer's buffers are valid during the call.
  func learn(_ index: Int, _ answer: Oracle.Answer) throws
  /// Prepares the next round when all points of this one were answered.
  func endRound()
  /// Ends the attack: its budget does not allow the next round.
  func stop()
}

/// An attack at a fixed ε that is an ``Ascent``.
protocol AscentAttack: FixedEpsilonAttack {
  /// The attack on one input, at its starting points; `nil` when the budget does not allow it.
  func ascent(on oracle: Oracle, epsilon: Double, generator: SplitMix64) throws -> (any Ascent)?
}

extension AscentAttack {
  /// Runs the attack on one input alone.
  func climb(on oracle: Oracle, epsilon: Double, generator: SplitMix64) throws {
    guard let classifier = oracle.differentiable,
      let ascent = try ascent(on: oracle, epsilon: epsilon, generator: generator)
    else { return }
    try Lockstep(classifier: classifier).run(ascent)
  }
}
