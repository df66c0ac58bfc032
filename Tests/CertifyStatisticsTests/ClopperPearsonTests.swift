import CertifyStatistics
import Testing

@Suite struct ClopperPearsonTests {
  /// The tail is monotone in p, so that it exceeds α exactly where a bound lies inside the true one.
  @Test func boundsAreSoundAndTight() throws {
    #expect(Constants.clopperPearson.count > 300)
    var worst = 0.0
    for row in Constants.clopperPearson {
      let (k, n, alpha) = (row.successes, row.trials, row.alpha)
      let lower = try ClopperPearson.lowerBound(successes: k, trials: n, alpha: alpha)
      let upper = try ClopperPearson.upperBound(successes: k, trials: n, alpha: alpha)
      #expect(row.lower.isAtLeast(lower), "L(\(k); \(n), \(alpha)) = \(lower) exceeds \(row.lower)")
      #expect(row.upper.isAtMost(upper), "U(\(k); \(n), \(alpha)) = \(upper) is below \(row.upper)")
      let lowerGap = k == 0 ? lower : row.lower.distance(to: lower) / row.lower.high
      let upperGap = row.upper.distance(to: upper) / row.upper.high
      #expect(lowerGap <= 1e-10, "L(\(k); \(n), \(alpha)) = \(lower), true \(row.lower)")
      #expect(upperGap <= 1e-10, "U(\(k); \(n), \(alpha)) = \(upper), true \(row.upper)")
      worst = max(worst, lowerGap, upperGap)
    }
    #expect(worst > 0)
    print("Clopper–Pearson: worst relative gap \(worst)")
  }

  /// Cohen, Rosenfeld and Kolter need 50 490 of 100 000 at α = 0.001.
  @Test func leastCountAboveOneHalf() throws {
    #expect(try ClopperPearson.lowerBound(successes: 50490, trials: 100_000, alpha: 0.001) > 0.5)
    #expect(try ClopperPearson.lowerBound(successes: 50489, trials: 100_000, alpha: 0.001) <= 0.5)
  }

  @Test(arguments: [
    (10, 0.0029759578), (100, 1.500475), (1000, 2.4632626), (10_000, 3.1985775), (100_000, 3.8114566),
    (1_000_000, 4.3467737),
  ])
  func largestRadius(samples: Int, expected: Double) throws {
    let found = try #require(
      try SampleSize.largestCertifiableRadiusOverSigma(samples: samples, alpha: 0.001))
    #expect(abs(found - expected) <= 5e-8 * max(1, expected))
  }

  /// Bonferroni over 10 000 inputs costs little.
  @Test func largestRadiusOfManyInputs() throws {
    let found = try #require(
      try SampleSize.largestCertifiableRadiusOverSigma(samples: 100_000, alpha: 0.001 / 10_000))
    #expect(found >= 3.5966 && found < 3.5967)
  }

  @Test(arguments: [(0.001, 10), (0.5, 2), (0.05, 5), (0.9, 1), (0.25, 3), (1e-12, 40)])
  func samplesNeeded(alpha: Double, expected: Int) throws {
    #expect(try SampleSize.samplesNeeded(alpha: alpha) == expected)
    if expected > 1 {
      #expect(try SampleSize.largestCertifiableRadiusOverSigma(samples: expected - 1, alpha: alpha) == nil)
    }
  }

  @Test func boundsAreMonotone() throws {
    for n in [7, 1000] {
      var (lower, upper) = (-1.0, -1.0)
      for k in 0...n {
        let nextLower = try ClopperPearson.lowerBound(successes: k, trials: n, alpha: 0.01)
        let nextUpper = try ClopperPearson.upperBound(successes: k, trials: n, alpha: 0.01)
        #expect(nextLower > lower && nextUpper > upper && nextLower < nextUpper)
        (lower, upper) = (nextLower, nextUpper)
      }
    }
  }

  /// Levels near 0 and 1 still end, soundly.
  @Test(arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-200, 0.999, 1 - 0x1p-53])
  func extremeLevels(alpha: Double) throws {
    for (k, n) in [(1, 10), (5, 10), (1, 10_000_000), (5_000_000, 10_000_000), (9_999_999, 10_000_000)] {
      let lower = try ClopperPearson.lowerBound(successes: k, trials: n, alpha: alpha)
      let upper = try ClopperPearson.upperBound(successes: k, trials: n, alpha: alpha)
      #expect(lower >= 0 && lower < 1 && upper > 0 && upper <= 1)
      if alpha < 0.5 { #expect(lower < Double(k) / Double(n) && upper > Double(k) / Double(n)) }
    }
  }

  @Test(.timeLimit(.minutes(1))) func tenMillionTrialsAreFast() throws {
    let clock = ContinuousClock()
    let time = try clock.measure {
      for k in [1, 2_500_000, 5_000_000, 9_900_000] {
        _ = try ClopperPearson.lowerBound(successes: k, trials: 10_000_000, alpha: 0.001)
        _ = try ClopperPearson.upperBound(successes: k, trials: 10_000_000, alpha: 0.001)
      }
    }
    print("Clopper–Pearson at n = 10⁷: \(time / 8) a bound")
    #expect(time < .seconds(2))
  }

  @Test func badArgumentsAreRefused() {
    func refuses(_ k: Int, _ n: Int, _ alpha: Double) {
      #expect(throws: StatisticsError.self) {
        try ClopperPearson.lowerBound(successes: k, trials: n, alpha: alpha)
      }
      #expect(throws: StatisticsError.self) {
        try ClopperPearson.upperBound(successes: k, trials: n, alpha: alpha)
      }
    }
    refuses(0, 0, 0.1)
    refuses(0, -1, 0.1)
    refuses(-1, 10, 0.1)
    refuses(11, 10, 0.1)
    refuses(.min, .max, 0.1)
    refuses(1, .max, 0.1)
    for alpha in [0, 1, -0.1, 1.5, .nan, .infinity, -.infinity] { refuses(5, 10, alpha) }
    let error = #expect(throws: StatisticsError.self) {
      try ClopperPearson.lowerBound(successes: 11, trials: 10, alpha: 0.1)
    }
    #expect(error?.description.contains("number of successes is 11") == true)
  }
}
