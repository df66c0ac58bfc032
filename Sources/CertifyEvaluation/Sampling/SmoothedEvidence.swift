import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// What samples say of a smoothed classifier at one input.
enum SmoothedEvidence: Sendable {
  /// Counts for a certificate and its class.
  case counted(SamplingRecord)
  /// Answers about the label.
  case decided(DecisionSampling)

  /// The class g gives the input, with the probability that this is wrong; `nil` to abstain: the certified class, or
  /// PREDICT without a certificate (Cohen, Rosenfeld, Kolter 2019, arXiv 1902.02918).
  ///
  /// - Parameter lower: what is proven in some norm.
  func prediction(lower: LowerBound?, hasCertificate: Bool) throws -> (class: Int, error: Double)? {
    switch self {
    case .decided(let decision): return try decision.prediction()
    case .counted(let sampling):
      // All samples that g has: its class is known.
      if sampling.alpha == 0 { return (sampling.candidate, 0) }
      if hasCertificate { return lower.map { _ in (sampling.candidate, sampling.alpha) } }
      return try SmoothedPrediction(counts: ClassCounts(sampling), alpha: sampling.alpha).predicted.map {
        ($0, sampling.alpha)
      }
    }
  }

  /// The radius proven in a norm.
  func lowerBound(
    _ certificate: any SmoothedCertificate, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    switch self {
    case .counted(let sampling):
      return try certificate.lowerBound(
        from: sampling, smoothing: smoothing, norm: norm, dimension: dimension)
    case .decided(let decision):
      guard let predicted = try decision.prediction() else { return nil }
      return LowerBound(
        radius: decision.record(norm).provenRadius ?? 0, method: Self.decidedMethod(certificate),
        smoothing: smoothing, sampling: decision.sampling(predicted: predicted.class))
    }
  }

  /// The counts, where they are not those of answers.
  var sampling: SamplingRecord? {
    if case .counted(let sampling) = self { sampling } else { nil }
  }

  func decision(_ norm: Norm) -> DecisionRecord? {
    if case .decided(let decision) = self { decision.record(norm) } else { nil }
  }

  /// `gaussian-decided` for `gaussian-p-lower`.
  static func decidedMethod(_ certificate: any SmoothedCertificate) -> String {
    certificate.name.replacing("-p-lower", with: "") + "-decided"
  }
}

extension DecisionSampling {
  /// The samples behind the answers; none were spent to choose a class.
  func sampling(predicted: Int) -> SamplingRecord {
    SamplingRecord(
      candidate: predicted, selectionSamples: 0, selectionCounts: [], samples: counts.samples,
      counts: counts.counts, failed: counts.failed, alpha: alpha)
  }
}
