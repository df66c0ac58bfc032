extension AttackOutcome {
  /// What several attacks on one input found and spent together: the nearest witness, with its test.
  ///
  /// The chances that a witness is none add up.
  ///
  /// - Parameter all: At least one.
  public static func joined(_ all: [AttackOutcome]) -> AttackOutcome? {
    guard var result = all.first else { return nil }
    for outcome in all.dropFirst() {
      if let witness = outcome.witness, witness.distance < result.witness?.distance ?? .infinity {
        (result.witness, result.flipTest) = (witness, outcome.flipTest)
        result.trajectory = outcome.trajectory
      }
      result.queries += outcome.queries
      result.gradients += outcome.gradients
      result.flipped += outcome.flipped
      result.held += outcome.held
      result.inconclusive += outcome.inconclusive
      result.beta += outcome.beta
      result.budgetSpent = result.budgetSpent || outcome.budgetSpent
    }
    return result
  }
}
