import CertifySmoothing
import CertifyStatistics

/// The smoothed classifier's answer to an input, or its refusal to give one (PREDICT of Cohen, Rosenfeld and
/// Kolter 2019, arXiv:1902.02918).
///
/// With n₁ ≥ n₂ the two largest counts, the answer is the first class if the two-sided test of
/// n₁ ~ Binomial(n₁ + n₂, ½) rejects at level α; it differs from g(x) with probability at most α (Hung and Fithian
/// 2019, arXiv:1610.03944). Failed samples are added to n₂. Fewer than
/// `SampleSize.samplesNeededToPredict(alpha:)` samples can only abstain.
public struct SmoothedPrediction: Sendable, Equatable {
  /// The class with the largest count, ties to the lowest index.
  public let candidate: Int
  /// The p-value of the test, rounded up.
  public let pValue: Double
  /// The level of the test, in (0, 1).
  public let alpha: Double

  /// The answer; `nil` when abstained.
  public var predicted: Int? { pValue <= alpha ? candidate : nil }

  /// - Parameters:
  ///   - counts: How often each class answered.
  ///   - alpha: α, in (0, 1): the probability with which the prediction may be wrong.
  /// - Throws: ``CertificateError`` or `StatisticsError` for fewer than two classes, a negative count, no samples or
  ///   more than 2⁴⁰, or α outside (0, 1).
  public init(counts: ClassCounts, alpha: Double) throws {
    guard alpha > 0, alpha < 1 else {
      throw CertificateError.valueOutOfRange(name: "α", value: alpha, interval: "(0, 1)")
    }
    guard counts.counts.count >= 2 else {
      throw CertificateError.countOutOfRange(
        name: "the number of classes", value: counts.counts.count, range: 2...Int.max)
    }
    guard try counts.checkedTotal() > 0 else {
      throw CertificateError.countOutOfRange(name: "the number of samples", value: 0, range: 1...(1 << 40))
    }
    var (first, second) = (0, -1)
    for k in counts.counts.indices.dropFirst() {
      if counts.counts[k] > counts.counts[first] {
        (first, second) = (k, first)
      } else if second < 0 || counts.counts[k] > counts.counts[second] {
        second = k
      }
    }
    let top = counts.counts[first]
    let next = counts.counts[second] + counts.failed
    candidate = first
    self.alpha = alpha
    // A failed majority cannot speak for the candidate.
    pValue = top > next ? try BinomialTest.twoSidedAtHalf(successes: top, trials: top + next) : 1
  }
}
