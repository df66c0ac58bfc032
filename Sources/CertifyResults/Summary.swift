import CertifyThreat

/// The figures of a run, computed from its results and nothing else.
public struct Summary: Sendable, Codable, Equatable {
  /// The inputs that were evaluated: the denominator of every figure.
  public var inputs: Int
  /// The inputs that were asked for; more than `inputs` when the run was interrupted.
  public var selectedInputs: Int
  /// One for each key, in the keys' order.
  public var groups: [GroupSummary]

  public init(inputs: Int, selectedInputs: Int, groups: [GroupSummary]) {
    self.inputs = inputs
    self.selectedInputs = selectedInputs
    self.groups = groups
  }

  /// The contradictions that stand, over all groups.
  public var contradictions: Int { groups.reduce(0) { $0 + $1.contradictions } }
}

/// The figures of one classifier in one norm.
///
/// Every accuracy and rate has all inputs of the run in its denominator: wrong, abstained and missing ones
/// included. Figures without inputs are `nil`.
public struct GroupSummary: Sendable, Codable, Equatable {
  /// The classifier and the norm.
  public var key: BracketKey
  /// The denominator.
  public var inputs: Int
  /// Inputs that have a bracket of this key.
  public var brackets: Int
  /// Inputs answered with their label.
  public var correct: Int
  /// Inputs on which the smoothed classifier abstained.
  public var abstained: Int
  /// correct / inputs.
  public var cleanAccuracy: Double?
  /// abstained / inputs.
  public var abstentionRate: Double?
  /// Certified and attacked counts at radii in ascending order, the first at 0.
  public var points: [AccuracyPoint]
  /// Over all inputs, 0 for those without a proof; rounded down.
  public var meanCertifiedRadius: Double?
  /// The ⌈n/2⌉-th smallest radius over all inputs, 0 for those without a proof.
  public var medianCertifiedRadius: Double?
  /// Contradictions that stand.
  public var contradictions: Int
  /// Contradictions that a retest settled.
  public var settledContradictions: Int
  /// Brackets without a proof.
  public var lowerAbsent: Int
  /// Brackets without a witness.
  public var upperAbsent: Int
  /// m, the brackets with both ends.
  public var gaps: Int
  /// The mean of upper − lower over the m brackets with both ends.
  public var meanGap: Double?
  /// The ⌈m/2⌉-th smallest of upper − lower over them.
  public var medianGap: Double?
  /// Brackets whose gap is known in all its parts; `nil` without any.
  public var partedGaps: Int?
  /// The mean of each part over them, in the norm of the key; `nil` without any.
  public var meanGapParts: GapParts?

  static func ratio(_ count: Int, _ total: Int) -> Double? {
    total > 0 ? Double(count) / Double(total) : nil
  }
}

/// Certified and attacked accuracy at one radius.
public struct AccuracyPoint: Sendable, Codable, Equatable {
  /// In the norm of the key.
  public var radius: Double
  /// Inputs that are correct and proven robust for every ‖δ‖ < radius.
  public var certified: Int
  /// Inputs that are correct and of which no witness with ‖δ‖ ≤ radius is known.
  public var attacked: Int
  /// certified / inputs; `nil` without inputs.
  public var certifiedAccuracy: Double?
  /// attacked / inputs; `nil` without inputs.
  public var attackedAccuracy: Double?

  /// Computes the accuracies from the counts and the number of all inputs.
  ///
  /// - Parameters:
  ///   - radius: The radius at which they were counted.
  ///   - certified: Inputs that are right and certified at least that far.
  ///   - attacked: Inputs that are right and not broken within it.
  ///   - inputs: All inputs.
  public init(radius: Double, certified: Int, attacked: Int, inputs: Int) {
    self.radius = radius
    self.certified = certified
    self.attacked = attacked
    certifiedAccuracy = GroupSummary.ratio(certified, inputs)
    attackedAccuracy = GroupSummary.ratio(attacked, inputs)
  }
}
