import Foundation

/// Tests of "p > p₀" for several p₀ on the same samples, each a ``BettingTest``.
///
/// No correction for their number is needed. *Yes* at a threshold is *yes* at all smaller ones: each summand of the bet's
/// wealth falls as p₀ grows, since (1 − u(1 − p₀))/p₀ does for u ≤ 1; and so that rounding changes nothing, *yes* is
/// answered only where the tests at all smaller thresholds have said so, too (a fixed sequence: Maurer, Hothorn and
/// Lehmacher 1995). Let p₀' be the smallest threshold that p does not exceed: a false *yes* anywhere takes one of the test at
/// p₀', which has probability at most α. *No* is passed on to larger thresholds. Let p₀' now be the largest threshold that p
/// is not below: with A/t < p₀'' ≤ p₀' the likelihood of p₀' is at most that of p₀'', so that evidence of 1/β against p₀'' is
/// as much against p₀', and a false *no* at any threshold is one at p₀'.
public struct NestedBettingTest: Sendable, Equatable {
  /// Ascending.
  public let thresholds: [Double]
  /// One for each of `thresholds`, in their order; each is final once it is not `undecided`.
  public private(set) var decisions: [BettingTest.Decision]
  private var tests: [BettingTest]

  /// Starts the tests.
  ///
  /// - Parameters:
  ///   - thresholds: Each p₀, in (0, 1].
  ///   - alpha: α, in (0, 1): the probability of a wrong *yes*.
  ///   - beta: β, in (0, 1): the probability of a wrong *no*.
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

  /// The tests that questions wait for.
  private var open: [BettingTest] {
    zip(tests, decisions).filter { $0.decision == .undecided && $1 == .undecided }.map(\.0)
  }

  /// Adds samples to every open test.
  ///
  /// - Parameters:
  ///   - hits: t, the samples that answered the class; at least 0.
  ///   - misses: The samples that answered another one; at least 0.
  ///   - failed: Samples without an answer, which count as misses; at least 0.
  /// - Throws: ``StatisticsError`` for a negative count, or more than 2⁴⁰ samples.
  public mutating func add(hits: Int, misses: Int, failed: Int = 0) throws(StatisticsError) {
    for k in tests.indices where decisions[k] == .undecided {
      try tests[k].add(hits: hits, misses: misses, failed: failed)
    }
    let shown = tests.prefix { $0.decision == .yes }.count
    for k in 0..<shown { decisions[k] = .yes }
    if let first = tests.firstIndex(where: { $0.decision == .no }) {
      for k in first..<decisions.count where decisions[k] == .undecided { decisions[k] = .no }
    }
  }

  /// Whether some open question may still be answered *yes* by `most` samples in all.
  ///
  /// No part of any claim: where it says no, sampling may stop undecided, which costs certificates at most. With m misses
  /// in t samples, so far, the rest is forecast with a rate of misses three standard deviations below m/t; below 320
  /// samples nothing is forecast.
  public func canStillConfirm(within most: Int) throws(StatisticsError) -> Bool {
    for test in open {
      let (drawn, misses) = (test.samples, test.misses + test.failed)
      guard drawn >= 320, drawn < most else { return true }
      let rate = max(0, Double(misses) - 3 * Double(max(misses, 1)).squareRoot()) / Double(drawn)
      let forecast = misses + Int(rate * Double(most - drawn))
      let evidence = try BettingTest.logEvidence(
        hits: most - forecast, misses: forecast, above: test.threshold)
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
    for test in open {
      guard test.samples > 0 else { return 0 }
      let share = (Double(test.hits) + 0.5) / (Double(test.samples) + 1)
      let (p, misses) = (test.threshold, test.misses + test.failed)
      let isAbove = share > p
      let rate = share * log(share / p) + (p < 1 ? (1 - share) * log((1 - share) / (1 - p)) : .infinity)
      let evidence =
        isAbove
        ? try BettingTest.logEvidence(hits: test.hits, misses: misses, above: p)
        : try BettingTest.logEvidence(hits: test.hits, misses: misses, against: p)
      let wanted = -log(isAbove ? test.alpha : test.beta)
      least = min(least ?? .infinity, max(0, wanted - evidence) / max(rate, 1e-300))
    }
    return least
  }
}

extension BettingTest {
  /// The least number of samples after which "p > `threshold`" can be answered *yes*: all of them hits.
  ///
  /// - Parameters:
  ///   - threshold: p₀, in (0, 1].
  ///   - alpha: α, in (0, 1): the probability of a wrong *yes*.
  /// - Throws: ``StatisticsError`` unless 0 < threshold ≤ 1 and 0 < α < 1.
  /// - Returns: `nil` when 2⁴⁰ do not suffice.
  public static func samplesNeeded(threshold: Double, alpha: Double) throws(StatisticsError) -> Int? {
    _ = try BettingTest(threshold: threshold, alpha: alpha, beta: alpha)
    func suffices(_ samples: Int) throws(StatisticsError) -> Bool {
      try logEvidence(hits: samples, misses: 0, above: threshold) >= -log(alpha)
    }
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
