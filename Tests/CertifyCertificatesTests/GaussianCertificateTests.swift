import CertifyCertificates
import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

@Suite struct GaussianCertificateTests {
  /// The formulas evaluated with 60 digits: never above, and within 10⁻⁹.
  @Test func radiiAgainstHighPrecision() throws {
    #expect(Constants.gaussian.count > 10)
    for row in Constants.gaussian {
      let alone = try GaussianCertificate(
        successes: row.successes, samples: row.samples, sigma: row.sigma, alpha: row.alpha)
      let both = try GaussianCertificate(
        successes: row.successes, samples: row.samples, runnerUp: row.runnerUp, sigma: row.sigma,
        alpha: row.alpha)
      for (found, expected) in [(alone, row.probabilityLower), (both, row.boundedRunnerUp)] {
        #expect(found.abstained == (expected == 0), "\(row)")
        guard let radius = found.radius else { continue }
        #expect(
          radius <= expected && radius >= expected - 1e-9 * max(expected, row.sigma),
          "\(row), found \(radius)")
      }
    }
  }

  /// The radii that the published code computes from the same counts, in doubles.
  @Test func sameRadiusAsTheReferenceCodeFromTheSameCounts() throws {
    let lines = try String(contentsOfFile: Fixtures.path("golden/cohen_radii.csv"), encoding: .utf8)
      .split(separator: "\n").dropFirst()
    #expect(lines.count == 220)
    var certified = 0
    for line in lines {
      let fields = line.split(separator: ",").compactMap { Double($0) }
      try #require(fields.count == 5)
      let certificate = try GaussianCertificate(
        successes: Int(fields[0]), samples: Int(fields[1]), sigma: fields[3], alpha: fields[2])
      let radius = certificate.radius ?? 0
      #expect(abs(radius - fields[4]) <= 1e-9 * fields[3], "\(line): \(radius)")
      #expect(certificate.abstained == (fields[4] == 0), "\(line)")
      certified += certificate.abstained ? 0 : 1
    }
    #expect(certified > 120)
  }

  @Test func boundedRunnerUpCertifiesBelowOneHalf() throws {
    let counts = ClassCounts(counts: [45_000, 20_000, 20_000, 15_000], failed: 0)
    let alone = try GaussianCertificate(
      counts: counts, candidate: 0, method: .probabilityLower, sigma: 1, alpha: 0.001)
    let both = try GaussianCertificate(
      counts: counts, candidate: 0, method: .runnerUp, sigma: 1, alpha: 0.001)
    #expect(alone.abstained && alone.method.rawValue == "gaussian-p-lower")
    #expect((both.radius ?? 0) > 0.34 && both.method.rawValue == "gaussian-runner-up")
    #expect(both.probabilityLower > 0.44 && both.probabilityUpper < 0.21)
  }

  /// A failed sample is one of n, none of n_A, and one more of the runner-up.
  @Test func failedSamplesCountAgainstTheClaim() throws {
    let clean = ClassCounts(counts: [900, 80, 20], failed: 0)
    let failing = ClassCounts(counts: [890, 80, 20], failed: 10)
    for method in GaussianCertificate.Method.allCases {
      let without = try #require(
        try GaussianCertificate(counts: clean, candidate: 0, method: method, sigma: 1, alpha: 0.01).radius)
      let with = try GaussianCertificate(counts: failing, candidate: 0, method: method, sigma: 1, alpha: 0.01)
      #expect(try #require(with.radius) < without)
      #expect(with.samples == 1000 && with.successes == 890)
    }
    let failed = try GaussianCertificate(
      counts: failing, candidate: 0, method: .runnerUp, sigma: 1, alpha: 0.01)
    let counted = try GaussianCertificate(successes: 890, samples: 1000, runnerUp: 90, sigma: 1, alpha: 0.01)
    #expect(failed.radius == counted.radius)
  }

  @Test func otherNorms() throws {
    let certificate = try GaussianCertificate(successes: 990, samples: 1000, sigma: 0.5, alpha: 0.001)
    let radius = try #require(certificate.radius)
    #expect(certificate.radius(norm: .l2, inputCount: 784) == radius)
    #expect(certificate.radius(norm: .l1, inputCount: 784) == radius)
    let maximum = try #require(certificate.radius(norm: .linf, inputCount: 784))
    #expect(maximum < radius / 28 && maximum > radius / 28 * (1 - 1e-14))
    #expect(certificate.radius(norm: .linf, inputCount: 0) == nil)
    let abstained = try GaussianCertificate(successes: 400, samples: 1000, sigma: 0.5, alpha: 0.001)
    #expect(abstained.abstained && abstained.radius(norm: .linf, inputCount: 784) == nil)
  }

  @Test func badArgumentsAreRefused() {
    func refuses(_ k: Int, _ n: Int, _ second: Int?, _ failed: Int, _ sigma: Double, _ alpha: Double) {
      #expect(throws: (any Error).self) {
        try GaussianCertificate(
          successes: k, samples: n, runnerUp: second, failed: failed, sigma: sigma, alpha: alpha)
      }
    }
    refuses(1, 0, nil, 0, 1, 0.1)
    refuses(11, 10, nil, 0, 1, 0.1)
    refuses(-1, 10, nil, 0, 1, 0.1)
    refuses(5, 10, 6, 0, 1, 0.1)
    refuses(5, 10, 5, 1, 1, 0.1)
    refuses(5, 10, -1, 0, 1, 0.1)
    refuses(5, 10, nil, 6, 1, 0.1)
    refuses(5, 10, nil, -1, 1, 0.1)
    refuses(5, .max, nil, 0, 1, 0.1)
    refuses(.min, .max, .min, .min, 1, 0.1)
    for sigma in [0, -1, Double.nan, .infinity] { refuses(5, 10, nil, 0, sigma, 0.1) }
    for alpha in [0, 1, Double.nan] { refuses(5, 10, nil, 0, 1, alpha) }
    for counts in [[], [1], [1, -1], [Int.max, .max]] {
      #expect(throws: (any Error).self) {
        try GaussianCertificate(
          counts: ClassCounts(counts: counts, failed: 0), candidate: 0, method: .runnerUp, sigma: 1,
          alpha: 0.1)
      }
    }
    #expect(throws: (any Error).self) {
      try GaussianCertificate(
        counts: ClassCounts(counts: [5, 5], failed: 0), candidate: 2, method: .runnerUp, sigma: 1, alpha: 0.1)
    }
  }
}

