import CertifyThreat

extension AttackName {
  /// Checks, before any input is attacked, that the attack exists for a model and can do anything with its budget.
  ///
  /// - Parameters:
  ///   - smoothed: Whether the smoothed classifier is attacked, and not the base one.
  ///   - gradients: Whether the model has gradients.
  ///   - classCount: K.
  ///   - goal: The nearest witness, or one within fixed ε: not every attack has both.
  ///   - norm: What is to be small, a length or the number of changed values.
  ///   - parameters: The steps, and the queries an input may cost; the least that any part of the attack needs is checked.
  ///   - surrogate: Whether there is a second model with gradients.
  /// - Throws: ``AttackError/unsupported(attack:reason:available:)`` with the attacks that do exist, or
  ///   ``AttackError/invalidParameter(name:value:advice:)`` for a parameter, an ε or a budget out of range.
  public func check(
    smoothed: Bool, gradients: Bool, classCount: Int, goal: AttackGoal, norm: Distance,
    parameters: AttackParameters, surrogate: Bool = false
  ) throws(AttackError) {
    try parameters.validate()
    try goal.validate()
    let methods = try resolved(
      AttackSetting(smoothed: smoothed, gradients: gradients, goal: goal, norm: norm, surrogate: surrogate))
    guard self != .none, let first = methods.first else { return }
    let budget = smoothed ? parameters.maximumSmoothedQueries : parameters.maximumQueries
    let needed =
      smoothed
      ? parameters.flipSelectionSamples + parameters.noiseSamples
      : first.smallestBudget(classCount: classCount, restarts: parameters.restarts)
    guard budget >= needed else {
      throw .invalidParameter(
        name: "the budget of queries an input", value: "\(budget)",
        advice:
          "'\(rawValue)' can do nothing with less than \(needed) against \(classCount) classes; give more")
    }
  }

  /// The smallest number of queries with which an attack on the base classifier gets as far as its first step: the
  /// query of x, the gradients at x, one query of every point it moves at once, and what the oracle keeps for the end.
  func smallestBudget(classCount: Int, restarts: Int) -> Int {
    let rivals = min(max(classCount - 1, 1), 9)
    let work =
      switch self {
      case .none, .smoothadv: 0
      case .square, .randomSearch, .hopSkipJump: 1
      case .flow: 1
      case .apgdCrossEntropy, .apgdRatio: restarts
      case .fgsm: 1 + rivals + 1
      case .apgdTargeted, .boundaryWalk, .fab, .best: 1 + rivals + rivals
      default: 1 + rivals + max(restarts, 4)
      }
    return Oracle.smallestBudget(holding: 1 + work)
  }

  /// What the attack does instead, where a model has too few classes for its loss; `nil` where it has enough.
  public func fallback(classCount: Int) -> String? {
    switch self {
    case .apgdRatio where classCount < 3:
      "\(rawValue): the difference of logits ratio needs 3 classes and the model has \(classCount); "
        + "the margin itself is raised instead"
    case .apgdTargeted where classCount < 4, .auto where classCount < 4:
      "\(AttackName.apgdTargeted.rawValue): the targeted ratio needs 4 classes and the model has \(classCount); "
        + "the targeted margin itself is raised instead"
    default: nil
    }
  }
}
