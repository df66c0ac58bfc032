import Foundation

/// What a number of samples can certify at best: all n of n samples agree.
public enum SampleSize {
  /// Φ⁻¹(α^{1/n}), the largest r/σ that n samples can certify at level α, rounded down.
  ///
  /// At α = 0.001: 0.0029759… for n = 10, 1.500475 for 100, 3.8114566… for 10⁵. `nil` when α^{1/n} ≤ ½, so
  /// that every input must abstain (see ``samplesNeeded(alpha:)``).
  public static func largestCertifiableRadiusOverSigma(
    samples: Int, alpha: Double
  ) throws(StatisticsError) -> Double? {
    let share = try ClopperPearson.lowerBound(successes: samples, trials: samples, alpha: alpha)
    return share > 0.5 ? try Normal.quantileRoundedDown(share) : nil
  }

  /// The least n at which not every input must abstain: α^{1/n} > ½, so n > log₂(1/α).
  ///
  /// For a certificate with a bounded runner-up pass α/2.
  public static func samplesNeeded(alpha: Double) throws(StatisticsError) -> Int {
    try Check.level(alpha, name: "α")
    var samples = max(1, Int((-log2(alpha)).rounded(.down)))
    while try largestCertifiableRadiusOverSigma(samples: samples, alpha: alpha) == nil { samples += 1 }
    return samples
  }

  /// The least n at which the two-sided binomial test at ½ can reach level α: 2·2⁻ⁿ ≤ α.
  ///
  /// Below it ``BinomialTest/twoSidedAtHalf(successes:trials:)`` never rejects, and PREDICT only abstains.
  public static func samplesNeededToPredict(alpha: Double) throws(StatisticsError) -> Int {
    try Check.level(alpha, name: "α")
    var samples = max(1, Int((1 - log2(alpha)).rounded(.down)))
    while try BinomialTest.twoSidedAtHalf(successes: samples, trials: samples) > alpha { samples += 1 }
    return samples
  }
}
