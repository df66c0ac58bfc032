import CertifyResults
import CertifyStatistics

/// What the accuracies of a run say of new inputs, if those of the run are a random sample of them.
///
/// Clopper–Pearson bounds (1934, DOI 10.1093/biomet/26.4.404), each side failing with probability at most
/// (1 − confidence)/2 at a radius that was chosen beforehand.
public struct AccuracyBounds: Sendable, Equatable {
  /// The denominator.
  public var inputs: Int
  /// The largest error probability of a single certificate, and of a single witness.
  public var alpha: Double
  /// The largest error probability of a single witness.
  public var beta: Double
  /// Of both sides together.
  public var confidence: Double

  /// The bounds for one classifier and norm; `nil` for a run without inputs.
  ///
  /// - Parameters:
  ///   - key: The classifier and the norm.
  ///   - results: The run.
  ///   - confidence: In [0.5, 1), of both sides together.
  public init?(of key: BracketKey, in results: RunResults, confidence: Double = 0.95) {
    guard !results.inputs.isEmpty, confidence >= 0.5, confidence < 1 else { return nil }
    let brackets = results.inputs.compactMap { input in
      input.bracket(of: key).map { (index: input.index, bracket: $0) }
    }
    inputs = results.inputs.count
    alpha = Sample(key: key, manifest: results.manifest, inputs: brackets, comparison: .atLeast).alpha
    beta = brackets.compactMap { $0.bracket.upperInForce.map { 1 - $0.confidence } }.max() ?? 0
    self.confidence = confidence
  }

  /// A lower bound of the share of robust inputs, `count` of the run's being certified.
  ///
  /// A certificate is false with probability at most α, so P[certified] ≤ P[robust] + α(1 − P[robust]).
  /// Rounded down; 0 where nothing can be said.
  public func certified(_ count: Int) -> Double {
    guard alpha < 1,
      let lower = try? ClopperPearson.lowerBound(successes: count, trials: inputs, alpha: delta)
    else { return 0 }
    return AccuracyBounds.withoutErrors(lower, alpha: alpha)
  }

  /// An upper bound of the share of robust inputs, `count` of the run's not being broken.
  ///
  /// A witness is false with probability at most β, so P[not broken] ≥ P[robust](1 − β). Rounded up; 1 where
  /// nothing can be said.
  public func unbroken(_ count: Int) -> Double {
    guard beta < 1, let upper = try? ClopperPearson.upperBound(successes: count, trials: inputs, alpha: delta)
    else { return 1 }
    return beta > 0 ? min(1, (upper / (1 - beta)).nextUp.nextUp) : upper
  }

  private var delta: Double { (1 - confidence) / 2 * (1 - 1e-15) }

  /// (p − α)/(1 − α), rounded down: what is left of a share of certified inputs when each certificate errs
  /// with probability α.
  static func withoutErrors(_ share: Double, alpha: Double) -> Double {
    guard alpha > 0 else { return share }
    guard alpha < 1 else { return 0 }
    return max(0, ((share - alpha) / (1 - alpha)).nextDown.nextDown)
  }
}
