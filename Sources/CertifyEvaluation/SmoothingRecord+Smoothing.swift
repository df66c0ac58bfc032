import CertifyResults
import CertifySmoothing

extension SmoothingRecord {
  /// Everything besides f that defines g, as a run records it.
  public init(_ smoothing: Smoothing) {
    self.init(
      noise: smoothing.noise.rawValue, sigma: smoothing.sigma,
      range: smoothing.integerRange.map { ClosedIntegerRange(lower: $0.lowerBound, upper: $0.upperBound) })
    // The splitting noise is defined by M; λ would only say how M was asked for.
    splits = smoothing.splits
    lambda = smoothing.splits == nil ? smoothing.lambda : nil
  }
}

extension ClassCounts {
  /// The fresh samples of a certificate.
  init(_ sampling: SamplingRecord) {
    self.init(counts: sampling.counts, failed: sampling.failed)
  }
}

extension LowerBound {
  /// A radius that samples of g prove, with the confidence that they leave.
  init(radius: Double, method: String, smoothing: SmoothingRecord, sampling: SamplingRecord) {
    self.init(
      radius: radius, method: method, confidence: 1 - sampling.alpha,
      floatSound: NoiseFamily(rawValue: smoothing.noise)?.isFloatSound ?? false, sampling: sampling)
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
