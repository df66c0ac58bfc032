import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// What a run asks of each input.
public struct RunConfiguration: Sendable {
  /// The set of inputs an adversary may choose from.
  public var space: InputSpace
  /// What the radii are measured in; each one is a bracket of its own.
  public var norms: [Distance]
  /// What is bracketed: f, the smoothed classifiers, or both.
  public var classifiers: [ClassifierKind]
  /// The smoothed classifiers; each one is a bracket of its own.
  public var smoothings: [Smoothing]
  /// n₀, the samples that choose the class.
  public var selectionSamples: Int
  /// n, the fresh samples of a certificate; the most of them where `plan` may stop sooner.
  public var samples: Int
  /// The probability, in (0, 1), with which certificates may be wrong; ``level`` is that of one.
  public var alpha: Double
  /// Proofs for the base classifier; the largest radius counts, since each is certain.
  public var baseCertificates: [any BaseCertificate]
  /// Why these, where none was asked for; `nil` where they were.
  public var baseCertificateReason: String?
  /// The proof for the smoothed classifiers: one, fixed before the samples are seen.
  public var smoothedCertificate: (any SmoothedCertificate)?
  /// The attack on f; `none` leaves it out.
  public var baseAttack: AttackName
  /// The attack on each smoothed classifier; `none` leaves it out.
  public var smoothedAttack: AttackName
  /// What attacks look for: the nearest witness, or one within fixed ε.
  public var goal: AttackGoal
  /// The class that attacks are to reach; `nil` for any but the label.
  public var target: AttackTarget?
  /// Another model of the same task, from which witnesses may transfer.
  public var surrogate: (any ClassifierSource)?
  /// Steps, restarts, budgets of queries and the like, of both attacks.
  public var attackParameters: AttackParameters
  /// Of all noise and all random choices.
  public var seed: UInt64
  /// How the samples of the smoothed classifiers are drawn, where more ways than one apply.
  public var sampler: Sampler
  /// Rows of a forward pass of the classifier that defines f inside the smoothed classifiers.
  public var batchSize: Int
  /// Rows of a forward and backward pass of an attack.
  public var attackBatchSize: Int
  /// What the samples of smoothed classifiers are to answer.
  public var plan = SamplingPlan()

  public init(
    space: InputSpace, norms: [Distance], classifiers: [ClassifierKind], smoothings: [Smoothing],
    selectionSamples: Int, samples: Int, alpha: Double, baseCertificates: [any BaseCertificate],
    smoothedCertificate: (any SmoothedCertificate)?, baseAttack: AttackName, smoothedAttack: AttackName,
    goal: AttackGoal, attackParameters: AttackParameters, seed: UInt64, batchSize: Int, attackBatchSize: Int,
    sampler: Sampler = .direct, target: AttackTarget? = nil, surrogate: (any ClassifierSource)? = nil
  ) {
    self.space = space
    self.norms = norms
    self.classifiers = classifiers
    self.smoothings = smoothings
    self.selectionSamples = selectionSamples
    self.samples = samples
    self.alpha = alpha
    self.baseCertificates = baseCertificates
    self.smoothedCertificate = smoothedCertificate
    self.baseAttack = baseAttack
    self.smoothedAttack = smoothedAttack
    self.goal = goal
    self.attackParameters = attackParameters
    self.seed = seed
    self.batchSize = batchSize
    self.attackBatchSize = attackBatchSize
    self.sampler = sampler
    self.target = target
    self.surrogate = surrogate
  }

  /// Rows of a forward pass of the classifier that defines f where f itself is bracketed: 1 where attacks have
  /// gradients to ask, so that witnesses are verified one by one, at the cost of one.
  public func baseBatchSize(_ source: any ClassifierSource) -> Int { source.hasGradients ? 1 : batchSize }

  /// Whether any classifier is attacked.
  var attacks: Bool {
    classifiers.contains { attack(on: $0) != .none }
  }

  /// The norms in which something can be proven: smoothed classifiers are bracketed in these alone.
  public var provableNorms: [Norm] { norms.compactMap(\.norm) }

  /// The attack on the base classifier in one norm.
  func baseAttack(_ norm: Distance) throws -> BaseAttack {
    try BaseAttack(
      name: baseAttack, goal: goal, distance: norm, space: space,
      parameters: attackParameters, seed: seed)
  }

  /// Whether attacks on several inputs can share batches.
  var sharesBatches: Bool {
    get throws {
      guard classifiers.contains(.base), target == nil, let norm = norms.first else { return false }
      return try baseAttack(norm).sharesBatches
    }
  }

  /// Whether there is nothing else to do: where there is, inputs are better handed out one by one.
  var onlyAttacksInBatches: Bool {
    get throws { try classifiers == [.base] && baseCertificates.isEmpty && sharesBatches }
  }

  /// The error rate of either side of a bracket when a contradiction is tested again.
  static let retestLevel = 1e-6

  /// The samples of a retest: n · (Φ⁻¹(10⁻⁶) / Φ⁻¹(α))² for the α of one certificate, at least n and at most 10 n.
  ///
  /// The width of a confidence interval grows with |Φ⁻¹(α)| and shrinks with √n. With n alone a false radius
  /// could pass its retest only because 10⁻⁶ is a stricter level than α; few samples could certify nothing.
  func retestSamples() throws -> Int {
    let factor = try Normal.quantile(Self.retestLevel) / Normal.quantile(min(level, 0.49))
    let wanted = Int(Double(samples) * min(max(factor * factor, 1), 10))
    // Sample numbers have 32 bits.
    return max(samples, min(wanted, 1 << 32))
  }
}

extension AttackInput {
  /// The input in the form that noise is added to.
  var smoothingInput: SmoothingInput { grid.map { .grid($0) } ?? .real(point) }
}
