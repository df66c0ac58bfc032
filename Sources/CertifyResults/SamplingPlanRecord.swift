/// How a run shared out its samples and its probability of error among the certificates of smoothed classifiers.
public struct SamplingPlanRecord: Sendable, Codable, Equatable {
  /// The certificates that share α: that of one input at one σ has the level α / `statements`.
  public var statements: Int
  /// Whether all certificates of the run hold together with confidence 1 − α, and not each on its own (Bonferroni).
  public var simultaneous: Bool
  /// Whether the certificates of one input at all σ hold together, so that the best may be chosen after the fact.
  public var bestSigma: Bool
  /// Whether figures over all inputs have as many certificates taken off as may be wrong.
  public var aggregate: Bool
  /// The radii R of which it was asked whether the certified radius is at least R; `nil` where radii were estimated.
  public var decide: [Double]?
  /// β, the probability with which an answer "no" may be wrong; it costs certificates, never their truth.
  public var decisionBeta: Double?
  /// Sampling stopped where ten times the samples would have moved the radius by less; `nil` where it did not stop.
  public var radiusTolerance: Double?
  /// The samples of the whole run, given to the inputs where they change an answer; `nil` without such a limit.
  public var budget: Int?

  public init(
    statements: Int, simultaneous: Bool, bestSigma: Bool, aggregate: Bool, decide: [Double]?,
    decisionBeta: Double?, radiusTolerance: Double?, budget: Int?
  ) {
    self.statements = statements
    self.simultaneous = simultaneous
    self.bestSigma = bestSigma
    self.aggregate = aggregate
    self.decide = decide
    self.decisionBeta = decisionBeta
    self.radiusTolerance = radiusTolerance
    self.budget = budget
  }
}

/// The answers to "is the certified radius at least R?", and the samples behind them.
public struct DecisionRecord: Sendable, Codable, Equatable {
  /// An answer.
  public enum Outcome: String, Sendable, Codable {
    /// Proven at level α.
    case yes
    /// The probability of the label is below what a proof takes, at level β.
    case no
    /// The samples did not suffice; counted as not certified.
    case undecided
  }

  /// R, ascending, and the answer to each.
  public var radii: [Double]
  /// The answers, one for each of `radii` in their order.
  public var outcomes: [Outcome]
  /// The samples drawn, failed ones included, and the count of each class among them.
  public var samples: Int
  /// [K], the count of each class among the samples that could be drawn.
  public var counts: [Int]
  /// Samples that could not be drawn exactly; counted against either answer.
  public var failed: Int
  /// The probability with which an answer "yes" may be wrong.
  public var alpha: Double
  /// The probability with which an answer "no" may be wrong.
  public var beta: Double

  public init(
    radii: [Double], outcomes: [Outcome], samples: Int, counts: [Int], failed: Int, alpha: Double,
    beta: Double
  ) {
    self.radii = radii
    self.outcomes = outcomes
    self.samples = samples
    self.counts = counts
    self.failed = failed
    self.alpha = alpha
    self.beta = beta
  }

  /// The largest R that was proven; `nil` when none was.
  public var provenRadius: Double? {
    zip(radii, outcomes).reduce(nil) { $1.1 == .yes ? $1.0 : $0 }
  }
}
