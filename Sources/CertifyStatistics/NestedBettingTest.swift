import Foundation

/// Tests of "p > p₀" for several p₀ on the same samples, each a ``BettingTest``.
///
/// No correction for their number is needed. Let p₀' be the smallest threshold that p does not exceed. With
/// A/t > p₀'' ≥ p₀' the likelihood of p₀' is at most that of p₀'', so that evidence of 1/α against p₀'' is as much
/// against p₀': a false *yes* at any threshold is one at p₀', which has probability at most α (Ville). The same
/// holds of *no* and β. So *yes* is passed on to smaller thresholds, and *no* to larger ones.
public struct NestedBettingTest: Sendable, Equatable {
  /// Ascending.
  public let thresholds: [Double]
  /// One for each of `thresholds`, in their order; each is final once it is not `undecided`.
  public private(set) var decisions: [BettingTest.Decision]
  private var tests: [BettingTest]

  /// Starts the tests.
  ///
  /// - Throws: ``StatisticsError`` unless 0 < threshold ≤ 1 for each, 0 < α < 1 and 0 < β < 1.
  public init(thresholds: [Double], alpha: Double, beta: Double) throws(StatisticsError) {
    self.thresholds = thresholds.sorted()
    decisions = thresholds.map { _ in .undecided }
    var tests: [BettingTest] = []
    for threshold in self.thresholds {
      tests.append(try BettingTest(threshold: threshold, alpha: alpha, beta: beta))
    }
    self.tests = tests
  }

  /// Whether every question is answered.
  public var isDecided: Bool { !decisions.contains(.undecided) }

  /// Adds samples to every open test.
  ///
  /// - Throws: ``StatisticsError`` for a negative count, or more than 2⁴⁰ samples.
  public mutating func add(hits: Int, misses: Int, failed: Int = 0) throws(StatisticsError) {
    for k in tests.indices where decisions[k] == .undecided {
      decisions[k] = try tests[k].add(hits: hits, misses: misses, failed: failed)
    }
    if let last = decisions.lastIndex(of: .yes) { for k in 0..<last { decisions[k] = .yes } }
    if let first = decisions.firstIndex(of: .no) { for k in first..<decisions.count { decisions[k] = .no } }
  }

  /// Whether some open question may still be answered *yes* by `most` samples in all.
  ///
  /// No part of any claim: where it says no, sampling may stop undecided, which costs certificates at most. With m misses
  /// in t samples, so far, the rest is forecast with a rate of misses three standard deviations below m/t; below 320
  /// samples nothing is forecast.
  public func canStillConfirm(within most: Int) throws(StatisticsError) -> Bool {
    for k in tests.indices where decisions[k] == .undecided {
      let test = tests[k]
      let (drawn, misses) = (test.samples, test.misses + test.failed)
      guard drawn >= 320, drawn < most else { return true }
      let rate = max(0, Double(misses) - 3 * Double(max(misses, 1)).squareRoot()) / Double(drawn)
      let forecast = misses + Int(rate * Double(most - drawn))
      guard Double(most - forecast) > test.threshold * Double(most) else { continue }
      let evidence = try BettingTest.logEvidence(
        hits: most - forecast, misses: forecast, threshold: test.threshold)
      if evidence >= -log(test.alpha) { return true }
    }
    return false
  }

  /// About how many more samples the nearest open test takes, if the share of hits stays what it is; `nil` when all are
  /// decided.
  ///
  /// A guide to where samples are worth most, and no part of any claim: (ln 1/α − ln E) / KL(A/t, p₀).
  public func expectedSamples() throws(StatisticsError) -> Double? {
    var least: Double?
    for k in tests.indices where decisions[k] == .undecided {
      let test = tests[k]
      guard test.samples > 0 else { return 0 }
      let share = (Double(test.hits) + 0.5) / (Double(test.samples) + 1)
      let (p, level) = (test.threshold, share > test.threshold ? test.alpha : test.beta)
      let rate = share * log(share / p) + (p < 1 ? (1 - share) * log((1 - share) / (1 - p)) : .infinity)
      let evidence = try BettingTest.logEvidence(
        hits: test.hits, misses: test.misses + test.failed, threshold: p)
      least = min(least ?? .infinity, max(0, -log(level) - evidence) / max(rate, 1e-300))
    }
    return least
  }
}

extension BettingTest {
  /// The least number of samples after which "p > `threshold`" can be answered *yes*: all of them hits.
  ///
  /// - Throws: ``StatisticsError`` unless 0 < threshold ≤ 1 and 0 < α < 1.
  /// - Returns: `nil` when 2⁴⁰ do not suffice.
  public static func samplesNeeded(threshold: Double, alpha: Double) throws(StatisticsError) -> Int? {
    _ = try BettingTest(threshold: threshold, alpha: alpha, beta: alpha)
    func suffices(_ samples: Int) throws(StatisticsError) -> Bool {
      try logEvidence(hits: samples, misses: 0, threshold: threshold) >= -log(alpha)
    }
    // E falls before it rises: its ratio (t + ½)/((t + 1) p₀) passes 1 once.
    var high = 1
    while try !suffices(high) {
      high *= 2
      if high > Check.mostTrials { return nil }
    }
    var low = high / 2
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if try suffices(middle) { high = middle } else { low = middle }
    }
    return high
  }
}
