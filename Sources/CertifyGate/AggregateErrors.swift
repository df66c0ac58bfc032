import CertifyResults
import CertifyStatistics

/// How many of a run's certificates may be wrong.
///
/// Each is wrong with probability at most α, and whether it is depends on noise of its own, so that their number is
/// at most that of a Binomial(m, α) law.
public enum AggregateErrors {
  /// The smallest B with P[Bin(m, α) > B] ≤ `level`: at most B of m certificates are wrong, with confidence 1 − level.
  ///
  /// - Parameters:
  ///   - inputs: m, the number of inputs, at least 1.
  ///   - alpha: α, in (0, 1): the probability with which one certificate may be wrong.
  ///   - level: The probability with which more than B may be wrong, in (0, 1).
  /// - Throws: `StatisticsError` unless m ≥ 1 and both probabilities are in (0, 1).
  public static func most(of inputs: Int, alpha: Double, level: Double) throws -> Int {
    try Sample.countWhile(upTo: inputs) { errors in
      try ClopperPearson.lowerBound(successes: errors, trials: inputs, alpha: level) < alpha
    }
  }

  /// The certificates to take off certified accuracy; `nil` where the run did not ask for it.
  ///
  /// - Parameters:
  ///   - key: Which brackets the accuracy is of.
  ///   - inputs: The number of inputs.
  ///   - manifest: What the run was asked for.
  public static func takenOff(_ key: BracketKey, inputs: Int, manifest: RunManifest) throws -> Int? {
    guard let plan = manifest.plan, plan.aggregate, key.classifier == .smoothed, inputs > 0 else {
      return nil
    }
    return try most(
      of: inputs, alpha: manifest.alpha / Double(max(plan.statements, 1)), level: manifest.alpha)
  }
}
