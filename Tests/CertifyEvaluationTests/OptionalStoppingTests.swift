import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

@testable import CertifyEvaluation

/// The error of certificates whose samples are shared out by what was seen: four inputs at a time under one budget, each
/// exactly at the boundary, so that a certificate is wrong as soon as it claims more.
struct OptionalStoppingTests {
  private static let level = 0.05
  private static let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil

  /// Draws rounds as a run does, until the budget is spent.
  private func spend(
    _ budget: Int, on samplings: inout [BudgetedSampling], _ draw: (Int) -> ClassCounts
  ) throws {
    var left = budget
    while true {
      let chosen = BudgetedSampling.drawing(samplings, left: left)
      if chosen.isEmpty { return }
      for item in chosen {
        let counts = draw(samplings[item].next?.count ?? 0)
        try samplings[item].add(counts)
        left -= counts.samples
      }
    }
  }

  /// The errors of a number of certificates, with the bounds that 10⁻⁶ of doubt leaves.
  private func check(_ name: String, errors: Int, of count: Int) throws {
    let least = try ClopperPearson.lowerBound(successes: errors, trials: count, alpha: 1e-6)
    let most = try ClopperPearson.upperBound(successes: errors, trials: count, alpha: 1e-6)
    print("\(name): \(errors) of \(count) wrong, at most \(most), level \(Self.level)")
    #expect(least <= Self.level)
    if Self.isLong { #expect(most <= Self.level) }
  }

  private func counts(hits: Int, of size: Int) -> ClassCounts {
    ClassCounts(counts: [hits, size - hits], failed: 0)
  }

  @Test func decisionsUnderABudget() throws {
    let p = 0.8413447460685429
    let questions = [0.7, p, 0.86].map { DecisionQuestion(norm: .l2, radius: $0, probability: $0) }
    var source = SplitMix(seed: 101)
    let runs = Self.isLong ? 25_000 : 300
    var (errors, predicted, answered) = (0, 0, 0)
    for _ in 0..<runs {
      var samplings = try (0..<4).map { _ in
        BudgetedSampling.decision(
          try DecisionSampling(
            questions: questions, label: 0, classCount: 2, alpha: Self.level, beta: Self.level, most: 2000))
      }
      try spend(4000, on: &samplings) { size in
        counts(hits: source.hits(size, p), of: size)
      }
      for sampling in samplings {
        guard case .decided(let decision) = sampling.evidence else { continue }
        let proven = decision.record(.l2).provenRadius ?? 0
        errors += proven >= p ? 1 : 0
        answered += proven > 0 ? 1 : 0
        predicted += try decision.prediction()?.class == 0 ? 1 : 0
      }
    }
    #expect(answered > 2 * runs && predicted > 2 * runs)
    try check("decided under a budget", errors: errors, of: 4 * runs)
  }

  /// A radius of 2λ(p − ½) is the largest that p allows: one above it is wrong.
  @Test func radiiUnderABudget() throws {
    let p = 0.8
    var smoothing = SmoothingRecord(noise: "uniform", sigma: 1, range: nil)
    smoothing.lambda = 1
    let (runs, most) = (Self.isLong ? 25_000 : 500, 20_000)
    let looks = RadiusSampling.looks(most: most)
    var source = SplitMix(seed: 103)
    var (errors, undivided, stopped) = (0, 0, 0)
    for _ in 0..<runs {
      var samplings = (0..<4).map { _ in
        BudgetedSampling.radius(
          RadiusSampling(
            selection: counts(hits: 100, of: 100),
            certificate: L1SmoothedCertificate(method: .uniformProbabilityLower), smoothing: smoothing,
            norms: [.l1], dimension: 1, alpha: Self.level, most: most, tolerance: 0.035))
      }
      try spend(30_000, on: &samplings) { size in
        counts(hits: source.hits(size, p), of: size)
      }
      for sampling in samplings {
        guard case .counted(let record) = sampling.evidence else { continue }
        let lower = try ClopperPearson.lowerBound(
          successes: record.counts[0], trials: record.samples, alpha: record.level)
        errors += lower > p ? 1 : 0
        stopped += record.samples < most ? 1 : 0
      }
      // What the looks must not be replaced with: the best of them, each at the full level.
      var (hits, drawn, best) = (0, 0, 0.0)
      for look in looks {
        hits += source.hits(look - drawn, p)
        drawn = look
        best = max(
          best, try ClopperPearson.lowerBound(successes: hits, trials: drawn, alpha: Self.level))
      }
      undivided += best > p ? 1 : 0
    }
    #expect(looks.count == 3 && stopped > runs)
    try check("estimated under a budget", errors: errors, of: 4 * runs)
    #expect(
      try ClopperPearson.lowerBound(successes: undivided, trials: runs, alpha: 1e-3) > Self.level,
      "the simulation must be able to tell an invalid procedure: \(undivided) of \(runs)")
  }
}

extension SplitMix {
  /// How many of n trials succeed, each with probability p.
  fileprivate mutating func hits(_ n: Int, _ p: Double) -> Int {
    (0..<n).reduce(0) { count, _ in count + (unit() < p ? 1 : 0) }
  }
}
