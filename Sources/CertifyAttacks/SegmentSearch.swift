import CertifySmoothing
import CertifyThreat
import Foundation

/// Finds a confirmed witness near where a segment from x crosses the boundary of g.
///
/// The rival's share along the segment is estimated on cheap samples and fitted by a ``ProbitLine``.
/// Candidates are placed beyond the boundary: first far enough that the flip test decides quickly, then
/// closer. What each test saw sharpens the line.
struct SegmentSearch {
  let oracle: SmoothedOracle
  let attack: String
  /// The end at t = 1.
  let point: [Float]
  /// Samples of one cheap estimate.
  var samples = 256

  /// x + t(point − x), not rounded to the grid.
  func at(_ t: Double) -> [Float] {
    var row = point
    row.withUnsafeMutableBufferPointer { oracle.neighbourhood.interpolate(to: point, at: t, into: $0) }
    return row
  }

  /// Estimates where the segment crosses the boundary, starting from `guess`; `nil` when it was not found.
  func line(from guess: Double, observations: inout [ProbitLine.Observation]) throws -> ProbitLine? {
    let length = max(distance(1), 1e-12)
    // Φ⁻¹(p) changes by at most 1/σ a unit of ℓ₂ length (Salman et al. 2019); for other norms it is a scale
    // only.
    let expected = max(oracle.threat.norm == .l2 ? 1 / oracle.sigma * length : 2 / max(guess, 1e-9), 1e-9)
    let round = oracle.nextRound()
    var t = guess
    var line: ProbitLine?
    for step in 0..<5 {
      guard let counts = try oracle.counts(at: at(t), round: round, samples: 0..<samples) else { break }
      let observation = Self.observation(t: t, counts: counts, label: oracle.input.label)
      observations.append(observation)
      line = ProbitLine(observations, expectedSlope: expected)
      guard let line else { return nil }
      let share =
        Double(observation.rivalHits) / Double(max(1, observation.rivalHits + observation.labelHits))
      if step >= 2, share > 0.35, share < 0.7 { break }
      let next = line.t(atProbit: step % 2 == 0 ? 0.2 : -0.2)
      t = min(max(next, t * 0.5), t * 2)
    }
    return line
  }

  /// Adds an estimate of `samples` samples at the boundary to the line.
  func refine(_ line: inout ProbitLine, observations: inout [ProbitLine.Observation], samples: Int) throws {
    let t = line.boundary
    guard t > 0, let counts = try oracle.counts(at: at(t), round: oracle.nextRound(), samples: 0..<samples)
    else { return }
    observations.append(Self.observation(t: t, counts: counts, label: oracle.input.label))
    line = ProbitLine(observations, expectedSlope: max(line.slope, 1e-9)) ?? line
  }

  /// Tests candidates beyond the boundary, each as close to it as the samples left can decide, until none is
  /// nearer than the best witness.
  ///
  /// A share q = Φ(z) is shown to exceed ½ by about (ln(1/β) + 5) / (2(q−½)²) samples, so z is chosen for the
  /// samples that a test may take; a test that does not flip moves the next one out.
  ///
  /// - Parameter most: The samples to plan a test for; a test may take more.
  func confirm(line first: ProbitLine, observations: [ProbitLine.Observation], planning most: Int) throws {
    var observations = observations
    var line = first
    var margin = 1.0
    while oracle.candidatesLeft > 0 {
      let left = min(oracle.parameters.flipMaximumSamples, oracle.remaining - 200)
      // Planning for a part of what is left keeps a test from ending undecided.
      let samples = min(most, left * 3 / 5)
      guard samples >= 60 else { return }
      let needed = log(1 / oracle.parameters.betaPerCandidate) + 5
      let target = margin * 1.1 * (Double.pi * needed / Double(samples)).squareRoot()
      let t = line.t(atProbit: target)
      // A candidate no nearer than the best cannot help.
      if let best = oracle.bestDistance, distance(t) >= best * 0.998 { return }
      guard t > 0, let result = try oracle.test(at(t), attack: attack) else { return }
      observations.append(.init(t: t, rivalHits: result.rivalHits, labelHits: result.labelHits))
      line = ProbitLine(observations, expectedSlope: max(first.slope, 1e-9)) ?? line
      if result.outcome != .flipped { margin *= 1.3 }
    }
  }

  /// The length of the perturbation at t, after moving it into 𝒳.
  func distance(_ t: Double) -> Double {
    oracle.feasible(at(t)).withUnsafeBufferPointer { oracle.neighbourhood.distance(to: $0) }
  }

  static func observation(t: Double, counts: ClassCounts, label: Int) -> ProbitLine.Observation {
    let rival = counts.counts.indices.filter { $0 != label }.map { counts.counts[$0] }.max() ?? 0
    return .init(t: t, rivalHits: rival, labelHits: counts.counts[label] + counts.failed)
  }
}
