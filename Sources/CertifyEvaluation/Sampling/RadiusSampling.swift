import CertifyResults
import CertifySmoothing
import CertifyThreat

/// Samples that estimate a certified radius, as few as leave it close to what many more would give.
///
/// The counts are looked at after numbers of samples that are fixed beforehand, n and √10 times fewer at each look
/// before it, down to a thousand. Each of the J looks gives a radius at level α/J, so that with probability at least
/// 1 − α all of them hold, whichever is used (union bound). Sampling stops at the first look at which ten times the
/// samples with the same shares would raise the radius by less than the tolerance in every norm.
struct RadiusSampling: StepwiseSampling {
  let certificate: any SmoothedCertificate
  let smoothing: SmoothingRecord
  let norms: [Norm]
  let dimension: Int
  let tolerance: Double
  /// What is known after the last look; the candidate was chosen on other samples.
  private(set) var sampling: SamplingRecord
  private(set) var promise = Double.infinity
  private let looks: [Int]

  /// - Parameter selection: the counts that chose the candidate.
  init(
    selection: ClassCounts, certificate: any SmoothedCertificate, smoothing: SmoothingRecord, norms: [Norm],
    dimension: Int, alpha: Double, most: Int, tolerance: Double
  ) {
    self.certificate = certificate
    self.smoothing = smoothing
    self.norms = norms
    self.dimension = dimension
    self.tolerance = tolerance
    looks = Self.looks(most: most)
    sampling = SamplingRecord(
      candidate: selection.mostFrequent, selectionSamples: selection.samples,
      selectionCounts: selection.counts, samples: 0,
      counts: [Int](repeating: 0, count: selection.counts.count), failed: 0, alpha: alpha,
      looks: looks.count)
  }

  /// n/10^{j/2} rounded up, from the least that is at least 1000 to n.
  static func looks(most: Int) -> [Int] {
    var looks = [most]
    var size = Double(most)
    while true {
      size /= 10.0.squareRoot()
      guard size >= 1000 else { return looks.reversed() }
      looks.append(Int(size.rounded(.up)))
    }
  }

  var next: Range<Int>? {
    guard promise >= tolerance, let size = looks.first(where: { $0 > sampling.samples }) else { return nil }
    return sampling.samples..<size
  }

  mutating func add(_ counts: ClassCounts) throws {
    for k in sampling.counts.indices { sampling.counts[k] += counts.counts[k] }
    sampling.failed += counts.failed
    sampling.samples += counts.samples
    var tenfold = sampling
    tenfold.samples *= 10
    tenfold.failed *= 10
    for k in tenfold.counts.indices { tenfold.counts[k] *= 10 }
    promise = try norms.map { try radius(tenfold, $0) - radius(sampling, $0) }.max() ?? 0
  }

  private func radius(_ sampling: SamplingRecord, _ norm: Norm) throws -> Double {
    try certificate.lowerBound(from: sampling, smoothing: smoothing, norm: norm, dimension: dimension)?.radius
      ?? 0
  }
}
