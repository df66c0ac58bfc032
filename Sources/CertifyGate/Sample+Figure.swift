import CertifyResults
import CertifyStatistics
import Foundation

extension Sample {
  /// The figure of the sample itself; `nil` of no inputs.
  ///
  /// Of a run that asks for it, as many certificates are taken off certified accuracy as may be wrong.
  func figure(_ figure: Figure) -> Double? {
    guard count > 0 else { return nil }
    if case .certifiedAccuracy = figure, comparison == .atLeast {
      do {
        if let takenOff = try takenOff { return Double(max(0, successes(figure) - takenOff)) / Double(count) }
      } catch {
        return nil
      }
    }
    return switch figure {
    case .certifiedAccuracy, .attackedAccuracy, .cleanAccuracy, .abstentionRate:
      Double(successes(figure)) / Double(count)
    case .meanCertifiedRadius: Mean.roundedDown(inputs.map { radius($0.bracket) })
    case .medianCertifiedRadius: Quantile.of(0.5, sorted: sortedRadii)
    case .certifiedRadius(let quantile): Quantile.of(quantile, sorted: sortedRadii)
    }
  }

  /// The certificates that may be wrong, where the run asks to take them off.
  var takenOff: Int? {
    get throws { try AggregateErrors.takenOff(key, inputs: count, manifest: manifest) }
  }

  /// A one-sided bound of the figure over the population that the inputs are a random sample of.
  ///
  /// For `>=` a lower bound, for `<=` an upper one, each failing with probability at most δ = 1 − confidence
  /// over the choice of the inputs and the noise.
  ///
  /// - Fractions: Clopper–Pearson (1934, DOI 10.1093/biomet/26.4.404).
  /// - Quantiles: the k-th smallest radius, k chosen by the binomial distribution of the count below the
  ///   quantile (David & Nagaraja, Order Statistics, 3rd edition 2003, §7.1).
  /// - Mean: Hoeffding (1963, DOI 10.1080/01621459.1963.10500830) over [0, the largest certifiable radius].
  ///
  /// A lower bound of a statistical certificate speaks of true robustness: a certificate is false with
  /// probability at most α on its own, so P[certified] ≤ P[robust] + α(1 − P[robust]).
  func bound(_ requirement: Requirement, confidence: Double) throws -> Double? {
    guard count > 0 else { return nil }
    let delta = Self.delta(confidence)
    switch requirement.figure {
    case .certifiedAccuracy, .attackedAccuracy, .cleanAccuracy, .abstentionRate:
      return try fractionBound(
        requirement.figure, successes: successes(requirement.figure), trials: count, delta: delta)
    case .meanCertifiedRadius:
      return try meanBound(requirement, delta: delta)
    case .medianCertifiedRadius:
      return try quantileBound(0.5, delta: delta)
    case .certifiedRadius(let quantile):
      return try quantileBound(quantile, delta: delta)
    }
  }

  /// 1 − confidence, rounded down.
  static func delta(_ confidence: Double) -> Double { (1 - confidence) * (1 - 1e-15) }

  /// The bound of a fraction when `successes` of `trials` inputs are in the numerator.
  func fractionBound(_ figure: Figure, successes: Int, trials: Int, delta: Double) throws -> Double {
    if comparison == .atMost {
      return try ClopperPearson.upperBound(successes: successes, trials: trials, alpha: delta)
    }
    let lower = try ClopperPearson.lowerBound(successes: successes, trials: trials, alpha: delta)
    switch figure {
    case .certifiedAccuracy, .cleanAccuracy:
      return AccuracyBounds.withoutErrors(lower, alpha: alpha)
    default:
      return lower
    }
  }

  /// For `>=`: the largest R₍k₎ with P[Bin(n, q(1−α)) < k] ≤ δ, else 0. For `<=`: the smallest R₍k₎ with
  /// P[Bin(n, q) ≥ k] ≤ δ, else `nil`.
  private func quantileBound(_ quantile: Double, delta: Double) throws -> Double? {
    let radii = sortedRadii
    if comparison == .atLeast {
      let level = (quantile * (1 - alpha)).nextDown.nextDown
      let usable = try Self.countWhile(upTo: count) { rank in
        try ClopperPearson.upperBound(successes: rank - 1, trials: count, alpha: delta) <= level
      }
      return usable == 0 ? 0 : radii[usable - 1]
    }
    let unusable = try Self.countWhile(upTo: count) { rank in
      try ClopperPearson.lowerBound(successes: rank, trials: count, alpha: delta) < quantile
    }
    return unusable == count ? nil : radii[unusable]
  }

  private func meanBound(_ requirement: Requirement, delta: Double) throws -> Double {
    let range: Double
    do throws(CertifiableRange.Unknown) {
      range = try CertifiableRange.largest(of: key, manifest: manifest)
    } catch {
      throw GateError.unknownRange(requirement: requirement.text, reason: error.reason)
    }
    let radii = inputs.map { radius($0.bracket) }.map { $0.isInfinite ? range : $0 }
    guard radii.allSatisfy({ $0 <= range }) else {
      throw GateError.unknownRange(
        requirement: requirement.text,
        reason: "a radius exceeds \(range), the largest that the manifest's samples, alpha and sigma allow")
    }
    let mean = Mean.roundedDown(radii) ?? 0
    let margin = range * (-log(delta) / (2 * Double(count))).squareRoot() * (1 + 1e-12)
    return switch comparison {
    case .atLeast: max(0, (mean - margin - (alpha * range).nextUp).nextDown)
    case .atMost: (mean.nextUp + margin).nextUp
    }
  }

  /// The number of leading ranks 1… at which a condition holds that never holds again once it fails.
  static func countWhile(upTo limit: Int, _ condition: (Int) throws -> Bool) rethrows -> Int {
    var low = 0
    var high = limit
    while low < high {
      let middle = low + (high - low + 1) / 2
      if try condition(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
