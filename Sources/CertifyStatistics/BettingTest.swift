import Foundation

/// A test of "p > p₀" for a hit probability p that may be looked at after every sample.
///
/// Each answer has a bet of its own, whose wealth E is a likelihood ratio that is averaged over alternatives: under
/// p = p₀ a martingale that starts at 1, so that P[sup E ≥ 1/α] ≤ α (Ville; betting: Voráček 2024, "Treatment of
/// statistical estimation problems in randomized smoothing for adversarial robustness", arXiv:2406.17830).
///
/// *Yes* is answered when E ≥ 1/α. After A hits and M misses
///
///     E = Σⱼ wⱼ (pⱼ/p₀)ᴬ uⱼᴹ,   pⱼ = 1 − uⱼ(1 − p₀),
///
/// with uⱼ = 0, 2⁻⁵, …, ½ of weight ⅛ and ¾, ⅞, …, 1 − 2⁻⁹ of weight 1/32: alternatives above p₀ only, so that nothing is
/// staked on p < p₀. A sample multiplies the j-th wealth by p pⱼ/p₀ + (1 − p) uⱼ on average, which is 1 at p = p₀ and
/// grows with p: for p ≤ p₀ every wealth is a supermartingale, and the answer is wrong with probability at most α.
///
/// *No* is answered when E ≥ 1/β and A/t < p₀, with t = A + M and alternatives on both sides,
///
///     E = B(A + ½, M + ½) / [B(½, ½) p₀ᴬ (1 − p₀)ᴹ]
///
/// (the mixture is Krichevsky and Trofimov's 1981, doi:10.1109/TIT.1981.1056331). It errs with probability at most β for
/// every p ≥ p₀, because where A/t < p₀ the likelihood of p₀ is at least that of p.
///
/// A failed sample counts as a miss for *yes* and as a hit for *no*. A test that ends undecided has shown
/// nothing, and the same samples cannot be judged again by another method at the full level: the two errors
/// would add up.
public struct BettingTest: Sendable, Equatable {
  /// What the test has shown so far.
  public enum Decision: String, Sendable, Codable {
    /// p > p₀, at level α.
    case yes
    /// p < p₀, at level β.
    case no
    /// Neither was shown; more samples may decide.
    case undecided
  }

  /// p₀, in (0, 1].
  public let threshold: Double
  /// The probability with which *yes* may be wrong.
  public let alpha: Double
  /// The probability with which *no* may be wrong.
  public let beta: Double
  /// Samples that were hits, without failed ones.
  public private(set) var hits = 0
  /// Samples that were misses, without failed ones.
  public private(set) var misses = 0
  /// Samples that could not be drawn.
  public private(set) var failed = 0
  /// Final once it is not `undecided`.
  public private(set) var decision = Decision.undecided

  /// Samples so far, failed ones included.
  public var samples: Int { hits + misses + failed }

  /// Starts a test of "p > `threshold`".
  ///
  /// - Parameters:
  ///   - threshold: p₀, in (0, 1].
  ///   - alpha: α, in (0, 1): the probability of a wrong *yes*.
  ///   - beta: β, in (0, 1): the probability of a wrong *no*.
  /// - Throws: ``StatisticsError`` unless 0 < threshold ≤ 1, 0 < α < 1 and 0 < β < 1.
  public init(threshold: Double, alpha: Double, beta: Double) throws(StatisticsError) {
    try Self.check(0, 0, threshold)
    try Check.level(alpha, name: "α")
    try Check.level(beta, name: "β")
    self.threshold = threshold
    self.alpha = alpha
    self.beta = beta
  }

  /// Starts a test of "the certified ℓ₂ radius under noise N(0, σ²I) exceeds `radius`": p₀ = Φ(R/σ), rounded up.
  ///
  /// - Parameters:
  ///   - radius: R, at least 0, in the units of the input.
  ///   - sigma: σ, positive, in the units of the input.
  ///   - alpha: α, in (0, 1): the probability of a wrong *yes*.
  ///   - beta: β, in (0, 1): the probability of a wrong *no*.
  /// - Throws: ``StatisticsError`` unless R ≥ 0 and σ > 0 are finite, 0 < α < 1 and 0 < β < 1.
  public init(radius: Double, sigma: Double, alpha: Double, beta: Double) throws(StatisticsError) {
    guard radius >= 0, radius.isFinite else {
      throw .valueOutOfRange(name: "the radius", value: radius, interval: "[0, ∞)")
    }
    try Check.positive(sigma, name: "σ")
    let threshold = radius == 0 ? 0.5 : try Normal.cdfRoundedUp((radius / sigma).nextUp)
    try self.init(threshold: threshold, alpha: alpha, beta: beta)
  }

  /// Adds samples and returns the decision after them.
  ///
  /// How samples are split into batches matters only for when the test may stop. After a decision nothing is
  /// added: the counts stay those that decided.
  ///
  /// - Parameters:
  ///   - hits: t, the samples that answered the class; at least 0.
  ///   - misses: The samples that answered another one; at least 0.
  ///   - failed: Samples without an answer, which count as misses; at least 0.
  /// - Throws: ``StatisticsError`` for a negative count, or more than 2⁴⁰ samples.
  @discardableResult
  public mutating func add(hits: Int, misses: Int, failed: Int = 0) throws(StatisticsError) -> Decision {
    try Check.count(hits, name: "the number of hits")
    try Check.count(misses, name: "the number of misses")
    try Check.count(failed, name: "the number of failed samples")
    guard decision == .undecided else { return decision }
    let newHits = try Check.sum(self.hits, hits)
    let newMisses = try Check.sum(self.misses, misses)
    let newFailed = try Check.sum(self.failed, failed)
    _ = try Check.sum(try Check.sum(newHits, newMisses), newFailed)
    (self.hits, self.misses, self.failed) = (newHits, newMisses, newFailed)
    decision = try decide()
    return decision
  }

  private func decide() throws(StatisticsError) -> Decision {
    let (wantedForYes, wantedForNo) = (-log(alpha), -log(beta))
    if Self.mostEvidence(hits: hits, misses: misses + failed, of: threshold) >= wantedForYes,
      try Self.logEvidence(hits: hits, misses: misses + failed, above: threshold) >= wantedForYes
    {
      return .yes
    }
    if Double(hits + failed) < threshold * Double(samples),
      Self.mostEvidence(hits: hits + failed, misses: misses, of: threshold) >= wantedForNo,
      try Self.logEvidence(hits: hits + failed, misses: misses, against: threshold) >= wantedForNo
    {
      return .no
    }
    return .undecided
  }
}
