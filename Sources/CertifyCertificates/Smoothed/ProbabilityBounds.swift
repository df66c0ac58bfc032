import CertifySmoothing
import CertifyStatistics

/// Bounds of the class probabilities under noise, from counts: p̲ ≤ P[f(x + η) = ĉ], p̄ ≥ P[f(x + η) = c] for c ≠ ĉ.
///
/// The class ĉ is chosen on separate samples; of n *fresh* samples n_A answer ĉ. With the one-sided Clopper–Pearson
/// bounds L and U,
///
/// - alone: p̲ = L(n_A; n, α), p̄ = 1 − p̲;
/// - with the runner-up: p̲ = L(n_A; n, α/2), p̄ = min(1 − p̲, U(max n_c; n, α/2)), the maximum over the other classes.
///
/// The second needs no factor for the number of classes: the true runner-up is one fixed class, its count is at
/// most the maximum, and U increases. A failed sample counts in n, not in n_A, and is added to the maximum. Which
/// form is used must be fixed before the counts are seen. All bounds hold together with probability at least 1 − α.
/// (Cohen, Rosenfeld and Kolter 2019, arXiv:1902.02918.)
struct ProbabilityBounds {
  let samples: Int
  let successes: Int
  let lower: Double
  let upper: Double

  /// - Parameter runnerUp: the largest count of another class; `nil` bounds it by 1 − p̲.
  /// - Throws: ``CertificateError`` or `StatisticsError` unless 1 ≤ n ≤ 2⁴⁰, the counts are non-negative with a sum
  ///   of at most n, and 0 < α < 1.
  init(successes: Int, samples: Int, runnerUp: Int?, failed: Int, alpha: Double) throws {
    guard samples >= 1 else {
      throw CertificateError.countOutOfRange(
        name: "the number of samples", value: samples, range: 1...(1 << 40))
    }
    try CertificateError.check(successes, name: "the number of successes", most: samples)
    try CertificateError.check(failed, name: "the number of failed samples", most: samples - successes)
    if let runnerUp {
      try CertificateError.check(runnerUp, name: "the runner-up's count", most: samples - successes - failed)
    }
    let level = runnerUp == nil ? alpha : alpha / 2
    let lower = try ClopperPearson.lowerBound(successes: successes, trials: samples, alpha: level)
    // 1 − p̲ is exact for p̲ ≥ ½ and moved up otherwise.
    var upper = lower >= 0.5 ? 1 - lower : (1 - lower).nextUp
    if let runnerUp {
      upper = min(
        upper, try ClopperPearson.upperBound(successes: runnerUp + failed, trials: samples, alpha: level))
    }
    self.samples = samples
    self.successes = successes
    self.lower = lower
    self.upper = upper
  }

  /// From the counts of all classes.
  ///
  /// - Throws: as the other initialiser, and for a class that has no count or fewer than two classes.
  init(counts: ClassCounts, candidate: Int, boundsRunnerUp: Bool, alpha: Double) throws {
    guard counts.counts.count >= 2 else {
      throw CertificateError.countOutOfRange(
        name: "the number of classes", value: counts.counts.count, range: 2...Int.max)
    }
    guard counts.counts.indices.contains(candidate) else {
      throw CertificateError.countOutOfRange(
        name: "the class to certify", value: candidate, range: 0...(counts.counts.count - 1))
    }
    let samples = try counts.checkedTotal()
    let others = counts.counts.enumerated().filter { $0.offset != candidate }.map(\.element)
    try self.init(
      successes: counts.counts[candidate], samples: samples,
      runnerUp: boundsRunnerUp ? others.max() ?? 0 : nil, failed: counts.failed, alpha: alpha)
  }
}

extension ClassCounts {
  /// The number of samples, with every count checked.
  func checkedTotal() throws -> Int {
    let most = 1 << 40
    var total = 0
    for (k, count) in (counts + [failed]).enumerated() {
      let name = k < counts.count ? "the count of class \(k)" : "the number of failed samples"
      try CertificateError.check(count, name: name, most: most)
      total += count
      try CertificateError.check(total, name: "the number of samples", most: most)
    }
    return total
  }
}

extension CertificateError {
  static func check(_ value: Int, name: String, most: Int) throws(CertificateError) {
    guard (0...most).contains(value) else {
      throw .countOutOfRange(name: name, value: value, range: 0...most)
    }
  }

  static func checkPositive(_ value: Double, name: String) throws(CertificateError) {
    guard value > 0, value.isFinite else {
      throw .valueOutOfRange(name: name, value: value, interval: "(0, ∞)")
    }
  }
}
