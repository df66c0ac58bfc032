import CertifyResults
import CertifySmoothing

extension SmoothingRecord {
  /// Everything besides f that defines g, as a run records it.
  public init(_ smoothing: Smoothing) {
    self.init(
      noise: smoothing.noise.rawValue, sigma: smoothing.sigma,
      range: smoothing.integerRange.map { ClosedIntegerRange(lower: $0.lowerBound, upper: $0.upperBound) })
  }
}

extension FlipTestRecord {
  /// The samples behind a flip test, as a run records it.
  init(_ result: FlipTestResult) {
    self.init(
      outcome: FlipOutcome(rawValue: result.outcome.rawValue) ?? .inconclusive, candidate: result.candidate,
      samples: result.samples,
      rivalHits: result.rivalHits, labelHits: result.labelHits, beta: result.beta)
  }
}
