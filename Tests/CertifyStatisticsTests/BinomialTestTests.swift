import CertifyStatistics
import Testing

@Suite struct BinomialTestTests {
  @Test func tailsAreRoundedUpAndClose() throws {
    for row in Constants.binomial {
      let (k, n, p) = (row.successes, row.trials, row.probability)
      let upper = try BinomialTest.upperTail(successes: k, trials: n, probability: p)
      let lower = try BinomialTest.lowerTail(successes: k, trials: n, probability: p)
      #expect(row.upper.isAtMost(upper) && row.upper.distance(to: upper) <= 1e-10 * row.upper.high, "\(row)")
      #expect(row.lower.isAtMost(lower) && row.lower.distance(to: lower) <= 1e-10 * row.lower.high, "\(row)")
    }
  }

  /// Sums of binomial coefficients that fit a `Double` exactly.
  @Test func twoSidedAgainstExactSums() throws {
    for n in 1...40 {
      var coefficients = [1.0]
      for k in 0..<n { coefficients.append(coefficients[k] * Double(n - k) / Double(k + 1)) }
      for k in 0...n {
        let tail = coefficients[max(k, n - k)...].reduce(0, +)
        let exact = min(1, 2 * tail / coefficients.reduce(0, +))
        let found = try BinomialTest.twoSidedAtHalf(successes: k, trials: n)
        // Deviances of at most 40 ln 2 are allowed 4·512 units of rounding.
        #expect(found >= exact * (1 - 1e-15) && found <= exact * (1 + 7e-12), "\(k) of \(n)")
      }
    }
  }

  @Test func samplesNeededToPredict() throws {
    // 2·2⁻¹⁰ > 0.001 ≥ 2·2⁻¹¹: ten samples can only abstain.
    #expect(try SampleSize.samplesNeededToPredict(alpha: 0.001) == 11)
    #expect(try SampleSize.samplesNeededToPredict(alpha: 0.5) == 2)
    #expect(try SampleSize.samplesNeededToPredict(alpha: 0x1p-9) == 10)
  }

  @Test func badArgumentsAreRefused() {
    #expect(throws: StatisticsError.self) { try BinomialTest.twoSidedAtHalf(successes: 0, trials: 0) }
    #expect(throws: StatisticsError.self) { try BinomialTest.twoSidedAtHalf(successes: 3, trials: 2) }
    for p in [0, 1, -1, Double.nan] {
      #expect(throws: StatisticsError.self) {
        try BinomialTest.upperTail(successes: 1, trials: 2, probability: p)
      }
      #expect(throws: StatisticsError.self) {
        try BinomialTest.lowerTail(successes: 1, trials: 2, probability: p)
      }
    }
  }
}
