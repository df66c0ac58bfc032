import CertifyResults
import CertifyThreat

/// One line of a gate: a figure of a run and the bound it must keep.
public struct Requirement: Sendable, Equatable {
  /// What is judged.
  public var figure: Figure
  /// Which brackets are meant, where a run has several an input.
  public var selector: Selector
  /// The direction.
  public var comparison: Comparison
  /// The bound.
  public var threshold: Double
  /// The confidence of a one-sided bound over the inputs; `nil` to judge the sample figure itself.
  public var confidence: Double?
  /// For `no-regression`, by how much the figure may be worse than the baseline's, 0 or more; `threshold` then
  /// follows from the baseline. `nil` for a requirement that names its bound.
  public var tolerance: Double?
  /// How much it weighs.
  public var level: RequirementLevel
  /// The requirement as it was written.
  public var text: String

  public init(
    figure: Figure, selector: Selector, comparison: Comparison, threshold: Double, confidence: Double?,
    tolerance: Double? = nil, level: RequirementLevel = .error, text: String
  ) {
    self.figure = figure
    self.selector = selector
    self.comparison = comparison
    self.threshold = threshold
    self.confidence = confidence
    self.tolerance = tolerance
    self.level = level
    self.text = text
  }

  /// The bound asked for, such as `>= 0.6`.
  public var expected: String {
    tolerance.map { "\(comparison.rawValue) the baseline's with a tolerance of \($0)" }
      ?? "\(comparison.rawValue) \(threshold)"
  }
}

/// The direction of a requirement.
public enum Comparison: String, Sendable, Equatable, CaseIterable {
  /// The figure must not be below the bound.
  case atLeast = ">="
  /// The figure must not be above the bound.
  case atMost = "<="

  /// Whether a figure keeps the bound; never for NaN or an infinite figure.
  ///
  /// - Parameters:
  ///   - figure: The figure of the run.
  ///   - threshold: The number in the requirement.
  public func holds(_ figure: Double, _ threshold: Double) -> Bool {
    guard figure.isFinite, threshold.isFinite else { return false }
    return switch self {
    case .atLeast: figure >= threshold
    case .atMost: figure <= threshold
    }
  }
}

/// A figure that a requirement speaks of; all have every input of the run in the denominator.
public enum Figure: Sendable, Equatable {
  /// The fraction that is correct and proven robust for every ‖δ‖ < radius.
  case certifiedAccuracy(radius: Double)
  /// The fraction that is correct and of which no witness with ‖δ‖ ≤ radius is known.
  case attackedAccuracy(radius: Double)
  /// The fraction that is correct.
  case cleanAccuracy
  /// The mean certified radius, 0 without a proof.
  case meanCertifiedRadius
  /// `certifiedRadius(quantile: 0.5)`.
  case medianCertifiedRadius
  /// The ⌈q·n⌉-th smallest certified radius, 0 without a proof.
  case certifiedRadius(quantile: Double)
  /// The fraction on which the classifier refused to answer.
  case abstentionRate

  /// The names of all figures.
  public static let names = [
    "certified-accuracy", "attacked-accuracy", "clean-accuracy", "mean-certified-radius",
    "median-certified-radius", "certified-radius", "abstention-rate",
  ]

  /// The name in requirements.
  public var name: String {
    switch self {
    case .certifiedAccuracy: "certified-accuracy"
    case .attackedAccuracy: "attacked-accuracy"
    case .cleanAccuracy: "clean-accuracy"
    case .meanCertifiedRadius: "mean-certified-radius"
    case .medianCertifiedRadius: "median-certified-radius"
    case .certifiedRadius: "certified-radius"
    case .abstentionRate: "abstention-rate"
    }
  }

  /// Whether it is a fraction of the inputs, in [0, 1], rather than a radius.
  public var isFraction: Bool {
    switch self {
    case .certifiedAccuracy, .attackedAccuracy, .cleanAccuracy, .abstentionRate: true
    case .meanCertifiedRadius, .medianCertifiedRadius, .certifiedRadius: false
    }
  }

  /// The radius at which accuracy is asked for, if this is such a figure.
  public var radius: Double? {
    switch self {
    case .certifiedAccuracy(let radius), .attackedAccuracy(let radius): radius
    default: nil
    }
  }
}

/// What a requirement says about the brackets it means; `nil` says nothing.
public struct Selector: Sendable, Equatable {
  /// The saved model or the smoothed classifier.
  public var classifier: ClassifierKind?
  /// The norm of the radii.
  public var norm: Distance?
  /// The standard deviation of the noise.
  public var sigma: Double?
  /// The name of the noise.
  public var noise: String?

  public init(
    classifier: ClassifierKind? = nil, norm: Distance? = nil, sigma: Double? = nil, noise: String? = nil
  ) {
    self.classifier = classifier
    self.norm = norm
    self.sigma = sigma
    self.noise = noise
  }

  /// Whether the key is what is meant. A σ or a noise rules out the base classifier.
  public func matches(_ key: BracketKey) -> Bool {
    if let classifier, key.classifier != classifier { return false }
    if let norm, key.norm != norm { return false }
    if let sigma, key.smoothing?.sigma != sigma { return false }
    if let noise, key.smoothing?.noise != noise { return false }
    return true
  }
}
