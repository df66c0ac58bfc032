import Foundation
import Testing

@testable import CertifyStatistics

@Suite struct BettingTestTests {
  @Test func evidenceIsRoundedDownAndClose() throws {
    func check(_ row: BettingConstant, _ found: Double) {
      #expect(row.isAtLeast(found), "\(row) but found \(found)")
      #expect(
        row.distance(to: found) <= 1e-12 * Double(row.hits + row.misses + 100), "\(row), found \(found)")
    }
    for row in Constants.betting {
      check(row, try BettingTest.logEvidence(hits: row.hits, misses: row.misses, against: row.threshold))
    }
    for row in Constants.betAbove {
      check(row, try BettingTest.logEvidence(hits: row.hits, misses: row.misses, above: row.threshold))
    }
  }

  /// Nothing is staked below p₀: for every p ≤ p₀ a sample leaves the wealth where it is on average, or lowers it.
  ///
  /// The mean of E over all outcomes of n samples is at most 1, and 1 at p₀; above p₀ it is more.
  @Test(arguments: [0.3, 0.5, 0.9772498680518207, 0.9986501019683699])
  func wealthIsASupermartingale(threshold: Double) throws {
    for samples in [1, 7, 40] {
      func mean(_ p: Double) throws -> Double {
        try (0...samples).reduce(0) { sum, hits in
          let misses = samples - hits
          let logShare =
            lgamma(Double(samples + 1)) - lgamma(Double(hits + 1)) - lgamma(Double(misses + 1))
            + Double(hits) * log(p) + Double(misses) * log1p(-p)
          let evidence = try BettingTest.logEvidence(hits: hits, misses: misses, above: threshold)
          return sum + exp(logShare + evidence)
        }
      }
      #expect(abs(try mean(threshold) - 1) < 1e-10)
      #expect(try mean(threshold * 0.99) < 1 && mean(threshold * 0.5) < mean(threshold * 0.99))
      #expect(try mean(threshold + 0.5 * (1 - threshold)) > 1)
    }
  }

  /// At 3σ it takes hardly more samples than the sequential test that knows p: ln(1/α) / KL(p, p₀) by Wald's identity.
  @Test(arguments: [(1.0, 1.35), (0.9999, 1.4), (0.9995, 1.6)])
  func fewSamplesAreWasted(p: Double, most: Double) throws {
    let threshold = 0.9986501019683699
    let rate = p * log(p / threshold) + (p < 1 ? (1 - p) * log((1 - p) / (1 - threshold)) : 0)
    let least = -log(0.001) / rate
    var source = SplitMix(state: 19)
    let runs = 40
    var samples = 0
    for _ in 0..<runs {
      var test = try BettingTest(threshold: threshold, alpha: 0.001, beta: 0.001)
      while test.decision == .undecided {
        let misses = (0..<64).count { _ in source.uniform() >= p }
        try test.add(hits: 64 - misses, misses: misses)
      }
      #expect(test.decision == .yes)
      samples += test.samples
    }
    let mean = Double(samples) / Double(runs)
    print("betting at p = \(p): \(mean) samples, at least \(least)")
    #expect(mean >= least * 0.95 && mean <= least * most)
  }

  @Test func decidesEachWayAndKeepsTheDecidingCounts() throws {
    var test = try BettingTest(threshold: 0.5, alpha: 0.001, beta: 0.001)
    #expect(try test.add(hits: 5, misses: 5) == .undecided)
    #expect(try test.add(hits: 60, misses: 5) == .yes)
    #expect(try test.add(hits: 0, misses: 1000) == .yes)
    #expect(test.hits == 65 && test.misses == 10 && test.samples == 75)
    var other = try BettingTest(threshold: 0.5, alpha: 0.001, beta: 0.001)
    #expect(try other.add(hits: 5, misses: 60) == .no)
  }

  @Test func decisionNeedsEvidenceOfTheLevel() throws {
    for (alpha, beta) in [(0.05, 1e-9), (1e-9, 0.05)] {
      for n in 1...40 {
        let above = try BettingTest.logEvidence(hits: n, misses: 0, above: 0.5)
        var up = try BettingTest(threshold: 0.5, alpha: alpha, beta: beta)
        #expect((try up.add(hits: n, misses: 0) == .yes) == (above >= -log(alpha)))
        let against = try BettingTest.logEvidence(hits: 0, misses: n, against: 0.5)
        var down = try BettingTest(threshold: 0.5, alpha: alpha, beta: beta)
        #expect((try down.add(hits: 0, misses: n) == .no) == (against >= -log(beta)))
      }
    }
  }

  /// What is looked at before a bet is computed never rules out an answer that the bet gives.
  @Test func noBetExceedsTheMostThatItsCountsAllow() throws {
    var source = SplitMix(state: 31)
    var (close, answered) = (0, 0)
    for _ in 0..<4000 {
      let threshold = source.uniform() < 0.5 ? source.uniform() : 1 - exp2(-1 - 30 * source.uniform())
      let size = 1 + Int(exp2(24 * source.uniform()))
      // About the threshold, within some standard deviations.
      let width = (Double(size) * threshold * (1 - threshold)).squareRoot()
      let near = Double(size) * threshold + (12 * source.uniform() - 6) * width
      let hits = source.uniform() < 0.2 ? size : min(size, max(0, Int(near)))
      let most = BettingTest.mostEvidence(hits: hits, misses: size - hits, of: threshold)
      let above = try BettingTest.logEvidence(hits: hits, misses: size - hits, above: threshold)
      #expect(above <= most, "\(hits) of \(size) above \(threshold)")
      let isBelow = Double(hits) < threshold * Double(size)
      let against = try BettingTest.logEvidence(hits: hits, misses: size - hits, against: threshold)
      if isBelow { #expect(against <= most, "\(hits) of \(size) against \(threshold)") }
      close += max(above, against) > 0.5 * most ? 1 : 0
      var test = try BettingTest(threshold: threshold, alpha: 0.05, beta: 0.01)
      let expected: BettingTest.Decision =
        above >= -log(0.05) ? .yes : isBelow && against >= -log(0.01) ? .no : .undecided
      #expect(try test.add(hits: hits, misses: size - hits) == expected)
      answered += expected == .undecided ? 0 : 1
    }
    #expect(close > 400 && answered > 1000, "\(close) close, \(answered) answered")
  }

  /// Failed samples are misses for yes and hits for no.
  @Test func failedSamplesCountAgainstTheClaim() throws {
    var clean = try BettingTest(threshold: 0.5, alpha: 0.01, beta: 0.01)
    #expect(try clean.add(hits: 20, misses: 0) == .yes)
    var failing = try BettingTest(threshold: 0.5, alpha: 0.01, beta: 0.01)
    #expect(try failing.add(hits: 20, misses: 0, failed: 15) == .undecided)
    var failingLow = try BettingTest(threshold: 0.5, alpha: 0.01, beta: 0.01)
    #expect(try failingLow.add(hits: 0, misses: 20, failed: 15) == .undecided)
  }

  @Test func thresholdOfARadiusIsRoundedUp() throws {
    let test = try BettingTest(radius: 0.25, sigma: 0.25, alpha: 0.001, beta: 0.001)
    #expect(test.threshold > 0.84134474606854294)
    #expect(test.threshold < 0.8413447460685630)
    #expect(try BettingTest(radius: 0, sigma: 1, alpha: 0.1, beta: 0.1).threshold == 0.5)
    // Nothing exceeds p₀ = 1, and a miss refutes it.
    var certain = try BettingTest(radius: 100, sigma: 1, alpha: 0.001, beta: 0.001)
    #expect(certain.threshold == 1)
    #expect(try certain.add(hits: 1_000_000, misses: 0) == .undecided)
    #expect(try certain.add(hits: 0, misses: 1) == .no)
  }

  /// Looking after every batch errs at most at the level; a fixed-sample bound looked at as often does not.
  @Test func errorsUnderOptionalStopping() throws {
    let long = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil
    let runs = long ? 20_000 : 400
    let cap = long ? 4_000 : 600
    var source = SplitMix(state: 7)
    var (wrongYes, wrongNo, repeatedLooks) = (0, 0, 0)
    let p = 0.7
    for _ in 0..<runs {
      var test = try BettingTest(threshold: p, alpha: 0.05, beta: 0.05)
      var (hits, looked) = (0, false)
      for t in 1...cap {
        let hit = source.uniform() < p
        hits += hit ? 1 : 0
        if test.decision == .undecided { try test.add(hits: hit ? 1 : 0, misses: hit ? 0 : 1) }
        if !looked, t % 50 == 0 {
          looked = try ClopperPearson.lowerBound(successes: hits, trials: t, alpha: 0.05) > p
        }
      }
      wrongYes += test.decision == .yes ? 1 : 0
      wrongNo += test.decision == .no ? 1 : 0
      repeatedLooks += looked ? 1 : 0
    }
    // Five standard deviations above the level.
    let limit = 0.05 * Double(runs) + 5 * (0.05 * 0.95 * Double(runs)).squareRoot()
    print("betting: \(wrongYes) yes, \(wrongNo) no, repeated bounds \(repeatedLooks) of \(runs), level 0.05")
    #expect(Double(wrongYes) <= limit && Double(wrongNo) <= limit)
    #expect(Double(repeatedLooks) > limit)
  }

  @Test func decidesWhenTheProbabilityDiffers() throws {
    var source = SplitMix(state: 3)
    for (p, expected) in [(0.8, BettingTest.Decision.yes), (0.6, .no)] {
      for _ in 0..<50 {
        var test = try BettingTest(threshold: 0.7, alpha: 0.001, beta: 0.001)
        while test.decision == .undecided && test.samples < 10_000 {
          let hit = source.uniform() < p
          try test.add(hits: hit ? 1 : 0, misses: hit ? 0 : 1)
        }
        #expect(test.decision == expected)
      }
    }
  }

  @Test func badArgumentsAreRefused() throws {
    for value in [0, 1.5, -1, Double.nan] {
      #expect(throws: StatisticsError.self) { try BettingTest(threshold: value, alpha: 0.1, beta: 0.1) }
    }
    for level in [0, 1, -1, Double.nan] {
      #expect(throws: StatisticsError.self) { try BettingTest(threshold: 0.5, alpha: level, beta: 0.1) }
      #expect(throws: StatisticsError.self) { try BettingTest(threshold: 0.5, alpha: 0.1, beta: level) }
    }
    for (radius, sigma) in [(-1, 1), (.nan, 1), (1, 0), (1, .nan), (.infinity, 1), (1, -1.0)] {
      #expect(throws: StatisticsError.self) {
        try BettingTest(radius: radius, sigma: sigma, alpha: 0.1, beta: 0.1)
      }
    }
    var test = try BettingTest(threshold: 0.5, alpha: 0.1, beta: 0.1)
    #expect(throws: StatisticsError.self) { try test.add(hits: -1, misses: 0) }
    #expect(throws: StatisticsError.self) { try test.add(hits: .max, misses: 1) }
    #expect(test.samples == 0)
  }
}

/// A small generator of reproducible uniform numbers (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
