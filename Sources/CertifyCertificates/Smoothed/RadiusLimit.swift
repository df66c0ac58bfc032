import CertifySmoothing
import CertifyStatistics

/// How far certificates of a smoothed classifier could reach at one input if they had ever more samples.
public struct RadiusLimit: Sendable, Equatable {
  /// No number of samples gives the method a larger radius; infinite when that is not known.
  public var method: Double
  /// The same of the best certificate that is given every class's probability; at least `method`.
  public var best: Double

  public init(method: Double, best: Double) {
    self.method = method
    self.best = max(method, best)
  }
}

/// How much more than what is proven the probabilities of a class and of its runner-up may be, and how much less.
///
/// With the Clopper–Pearson bounds over K classes, p̄ = U(n_A; n, α) is at least the class's probability, and
/// p̲_B = max(L(max n_c; n, α/(K−1)), (1 − p̄)/(K−1)) at most the runner-up's. Each fails with probability α at most. A
/// failed sample counts for the class.
struct ProbabilityLimits {
  /// p̄.
  let upper: Double
  /// p̲_B; at least 0, and above it where p̄ < 1.
  let runnerUp: Double

  /// - Throws: as `ProbabilityBounds`.
  init(counts: ClassCounts, candidate: Int, alpha: Double) throws {
    let bounds = try ProbabilityBounds(
      counts: counts, candidate: candidate, boundsRunnerUp: false, alpha: alpha)
    let rivals = Double(counts.counts.count - 1)
    upper = try ClopperPearson.upperBound(
      successes: bounds.successes + counts.failed, trials: bounds.samples, alpha: alpha)
    let others = counts.counts.enumerated().filter { $0.offset != candidate }.map(\.element)
    runnerUp = max(
      try ClopperPearson.lowerBound(
        successes: others.max() ?? 0, trials: bounds.samples, alpha: alpha / rivals),
      (1 - upper) / rivals)
  }
}
