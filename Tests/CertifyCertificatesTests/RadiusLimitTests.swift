import CertifyCertificates
import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Testing

@Suite struct RadiusLimitTests {
  private static func limit(
    _ counts: [Int], failed: Int = 0, method: GaussianCertificate.Method = .probabilityLower,
    norm: Norm = .l2, alpha: Double = 0.001
  ) throws -> RadiusLimit {
    try GaussianCertificate.limit(
      counts: ClassCounts(counts: counts, failed: failed), candidate: 0, method: method, sigma: 0.5,
      alpha: alpha, norm: norm, inputCount: 100)
  }

  /// The same share of ever more samples: the proof rises and the limit falls towards σ Φ⁻¹(p).
  @Test(arguments: GaussianCertificate.Method.allCases)
  func proofAndLimitCloseInOnTheTruth(_ method: GaussianCertificate.Method) throws {
    let shares = [0.9, 0.06, 0.04]
    let own = try Normal.quantile(0.9)
    let truth =
      method == .probabilityLower ? 0.5 * own : 0.25 * (own - (try Normal.quantile(0.06)))
    var (lastProof, lastLimit) = (0.0, Double.infinity)
    for samples in [1000, 10_000, 1_000_000, 100_000_000] {
      let counts = shares.map { Int($0 * Double(samples)) }
      let proof = try #require(
        try GaussianCertificate(
          counts: ClassCounts(counts: counts, failed: 0), candidate: 0, method: method, sigma: 0.5,
          alpha: 0.001
        ).radius)
      let limit = try Self.limit(counts, method: method).method
      #expect(proof < truth && truth < limit)
      #expect(proof > lastProof && limit < lastLimit)
      (lastProof, lastLimit) = (proof, limit)
    }
    #expect(lastLimit - lastProof < 1e-3)
  }

  /// With two classes the runner-up has what the class has not, so that there is no better use of the counts.
  @Test func twoClassesLeaveNoGapToTheMethod() throws {
    for hits in [600, 900, 990, 999] {
      let limit = try Self.limit([hits, 1000 - hits])
      #expect(abs(limit.best - limit.method) < 1e-9 * limit.best)
    }
    let three = try Self.limit([900, 50, 50])
    #expect(three.best > 1.05 * three.method)
  }

  /// No certificate of either method passes the best limit, whatever the counts.
  @Test func noProofPassesTheBestLimit() throws {
    for counts in [[900, 100, 0], [500, 300, 200], [997, 2, 1], [999, 1, 0], [450, 300, 250]] {
      let best = try Self.limit(counts).best
      for method in GaussianCertificate.Method.allCases {
        let proof = try GaussianCertificate(
          counts: ClassCounts(counts: counts, failed: 0), candidate: 0, method: method, sigma: 0.5,
          alpha: 0.001)
        #expect(proof.radius ?? 0 <= best)
      }
    }
  }

  @Test func equalAnswersAndFailedSamplesAreCountedForTheClass() throws {
    #expect(try Self.limit([1000, 0, 0]) == RadiusLimit(method: .infinity, best: .infinity))
    #expect(try Self.limit([990, 0, 0], failed: 10).method == .infinity)
    #expect(try Self.limit([980, 10, 0], failed: 10) == Self.limit([990, 10, 0]))
  }

  @Test func normsAreConvertedAsTheProofIs() throws {
    let l2 = try Self.limit([900, 60, 40])
    #expect(try Self.limit([900, 60, 40], norm: .l1) == l2)
    #expect(abs(try Self.limit([900, 60, 40], norm: .linf).method - l2.method / 10) < 1e-12)
  }
}
