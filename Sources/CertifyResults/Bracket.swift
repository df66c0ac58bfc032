import CertifyThreat

/// Which classifier a bracket speaks of; the two are never mixed.
public enum ClassifierKind: String, Sendable, Codable, CaseIterable {
  /// The saved model f itself.
  case base
  /// The smoothed classifier g.
  case smoothed
}

/// lower ≤ ρ ≤ upper for one classifier, one norm, one input.
///
/// ρ = inf { ‖δ‖ : h(x+δ) ≠ label, x+δ ∈ 𝒳 }, and 0 when h(x) ≠ label. Absent is absent: a missing
/// end is `nil`, never a number.
public struct Bracket: Sendable, Codable, Equatable {
  /// Which of the two classifiers h is.
  public var classifier: ClassifierKind
  /// What defines g; `nil` for the base classifier.
  public var smoothing: SmoothingRecord?
  /// What both radii are measured in.
  public var norm: Distance
  /// The class h gives the clean input; `nil` when the smoothed classifier abstained.
  public var predicted: Int?
  /// Whether `predicted` is the label; `false` when abstained.
  public var correct: Bool
  /// The proven end; `nil` when there is no proof.
  public var lower: LowerBound?
  /// The witnessed end; `nil` when no witness was found.
  public var upper: UpperBound?
  /// What the attack did, present whenever one ran.
  public var attack: AttackRecord?
  /// The retest of a contradiction, present whenever upper < lower before it.
  ///
  /// `lower` and `upper` stay as they were before; `lowerInForce` and `upperInForce` are what the retest left.
  public var contradiction: ContradictionRecord?
  /// Where the gap between the ends comes from, as far as it is known: for a smoothed classifier's proof.
  public var gapParts: GapParts?
  /// The classes that the attack was to reach, and what it found of each; `nil` when any but the label would do.
  ///
  /// `upper` is then an input that is given one of them; the proof, which is against all classes, holds for each.
  public var targets: [TargetRecord]?
  /// The points that a flow visited, from the input on; only where they were asked for.
  public var trajectory: [[Float]]?
  /// The answers to "is the certified radius at least R?", where a run asked so; `nil` where it did not.
  public var decision: DecisionRecord?
  /// The counts that prove nothing: those of an abstention, or without a certificate; `nil` where `lower` or `decision`
  /// has them.
  public var sampling: SamplingRecord?

  public init(
    classifier: ClassifierKind, smoothing: SmoothingRecord?, norm: Distance, predicted: Int?, correct: Bool,
    lower: LowerBound?, upper: UpperBound?, attack: AttackRecord?, contradiction: ContradictionRecord?,
    gapParts: GapParts? = nil, targets: [TargetRecord]? = nil, trajectory: [[Float]]? = nil,
    decision: DecisionRecord? = nil, sampling: SamplingRecord? = nil
  ) {
    self.classifier = classifier
    self.smoothing = smoothing
    self.norm = norm
    self.predicted = predicted
    self.correct = correct
    self.lower = lower
    self.upper = upper
    self.attack = attack
    self.contradiction = contradiction
    self.gapParts = gapParts
    self.targets = targets
    self.trajectory = trajectory
    self.decision = decision
    self.sampling = sampling
  }

  /// Whether the smoothed classifier refused to answer.
  public var abstained: Bool { predicted == nil }

  /// Whether the witness lies strictly inside the certified ball.
  public var isContradictory: Bool {
    guard let lower, let upper else { return false }
    return upper.radius < lower.radius
  }
}

/// Everything besides f that defines the smoothed classifier of a bracket.
public struct SmoothingRecord: Sendable, Codable, Equatable, Hashable {
  /// `gaussian-sound`, `gaussian`, ….
  public var noise: String
  /// The standard deviation of the noise, in the units of the input.
  public var sigma: Double
  /// The integers to which noisy 8-bit inputs are clipped; `nil` without a clip.
  public var range: ClosedIntegerRange?
  /// λ of uniform and Laplace noise; `nil` of others.
  public var lambda: Double?
  /// M of the splitting noise, the number of its samples; `nil` of others.
  public var splits: Int?

  public init(
    noise: String, sigma: Double, range: ClosedIntegerRange?, lambda: Double? = nil, splits: Int? = nil
  ) {
    self.noise = noise
    self.sigma = sigma
    self.range = range
    self.lambda = lambda
    self.splits = splits
  }
}

/// The integers from `lower` to `upper`.
public struct ClosedIntegerRange: Sendable, Codable, Equatable, Hashable {
  /// The smallest integer.
  public var lower: Int
  /// The largest integer.
  public var upper: Int

  public init(lower: Int, upper: Int) {
    self.lower = lower
    self.upper = upper
  }
}

/// A proven lower bound of the robust radius.
public struct LowerBound: Sendable, Codable, Equatable {
  /// Robust for every ‖δ‖ < radius; rounded down. 0 for an input that is already misclassified.
  public var radius: Double
  /// The certificate's name, such as `gaussian-p-lower`, `gaussian-runner-up` or `linear-exact`.
  public var method: String
  /// 1 − α for a statistical certificate, 1 for a deterministic one.
  public var confidence: Double
  /// Whether the claim holds for the floating-point program, not only in real arithmetic.
  public var floatSound: Bool
  /// The samples behind a statistical certificate; enough to compute `radius` again.
  public var sampling: SamplingRecord?

  public init(
    radius: Double, method: String, confidence: Double, floatSound: Bool, sampling: SamplingRecord?
  ) {
    self.radius = radius
    self.method = method
    self.confidence = confidence
    self.floatSound = floatSound
    self.sampling = sampling
  }
}

