import CertifyStatistics
import Foundation
import Testing

@Suite struct NestedBettingTestTests {
  /// Optional stopping at the boundary: p is the middle threshold, looked at after every sample. A *yes* there or above
  /// is false, a *no* there or below; either happens in at most α of the runs although three questions are asked.
  @Test func errorsAtTheBoundaryStayBelowTheLevel() throws {
    let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil
    let (runs, most, level) = isLong ? (100_000, 2_000, 0.05) : (2_000, 500, 0.05)
    var source = SplitMix(state: 41)
    var (falseYes, falseNo, corrupted) = (0, 0, 0)
    for _ in 0..<runs {
      var test = try NestedBettingTest(thresholds: [0.6, 0.7, 0.72], alpha: level, beta: level)
      var repeated = false
      var hits = 0
      for t in 1...most {
        let hit = source.uniform() < 0.7
        hits += hit ? 1 : 0
        if !test.isDecided { try test.add(hits: hit ? 1 : 0, misses: hit ? 0 : 1) }
        // What the bet must not be replaced with: a normal bound at the full level, looked at as often.
        if t > 30 {
          let share = Double(hits) / Double(t)
          let bound = share - 1.645 * (share * (1 - share) / Double(t)).squareRoot()
          repeated = repeated || bound > 0.7
        }
      }
      falseYes += test.decisions[1] == .yes || test.decisions[2] == .yes ? 1 : 0
      falseNo += test.decisions[0] == .no || test.decisions[1] == .no ? 1 : 0
      corrupted += repeated ? 1 : 0
    }
    // What 10⁻⁶ leaves of doubt: no error is shown to exceed the level, and in the long run each is shown not to.
    func lowerBound(_ errors: Int) throws -> Double {
      try ClopperPearson.lowerBound(successes: errors, trials: runs, alpha: 1e-6)
    }
    func upperBound(_ errors: Int) throws -> Double {
      try ClopperPearson.upperBound(successes: errors, trials: runs, alpha: 1e-6)
    }
    print(
      "nested betting: \(falseYes) yes (at most \(try upperBound(falseYes))), \(falseNo) no (at most "
        + "\(try upperBound(falseNo))), repeated bounds \(corrupted) of \(runs), level \(level)")
    for errors in [falseYes, falseNo] {
      #expect(try lowerBound(errors) <= level)
      if isLong { #expect(try upperBound(errors) <= level) }
    }
    #expect(try lowerBound(corrupted) > level, "the simulation must be able to tell an invalid procedure")
  }

  /// Together the questions are answered as each alone, and the answers are in order.
  @Test func answersAreThoseOfEachQuestion() throws {
    var source = SplitMix(state: 5)
    for p in [0.3, 0.55, 0.8, 0.95] {
      var test = try NestedBettingTest(thresholds: [0.9, 0.5, 0.7], alpha: 0.01, beta: 0.02)
      #expect(test.thresholds == [0.5, 0.7, 0.9])
      var alone = try test.thresholds.map { try BettingTest(threshold: $0, alpha: 0.01, beta: 0.02) }
      for _ in 0..<3000 {
        let hit = source.uniform() < p
        try test.add(hits: hit ? 1 : 0, misses: hit ? 0 : 1)
        for k in alone.indices { try alone[k].add(hits: hit ? 1 : 0, misses: hit ? 0 : 1) }
        #expect(test.decisions == alone.map(\.decision))
      }
      #expect(test.decisions == test.thresholds.map { p > $0 ? .yes : .no })
    }
  }

  /// Evidence that p exceeds a threshold is as much that it exceeds any smaller one, whatever the counts.
  @Test func evidenceFallsAsTheThresholdGrows() throws {
    var source = SplitMix(state: 23)
    for _ in 0..<400 {
      let size = 1 + Int(source.uniform() * 2000)
      let hits = Int(source.uniform() * Double(size + 1))
      var last = Double.infinity
      for threshold in (0..<12).map({ _ in 0.01 + 0.98 * source.uniform() }).sorted() {
        let evidence = try BettingTest.logEvidence(hits: hits, misses: size - hits, above: threshold)
        #expect(evidence <= last + 1e-9, "\(hits) of \(size) above \(threshold)")
        last = evidence
      }
    }
  }

  @Test func failedSamplesCountAgainstBothAnswers() throws {
    var test = try NestedBettingTest(thresholds: [0.5], alpha: 0.01, beta: 0.01)
    try test.add(hits: 20, misses: 0, failed: 15)
    #expect(test.decisions == [.undecided] && !test.isDecided)
    var low = try NestedBettingTest(thresholds: [0.5], alpha: 0.01, beta: 0.01)
    try low.add(hits: 0, misses: 20, failed: 15)
    #expect(low.decisions == [.undecided])
  }

  @Test(arguments: [(0.5, 0.001), (0.8413, 0.001), (0.9772, 1e-6), (0.99999, 0.001)])
  func samplesNeededAreTheFewest(threshold: Double, alpha: Double) throws {
    let needed = try #require(try BettingTest.samplesNeeded(threshold: threshold, alpha: alpha))
    for (samples, expected) in [(needed, BettingTest.Decision.yes), (needed - 1, .undecided)] {
      var test = try BettingTest(threshold: threshold, alpha: alpha, beta: alpha)
      #expect(try test.add(hits: samples, misses: 0) == expected)
    }
    #expect(try BettingTest.samplesNeeded(threshold: 1, alpha: alpha) == nil)
  }

  /// The nearer to an answer, the fewer samples are expected; none once all is answered.
  @Test func expectedSamplesGuide() throws {
    func expected(_ hits: Int, _ misses: Int) throws -> Double? {
      var test = try NestedBettingTest(thresholds: [0.7], alpha: 0.001, beta: 0.001)
      try test.add(hits: hits, misses: misses)
      return try test.expectedSamples()
    }
    let near = try #require(try expected(28, 2))
    let far = try #require(try expected(22, 8))
    #expect(near > 0 && near < far)
    #expect(try expected(100, 0) == nil)
  }

  /// A forecast that is hopeful while the answer can come, and gives up on what is at the boundary or below it.
  @Test func forecastsTellWhatMayStillBeConfirmed() throws {
    func hopeful(_ hits: Int, _ misses: Int, most: Int) throws -> Bool {
      var test = try NestedBettingTest(thresholds: [0.7, 0.9], alpha: 0.001, beta: 1e-9)
      try test.add(hits: hits, misses: misses)
      return try test.canStillConfirm(within: most)
    }
    #expect(try hopeful(60, 40, most: 10_000), "too early to tell")
    #expect(try hopeful(720, 280, most: 100_000))
    #expect(try !hopeful(720, 280, most: 1_100))
    #expect(try !hopeful(660, 340, most: 2_000))
    // Of runs with p above the threshold hardly any is given up.
    var source = SplitMix(state: 77)
    var givenUp = 0
    for _ in 0..<300 {
      var test = try NestedBettingTest(thresholds: [0.7], alpha: 0.001, beta: 0.001)
      while !test.isDecided {
        let hits = (0..<32).count { _ in source.uniform() < 0.73 }
        try test.add(hits: hits, misses: 32 - hits)
        if try !test.isDecided && !test.canStillConfirm(within: 20_000) {
          givenUp += 1
          break
        }
      }
      if test.isDecided { #expect(test.decisions == [.yes]) }
    }
    #expect(givenUp <= 6, "\(givenUp)")
  }

  @Test func badArgumentsAreRefused() {
    #expect(throws: StatisticsError.self) {
      try NestedBettingTest(thresholds: [0.5, 1.5], alpha: 0.1, beta: 0.1)
    }
    #expect(throws: StatisticsError.self) { try NestedBettingTest(thresholds: [0.5], alpha: 0, beta: 0.1) }
  }
}
