import CertifyResults
import CertifySmoothing
import CertifyThreat

/// What samples of smoothed classifiers are to answer, and how α is shared out among the answers.
public struct SamplingPlan: Sendable, Equatable {
  /// What is asked of the samples of an input.
  public enum Question: Sendable, Equatable {
    /// A radius from n samples.
    case radius
    /// A radius from as few samples as leave it within `tolerance` of what ten times as many would give.
    case radiusWithin(tolerance: Double)
    /// For each R whether the certified radius is at least R, from as few samples as it takes.
    case decide([Double])
  }

  /// What is asked; by default a radius from n samples.
  public var question = Question.radius
  /// The inputs whose certificates hold together with confidence 1 − α (Bonferroni); `nil` for each on its own.
  public var simultaneousInputs: Int?
  /// Whether the certificates of an input at all σ hold together.
  public var bestSigma = false
  /// Whether figures over all inputs have as many certificates taken off as may be wrong.
  public var aggregate = false
  /// The samples of the whole run; `nil` without a limit besides n an input.
  public var budget: Int?

  public init() {}

  /// The certificates that share α.
  func statements(smoothings: Int) -> Int {
    let together = simultaneousInputs != nil || bestSigma
    return max(1, simultaneousInputs ?? 1) * (together ? max(1, smoothings) : 1)
  }
}

extension RunConfiguration {
  /// α of one certificate of a smoothed classifier: α over all that share it, rounded down.
  public var level: Double {
    let statements = plan.statements(smoothings: smoothings.count)
    return statements == 1 ? alpha : (alpha / Double(statements)).nextDown
  }

  /// The plan as a run records it; `nil` for the default.
  public var planRecord: SamplingPlanRecord? {
    guard plan != SamplingPlan(), classifiers.contains(.smoothed) else { return nil }
    var record = SamplingPlanRecord(
      statements: plan.statements(smoothings: smoothings.count),
      simultaneous: plan.simultaneousInputs != nil, bestSigma: plan.bestSigma, aggregate: plan.aggregate,
      decide: nil, decisionBeta: nil, radiusTolerance: nil, budget: plan.budget)
    switch plan.question {
    case .radius: break
    case .radiusWithin(let tolerance): record.radiusTolerance = tolerance
    case .decide(let radii):
      record.decide = radii
      record.decisionBeta = attackParameters.beta
    }
    return record
  }

  /// The probabilities that the radii of a plan take, ascending, with the norm and the radius that each stands for.
  ///
  /// - Parameters:
  ///   - smoothing: The noise.
  ///   - dimension: d, the number of coordinates of an input.
  /// - Throws: What the certificate throws; ``EvaluationError`` where it does not rest on one probability.
  public func decisionQuestions(_ smoothing: SmoothingRecord, dimension: Int) throws -> [DecisionQuestion] {
    guard case .decide(let radii) = plan.question, let certificate = smoothedCertificate else { return [] }
    let questions = try provableNorms.flatMap { norm in
      try radii.map { radius in
        guard
          let probability = try certificate.probabilityNeeded(
            forRadius: radius, smoothing: smoothing, norm: norm, dimension: dimension)
        else { throw EvaluationError.undecidable(certificate: certificate.name) }
        return DecisionQuestion(norm: norm, radius: radius, probability: min(probability, 1))
      }
    }
    return questions.sorted { $0.probability < $1.probability }
  }
}

/// "Is the certified radius in `norm` at least `radius`?": is the probability of the label above `probability`?
public struct DecisionQuestion: Sendable, Equatable {
  /// The norm of `radius`.
  public var norm: Norm
  /// R, the length that the certified radius is compared with.
  public var radius: Double
  /// The probability of the label above which R is certified, at most 1.
  public var probability: Double
}
