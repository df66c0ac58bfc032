import Foundation

extension BettingTest {
  /// At least ln E of either bet, for the price of a division.
  ///
  /// Both are averages of the likelihood ratios of other probabilities to p₀, each of which is at most
  /// exp(t KL(A/t, p₀)) ≤ exp((A − tp₀)²/tp₀(1 − p₀)). Moved up by more than rounding takes.
  static func mostEvidence(hits: Int, misses: Int, of threshold: Double) -> Double {
    let (a, b, rest) = (Double(hits), Double(misses), 1 - threshold)
    guard hits > 0 || misses > 0, rest > 0 else { return .infinity }
    let deviation = a * rest - b * threshold
    return deviation * deviation / ((a + b) * threshold * rest) * (1 + 0x1p-20)
  }

  /// ln E of the bet on *yes*, rounded down: the margin is 2⁻⁴⁸ times the largest terms that its summands are made of.
  ///
  /// - Parameters:
  ///   - hits: t, the samples that answered the class; at least 0.
  ///   - misses: The samples that answered another one; at least 0.
  ///   - threshold: p₀, in (0, 1].
  /// - Throws: ``StatisticsError`` for a negative count, or a threshold outside (0, 1].
  public static func logEvidence(hits: Int, misses: Int, above threshold: Double) throws(StatisticsError)
    -> Double
  {
    try check(hits, misses, threshold)
    let (a, b) = (Double(hits), Double(misses))
    let odds = (1 - threshold) / threshold
    let summands = stakes.compactMap { stake -> Double? in
      guard misses == 0 || stake.ratio > 0 else { return nil }
      // pⱼ/p₀ = 1 + (1 − uⱼ)(1 − p₀)/p₀.
      let won = a * log1p((1 - stake.ratio) * odds)
      let lost = misses == 0 ? 0 : b * stake.logRatio
      return stake.logWeight + won + lost - 0x1p-48 * (won - lost + 4)
    }
    guard let largest = summands.max() else { return -.infinity }
    let sum = summands.reduce(0) { $0 + exp($1 - largest) }
    return largest + log(sum) - 0x1p-48 * (abs(largest) + 4)
  }

  /// What is staked on the probability of a miss being `ratio` times what it is under p₀.
  private struct Stake {
    let ratio: Double
    let logRatio: Double
    let logWeight: Double

    init(ratio: Double, weight: Double) {
      self.ratio = ratio
      logRatio = log(ratio)
      logWeight = log(weight)
    }
  }

  /// The weights sum to 1.
  private static let stakes: [Stake] =
    [Stake(ratio: 0, weight: 0x1p-3)] + (1...5).map { Stake(ratio: exp2(-Double($0)), weight: 0x1p-3) }
    + (2...9).map { Stake(ratio: 1 - exp2(-Double($0)), weight: 0x1p-5) }

  /// ln E of the bet on *no*, rounded down: the margin is 2⁻⁴⁸ (t + 2)(ln(t + 2) + |ln p₀| + |ln(1 − p₀)|), 64 units of
  /// rounding of the largest terms that ln B is made of.
  ///
  /// - Parameters:
  ///   - hits: t, the samples that answered the class; at least 0.
  ///   - misses: The samples that answered another one; at least 0.
  ///   - threshold: p₀, in (0, 1].
  /// - Throws: ``StatisticsError`` for a negative count, or a threshold outside (0, 1].
  public static func logEvidence(hits: Int, misses: Int, against threshold: Double) throws(StatisticsError)
    -> Double
  {
    try check(hits, misses, threshold)
    let (a, b) = (Double(hits), Double(misses))
    // 0 · ln 0 = 0; a miss under p₀ = 1 is infinite evidence.
    guard misses == 0 || threshold < 1 else { return .infinity }
    let logHit = hits == 0 ? 0 : log(threshold)
    let logMiss = misses == 0 ? 0 : log1p(-threshold)
    let value = try SpecialFunctions.logBeta(a + 0.5, b + 0.5) - log(Double.pi) - a * logHit - b * logMiss
    let size = a + b + 2
    return value - 0x1p-48 * size * (log(size) + abs(logHit) + abs(logMiss))
  }

  static func check(_ hits: Int, _ misses: Int, _ threshold: Double) throws(StatisticsError) {
    try Check.count(hits, name: "the number of hits")
    try Check.count(misses, name: "the number of misses")
    guard threshold > 0, threshold <= 1 else {
      throw .valueOutOfRange(name: "the threshold p₀", value: threshold, interval: "(0, 1]")
    }
  }
}
