import CertifySmoothing
import CertifyThreat
import Foundation

/// Projected gradient descent through the mean of a smoothed classifier (Salman et al. 2019, arXiv
/// 1906.04584).
///
/// Ascends −log[(1/m) Σⱼ softmax(z(x'+ηⱼ))_y] with m noise samples that stay fixed over the T steps of a
/// round and are fresh in the next; the steps have mean length 2ε/T. A round's share of rival answers moves ε
/// towards the boundary; the end points of several rounds are averaged, which averages the noise of their
/// gradients.
struct SmoothAdvPGD {
  static let name = "smoothadv"

  let oracle: SmoothedOracle
  private let parameters: AttackParameters
  private var set: FeasibleSet
  private var gradient: [Float]
  private var step: [Float]

  init(oracle: SmoothedOracle) throws {
    self.oracle = oracle
    parameters = oracle.parameters
    set = try oracle.neighbourhood.feasibleSet()
    gradient = Array(repeating: 0, count: oracle.dimension)
    step = gradient
  }

  /// Looks for the direction in which the boundary is nearest, and where it is.
  ///
  /// A first pass with few samples finds the scale and a first witness; two more with twice as many improve
  /// the direction.
  ///
  /// - Parameter clean: f's answers under noise at x.
  mutating func search(clean: ClassCounts) throws -> SmoothedCrossing? {
    var epsilon = oracle.firstGuess(clean)
    var point = oracle.input.point
    var best: SmoothedCrossing?
    for pass in 0..<3 {
      try improve(&point, epsilon: &epsilon, pass: pass)
      guard point != oracle.input.point else { return best }
      guard
        var crossing = try SmoothedCrossing(
          oracle: oracle, towards: point, samples: pass == 0 ? 256 : 512, attack: Self.name)
      else { continue }
      if crossing.distance < best?.distance ?? .infinity { best = crossing }
      epsilon = crossing.distance
      if oracle.best == nil { try crossing.confirm(refined: 0, planning: 1500) }
    }
    return best
  }

  /// Several rounds of ascent at an ε that follows the boundary; `point` becomes the mean of their end
  /// points.
  private mutating func improve(_ point: inout [Float], epsilon: inout Double, pass: Int) throws {
    let x = oracle.input.point
    let rounds = pass == 0 ? 12 : 4
    var average = [Double](repeating: 0, count: oracle.dimension)
    var averaged = 0
    var observations: [ProbitLine.Observation] = []
    for _ in 0..<rounds where averaged < (pass == 0 ? 3 : rounds) {
      let samples = parameters.noiseSamples * (pass == 0 ? 1 : 2)
      guard let end = try ascend(from: point, epsilon: epsilon, samples: samples, fresh: pass == 0) else {
        break
      }
      point = end.point
      observations.append(
        SegmentSearch.observation(t: epsilon, counts: end.counts, label: oracle.input.label))
      let next = Self.nextEpsilon(
        observations, epsilon: epsilon, sigma: oracle.sigma, norm: oracle.threat.norm)
      if next > 0.7 * epsilon, next < 1.4 * epsilon {
        let length = max(oracle.neighbourhood.norm.distance(point, x), 1e-12)
        for i in average.indices { average[i] += (Double(point[i]) - Double(x[i])) / length }
        averaged += 1
      }
      epsilon = min(next, oracle.neighbourhood.farthest)
    }
    guard averaged > 0 else { return }
    for i in point.indices { point[i] = Float(Double(x[i]) + average[i] / Double(averaged) * epsilon) }
    point = oracle.inBox(point)
  }

  /// Looks for a witness with ‖x'−x‖ ≤ ε: several rounds at that ε, then one flip test.
  mutating func run(epsilon: Double) throws {
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    var point = oracle.input.point
    var counts: ClassCounts?
    for _ in 0..<4 {
      guard let end = try ascend(from: point, epsilon: radius, samples: parameters.noiseSamples, fresh: false)
      else { break }
      (point, counts) = (end.point, end.counts)
    }
    guard let counts else { return }
    try oracle.testWithin(epsilon, point, seen: counts, attack: Self.name)
  }

  /// T steps at fixed noise; the counts are those at the end point, on the same noise.
  private mutating func ascend(from start: [Float], epsilon: Double, samples: Int, fresh: Bool) throws
    -> (point: [Float], counts: ClassCounts)?
  {
    let round = oracle.nextRound()
    let neighbourhood = oracle.neighbourhood
    let steps = parameters.smoothedSteps
    var point = start
    try set.setRadius(epsilon)
    point.withUnsafeMutableBufferPointer { set.project($0) }
    for k in 0..<steps {
      guard try oracle.gradient(at: point, round: round, samples: samples, into: &gradient) != nil else {
        return nil
      }
      let decay = 2 * (1 - (Double(k) + 0.5) / Double(steps))
      let length = 2 * epsilon / Double(steps) * decay * (fresh ? 1 : 0.5)
      let isFlat = gradient.withUnsafeMutableBufferPointer { g in
        point.withUnsafeBufferPointer { neighbourhood.removeBlocked(g, at: $0) }
        return step.withUnsafeMutableBufferPointer { step in
          Self.step(along: UnsafeBufferPointer(g), norm: neighbourhood.norm, length: length, into: step) == 0
        }
      }
      if isFlat { break }
      for i in point.indices { point[i] += step[i] }
      point.withUnsafeMutableBufferPointer { set.project($0) }
    }
    guard let counts = try oracle.counts(at: point, round: round, samples: 0..<samples) else { return nil }
    return (point, counts)
  }

  /// The Hölder step, for ℓ₁ spread over the largest twentieth of the coordinates; returns 0 without a
  /// gradient.
  private static func step(
    along g: UnsafeBufferPointer<Float>, norm: Norm, length: Double,
    into step: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    guard norm == .l1, g.count >= 40 else { return norm.steepestStep(along: g, radius: length, into: step) }
    let sorted = g.lazy.map { abs($0) }.sorted(by: >)
    guard let largest = sorted.first, largest > 0 else { return 0 }
    let threshold = max(sorted[g.count / 20 - 1], Float.leastNonzeroMagnitude)
    let share = Float(length / Double(g.count / 20))
    for i in g.indices { step[i] = abs(g[i]) >= threshold ? (g[i] > 0 ? share : -share) : 0 }
    return Double(largest)
  }

  /// The next ε, at most twice or half this one, where a line through what was seen puts a share a little
  /// above ½.
  private static func nextEpsilon(
    _ observations: [ProbitLine.Observation], epsilon: Double, sigma: Double, norm: Norm
  ) -> Double {
    let expected = norm == .l2 ? 1 / sigma : 1.5 / epsilon
    guard let line = ProbitLine(observations.suffix(4).map { $0 }, expectedSlope: expected) else {
      return epsilon
    }
    return min(max(line.t(atProbit: 0.1), epsilon / 2), epsilon * 2)
  }
}
