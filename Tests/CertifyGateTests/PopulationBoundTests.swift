import CertifyGate
import CertifyResults
import CertifyThreat
import Foundation
import Testing

/// One-sided bounds over the inputs.
struct PopulationBoundTests {
  private func outcome(_ requirement: String, _ run: RunResults) throws -> RequirementOutcome {
    let verdict = try Gate.judge(results: run, requirements: [try Requirement(parsing: requirement)])
    return try #require(verdict.requirements.first)
  }

  private func found(_ requirement: String, _ run: RunResults) throws -> Double {
    try #require(try outcome(requirement, run).found)
  }

  /// 61 of 100 certified at 0.5; base classifiers have deterministic certificates, α = 0.
  private func hundred(smoothing: SmoothingRecord?) -> RunResults {
    let rows = (0..<100).map { index in
      [Runs.bracket(predicted: 1, lower: index < 61 ? 0.6 : 0.1, upper: 1, smoothing: smoothing)]
    }
    return Runs.run(
      rows, classifiers: [smoothing == nil ? .base : .smoothed], smoothings: smoothing.map { [$0] } ?? [])
  }

  /// SciPy: beta.ppf(0.05, 61, 40) and beta.ppf(0.95, 62, 39).
  private static let lower = 0.5230939214468382
  private static let upper = 0.6918993366112034

  @Test func fractionsAreBoundedByClopperPearson() throws {
    let base = hundred(smoothing: nil)
    let lower = try found("certified-accuracy(0.5, confidence: 0.95) >= 0.5", base)
    #expect(abs(lower - Self.lower) < 1e-8)
    #expect(abs(try found("certified-accuracy(0.5, confidence: 0.95) <= 0.7", base) - Self.upper) < 1e-8)
  }

  /// P[robust] ≥ (P[certified] − α) / (1 − α).
  @Test func theErrorOfEachCertificateIsTakenOff() throws {
    let smoothed = hundred(smoothing: Runs.smoothing)
    let lower = try found("certified-accuracy(0.5, confidence: 0.95) >= 0.5", smoothed)
    #expect(abs(lower - (Self.lower - 0.001) / 0.999) < 1e-8)
    let attacked = try found("attacked-accuracy(0.5, confidence: 0.95) >= 0.5", smoothed)
    #expect(abs(attacked - pow(0.05, 0.01)) < 1e-8)
  }

  @Test func aBoundIsStricterThanTheSample() throws {
    let run = hundred(smoothing: Runs.smoothing)
    for confidence in [0.5, 0.9, 0.999] {
      #expect(try found("certified-accuracy(0.5, confidence: \(confidence)) >= 0.6", run) < 0.61)
      #expect(try found("certified-accuracy(0.5, confidence: \(confidence)) <= 0.6", run) > 0.61)
    }
    #expect(try outcome("certified-accuracy(0.5) >= 0.6", run).pass)
    #expect(try !outcome("certified-accuracy(0.5, confidence: 0.95) >= 0.6", run).pass)
  }

  /// Radii 1, …, 100. P[Bin(100, ½) ≤ 41] = 0.0443, P[Bin(100, ½) ≤ 42] = 0.0666.
  @Test func quantilesAreBoundedByOrderStatistics() throws {
    let rows = (1...100).map { [Runs.bracket(predicted: 1, lower: Double($0), upper: 200, smoothing: nil)] }
    let run = Runs.run(rows.reversed(), classifiers: [.base], smoothings: [])
    #expect(try found("median-certified-radius(confidence: 0.95) >= 40", run) == 42)
    #expect(try found("certified-radius(0.5, confidence: 0.95) >= 40", run) == 42)
    #expect(try found("median-certified-radius(confidence: 0.95) <= 60", run) == 59)
    // (1 − q)ⁿ = 0.95¹⁰⁰ ≤ 0.05 only for q ≥ 0.0296.
    #expect(try found("certified-radius(0.029, confidence: 0.95) >= 0", run) == 0)
    #expect(try found("certified-radius(0.03, confidence: 0.95) >= 0", run) == 1)
    #expect(try outcome("certified-radius(0.98, confidence: 0.95) <= 100", run).found == nil)
    #expect(try !outcome("certified-radius(0.98, confidence: 0.95) <= 100", run).pass)
  }

  /// Largest radius 0.25 · Φ⁻¹(0.001^(1/1000)) = 0.6158158 (MATHS of smoothing: 2.4632626 σ).
  @Test func meansAreBoundedByHoeffding() throws {
    let run = hundred(smoothing: Runs.smoothing)
    let range = 0.25 * 2.4632626
    let mean = 0.61 * 0.6 + 0.39 * 0.1
    let margin = range * (log(20) / 200).squareRoot()
    let lower = try found("mean-certified-radius(confidence: 0.95) >= 0.1", run)
    #expect(abs(lower - (mean - margin - 0.001 * range)) < 1e-7)
    let upper = try found("mean-certified-radius(confidence: 0.95) <= 1", run)
    #expect(abs(upper - (mean + margin)) < 1e-7)
  }

  @Test func meansWithoutAKnownRangeAreRefused() throws {
    for run in [
      hundred(smoothing: nil),
      hundred(smoothing: SmoothingRecord(noise: "laplace", sigma: 0.25, range: nil)),
      Runs.run([Runs.row(0.7)]),
    ] {
      let error = try #require(throws: GateError.self) {
        try outcome("mean-certified-radius(confidence: 0.95) >= 0.1", run)
      }
      guard case .unknownRange = error else {
        Issue.record("\(error)")
        continue
      }
    }
  }

  /// Without overclaiming: α is per input; of 100 at most 2 are wrong (P[Bin(100, 0.001) > 2] = 1.5e-4,
  /// P[… > 1] = 4.6e-3).
  @Test func explainsWhatTheConfidenceIsOf() throws {
    let explanation = try outcome("certified-accuracy(0.5) >= 0.6", hundred(smoothing: Runs.smoothing))
      .explanation
    #expect(explanation.contains("on its own; of all 100 at most 2 are wrong with confidence 1 − 0.001"))
    #expect(explanation.contains("61 of 100 inputs are correct and certified at 0.5."))
  }
}