@Suite struct SmoothedPredictionTests {
  @Test func answersOrAbstains() throws {
    #expect(
      try SmoothedPrediction(counts: ClassCounts(counts: [3, 90, 7], failed: 0), alpha: 0.001).predicted == 1)
    let close = try SmoothedPrediction(counts: ClassCounts(counts: [3, 50, 47], failed: 0), alpha: 0.001)
    #expect(close.predicted == nil && close.candidate == 1)
    // All of ten are 2·2⁻¹⁰ > 0.001: ten can only abstain, eleven can answer.
    #expect(
      try SmoothedPrediction(counts: ClassCounts(counts: [10, 0], failed: 0), alpha: 0.001).predicted == nil)
    #expect(
      try SmoothedPrediction(counts: ClassCounts(counts: [0, 11], failed: 0), alpha: 0.001).predicted == 1)
  }

  @Test func thirdClassesDoNotMatter() throws {
    let pair = try SmoothedPrediction(counts: ClassCounts(counts: [60, 30], failed: 0), alpha: 0.01)
    let many = try SmoothedPrediction(
      counts: ClassCounts(counts: [20, 30, 60, 20, 20], failed: 0), alpha: 0.01)
    #expect(pair.pValue == many.pValue && many.candidate == 2)
  }

  @Test func failedSamplesCountAgainstTheAnswer() throws {
    let counts = [60, 30]
    let clean = try SmoothedPrediction(counts: ClassCounts(counts: counts, failed: 0), alpha: 0.01)
    let failing = try SmoothedPrediction(counts: ClassCounts(counts: counts, failed: 20), alpha: 0.01)
    let lost = try SmoothedPrediction(counts: ClassCounts(counts: counts, failed: 500), alpha: 0.9)
    #expect(clean.predicted == 0 && failing.predicted == nil && lost.predicted == nil)
  }

  @Test func tiesGoToTheLowestIndex() throws {
    let tie = try SmoothedPrediction(counts: ClassCounts(counts: [10, 40, 40], failed: 0), alpha: 0.5)
    #expect(tie.candidate == 1 && tie.predicted == nil)
  }

  @Test func badArgumentsAreRefused() {
    for counts in [[], [3], [0, 0], [-1, 3], [Int.max, 1]] {
      #expect(throws: (any Error).self) {
        try SmoothedPrediction(counts: ClassCounts(counts: counts, failed: 0), alpha: 0.1)
      }
    }
    #expect(throws: (any Error).self) {
      try SmoothedPrediction(counts: ClassCounts(counts: [3, 1], failed: 0), alpha: .nan)
    }
  }
}