/// The counts behind a statistical certificate.
public struct SamplingRecord: Sendable, Codable, Equatable {
  /// The class the samples were asked about.
  public var candidate: Int
  /// n0, the samples that chose `candidate`, and the count of each class among them.
  public var selectionSamples: Int
  /// The count of each class among the n0.
  public var selectionCounts: [Int]
  /// n, the fresh samples that decided, failed ones included.
  public var samples: Int
  /// The count of each class among the n.
  public var counts: [Int]
  /// Samples that could not be drawn exactly; counted against the claim.
  public var failed: Int
  /// The probability with which what the samples prove may be wrong; 0 where they are all that g has.
  public var alpha: Double
  /// How many looks at the counts, at numbers of samples fixed beforehand, share α; `nil` for one.
  public var looks: Int?

  public init(
    candidate: Int, selectionSamples: Int, selectionCounts: [Int], samples: Int, counts: [Int], failed: Int,
    alpha: Double, looks: Int? = nil
  ) {
    self.candidate = candidate
    self.selectionSamples = selectionSamples
    self.selectionCounts = selectionCounts
    self.samples = samples
    self.counts = counts
    self.failed = failed
    self.alpha = alpha
    self.looks = looks
  }

  /// The level of the confidence bounds behind the radius: α over the looks.
  public var level: Double { looks.map { (alpha / Double(max($0, 1))).nextDown } ?? alpha }
}

/// A witnessed upper bound of the robust radius.
public struct UpperBound: Sendable, Codable, Equatable {
  /// The distance of a verified witness, rounded up. 0 for an input that is already misclassified.
  public var radius: Double
  /// The attack that found the witness, or `clean` when the input itself is misclassified.
  public var attack: String
  /// 1 for the base classifier, 1 − β for a witness against a smoothed one.
  public var confidence: Double
  /// The class that h gives the witness.
  public var witnessClass: Int
  /// The samples of the flip test; `nil` for the base classifier.
  public var flipTest: FlipTestRecord?

  public init(
    radius: Double, attack: String, confidence: Double, witnessClass: Int, flipTest: FlipTestRecord?
  ) {
    self.radius = radius
    self.attack = attack
    self.confidence = confidence
    self.witnessClass = witnessClass
    self.flipTest = flipTest
  }
}

/// The result of testing a candidate witness against the smoothed classifier.
public enum FlipOutcome: String, Sendable, Codable {
  /// g gives the candidate another class than the label.
  case flipped
  /// g gives the candidate the label.
  case held
  /// Neither was shown at the level asked.
  case inconclusive
}

/// The samples behind a flip test.
public struct FlipTestRecord: Sendable, Codable, Equatable {
  /// How the test ended.
  public var outcome: FlipOutcome
  /// The number of the candidate among those of its input, from 0: its noise can be drawn again by it.
  public var candidate: Int?
  /// Samples that decided, and among them the hits of the rival class and of the label.
  public var samples: Int
  /// Hits of the rival class among them.
  public var rivalHits: Int
  /// Hits of the label among them.
  public var labelHits: Int
  /// The level β spent on this candidate.
  public var beta: Double

  public init(
    outcome: FlipOutcome, candidate: Int? = nil, samples: Int, rivalHits: Int, labelHits: Int, beta: Double
  ) {
    self.outcome = outcome
    self.candidate = candidate
    self.samples = samples
    self.rivalHits = rivalHits
    self.labelHits = labelHits
    self.beta = beta
  }
}

/// What an attack spent and found.
public struct AttackRecord: Sendable, Codable, Equatable {
  /// The attack, or the combination of attacks, that was asked for.
  public var name: String
  /// Evaluations of f, one an input row.
  public var queries: Int
  /// Gradient evaluations, one an input row.
  public var gradients: Int
  /// For the smoothed classifier, how the candidates' flip tests ended.
  public var flipped: Int
  /// Candidates that kept the label.
  public var held: Int
  /// Candidates of which neither was shown.
  public var inconclusive: Int
  /// For a fixed-ε attack, the ε tried.
  public var epsilons: [Double]?

  public init(
    name: String, queries: Int, gradients: Int, flipped: Int, held: Int, inconclusive: Int,
    epsilons: [Double]?
  ) {
    self.name = name
    self.queries = queries
    self.gradients = gradients
    self.flipped = flipped
    self.held = held
    self.inconclusive = inconclusive
    self.epsilons = epsilons
  }
}

/// A witness inside a certified radius, and what testing both ends again on fresh samples said.
public struct ContradictionRecord: Sendable, Codable, Equatable {
  /// The ends before the retest.
  public var lowerRadius: Double
  /// The upper end before the retest.
  public var upperRadius: Double
  /// The ends after the retest, at error 10⁻⁶ each; `nil` when an end did not survive.
  public var retestedLowerRadius: Double?
  /// The upper end after the retest; `nil` when it did not survive.
  public var retestedUpperRadius: Double?
  /// Whether upper < lower still: the run has failed.
  public var stands: Bool
  /// The witness, kept for whoever must find out why.
  public var witness: [Float]

  public init(
    lowerRadius: Double, upperRadius: Double, retestedLowerRadius: Double?, retestedUpperRadius: Double?,
    stands: Bool, witness: [Float]
  ) {
    self.lowerRadius = lowerRadius
    self.upperRadius = upperRadius
    self.retestedLowerRadius = retestedLowerRadius
    self.retestedUpperRadius = retestedUpperRadius
    self.stands = stands
    self.witness = witness
  }
}
