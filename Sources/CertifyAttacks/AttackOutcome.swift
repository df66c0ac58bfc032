import CertifySmoothing

/// What an attack found for one input, and what it spent.
public struct AttackOutcome: Sendable {
  /// The attack that ran, portfolios by their own name.
  public var attack: String
  /// The nearest verified witness, or `nil` when none was found.
  public var witness: Witness?
  /// The class that f gives x; `nil` for the smoothed classifier, whose answer is a matter of sampling.
  public var cleanClass: Int?
  /// Evaluations of f, one an input row.
  public var queries: Int
  /// Gradient evaluations, one an input row.
  public var gradients: Int
  /// How the candidates' flip tests against the smoothed classifier ended.
  public var flipped: Int
  /// Candidates to which g was shown to give the label; 0 for the base classifier.
  public var held: Int
  /// Candidates of which neither was shown; 0 for the base classifier.
  public var inconclusive: Int
  /// The test that confirmed `witness` against the smoothed classifier; `nil` for the base classifier.
  public var flipTest: FlipTestResult?
  /// The chance that `witness` is none: β over all candidates tested; 0 for the base classifier.
  public var beta: Double
  /// The ε tried, for a fixed-ε attack.
  public var epsilons: [Double]?
  /// Whether the attack was stopped by its budget.
  public var budgetSpent: Bool
  /// The points that a flow visited, x first; `nil` unless they were to be kept.
  public var trajectory: [[Float]]?
}

extension AttackOutcome {
  /// The smallest ε tried within which the witness lies; `nil` when there is none.
  public var succeededEpsilon: Double? {
    guard let witness else { return nil }
    return epsilons?.first { AttackGoal.isWithin(witness.distance, epsilon: $0) }
  }
}
