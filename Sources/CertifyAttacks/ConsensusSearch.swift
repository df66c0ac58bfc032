import CertifyThreat
import Foundation

/// A global search without gradients in B_τ^s(u) ∩ B_ε^p(x) ∩ box: consensus-based optimisation (Pinnau, Totzeck, Tse &
/// Martin 2017, doi 10.1142/S0218202517400061; with noise in every coordinate by itself, Carrillo et al. 2021, doi
/// 10.1051/cocv/2020046).
///
/// Particles drift towards their consensus m = Σ wᵢvᵢ / Σ wᵢ with wᵢ = exp(α(Eᵢ − max E)) and are shaken in proportion to
/// their distance from it: v ← v − λ(v − m) + σ(v − m)∘ξ. A particle outside the set is moved back into it. Half of the
/// particles start at random corners of the step's ball, half at random points of it.
package struct ConsensusSearch {
  /// λ, σ and α over the spread of E.
  private static let drift = 0.7
  private static let shaking = 0.9
  private static let sharpness = 10.0

  let set: FlowStep
  /// x.
  let center: [Double]
  let neighbourhood: Neighbourhood

  init(set: FlowStep, center: [Double], neighbourhood: Neighbourhood) {
    self.set = set
    self.center = center
    self.neighbourhood = neighbourhood
  }

  /// A search without a box around the set.
  package init(set: FlowStep, center: [Double]) {
    let input = AttackInput(index: 0, point: center.map { Float($0) }, grid: nil, label: 0)
    let space = InputSpace(bounds: nil, gridSteps: nil)
    self.init(
      set: set, center: center,
      neighbourhood: Neighbourhood(input: input, threat: ThreatModel(norm: set.budgetNorm, space: space)))
  }

  /// The best point that `count` particles meet in some rounds, u among them.
  ///
  /// - Parameters:
  ///   - value: E(u), below which no result falls.
  ///   - last: where the step before came from, which says where it may lead on to.
  ///   - energies: E at some points, d numbers each, one after another; `nil` ends the search with what was found.
  package func best(
    around u: [Double], value: Double, last: [Double]?, particles count: Int, rounds: Int,
    using generator: inout SplitMix64, energies: ([Double]) throws -> [Double]?
  ) throws -> (value: Double, point: [Double]) {
    var best = (value: value, point: u)
    let interval = interval(around: u)
    var particles = try self.particles(
      count, around: u, first: last.map { zip(u, $0).map { 2 * $0 - $1 } }, interval, using: &generator)
    for _ in 0..<rounds {
      guard let values = try energies(particles) else { break }
      for (index, value) in values.enumerated() where value > best.value {
        best = (value, Array(particles[index * u.count..<(index + 1) * u.count]))
      }
      move(&particles, values: values, around: u, interval, using: &generator)
    }
    return best
  }

  /// The particles that a search around u starts with, one after another.
  ///
  /// - Parameter first: A particle to begin with, such as where the last step led on to; may be outside.
  private func particles(
    _ count: Int, around u: [Double], first: [Double]?, _ interval: Interval,
    using generator: inout SplitMix64
  ) throws -> [Double] {
    var ball = FeasibleSet(norm: set.stepNorm, box: nil, dimension: u.count)
    try ball.setRadius(set.stepLength)
    let origin = Neighbourhood(
      input: AttackInput(index: 0, point: [Float](repeating: 0, count: u.count), grid: nil, label: 0),
      threat: ThreatModel(norm: set.stepNorm, space: InputSpace(bounds: nil, gridSteps: nil)))
    var particles: [Double] = []
    particles.reserveCapacity(count * u.count)
    var move = [Float](repeating: 0, count: u.count)
    for index in 0..<count {
      if index == 0, let first {
        particles += first
        continue
      }
      move.withUnsafeMutableBufferPointer { row in
        if index % 2 == 0 {
          ball.randomPoint(into: row, using: &generator)
        } else {
          RandomSearch.extreme(
            row, radius: set.stepLength, neighbourhood: origin, set: &ball, using: &generator)
        }
      }
      for i in u.indices { particles.append(u[i] + Double(move[i])) }
    }
    particles.withUnsafeMutableBufferPointer { all in
      for index in 0..<count { restrict(all[index, of: u.count], around: u, interval) }
    }
    return particles
  }

  /// Moves the particles once.
  ///
  /// - Parameter values: E of each particle.
  private func move(
    _ particles: inout [Double], values: [Double], around u: [Double], _ interval: Interval,
    using generator: inout SplitMix64
  ) {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let weights = values.map { exp(Self.sharpness * ($0 - high) / max(high - low, .leastNormalMagnitude)) }
    let total = weights.reduce(0, +)
    var consensus = [Double](repeating: 0, count: u.count)
    particles.withUnsafeMutableBufferPointer { all in
      for (index, weight) in weights.enumerated() {
        let row = all[index, of: u.count]
        for i in u.indices { consensus[i] += weight / total * row[i] }
      }
      for index in weights.indices {
        let row = all[index, of: u.count]
        for i in u.indices {
          let away = row[i] - consensus[i]
          row[i] += Self.shaking * away * generator.normal() - Self.drift * away
        }
        restrict(row, around: u, interval)
      }
    }
  }

  /// What the box and balls in ℓ∞ allow every coordinate.
  struct Interval {
    let lower: [Double]
    let upper: [Double]
  }

  func interval(around u: [Double]) -> Interval {
    let step = set.stepNorm == .linf ? set.stepLength : .infinity
    let budget = set.budgetNorm == .linf ? set.budget : .infinity
    return Interval(
      lower: u.indices.map { max(u[$0] - step, center[$0] - budget, Double(neighbourhood.lower[$0])) },
      upper: u.indices.map { min(u[$0] + step, center[$0] + budget, Double(neighbourhood.upper[$0])) })
  }

  /// Moves v into the set: into the intervals, then towards x into the budget's ball, then towards u into the step's.
  ///
  /// Each movement keeps what those before it reached, since the box and the budget's ball are convex and hold x and u.
  func restrict(_ v: UnsafeMutableBufferPointer<Double>, around u: [Double], _ interval: Interval) {
    for i in v.indices { v[i] = min(max(v[i], interval.lower[i]), interval.upper[i]) }
    if set.budgetNorm != .linf { v.shrink(towards: center, within: set.budget, set.budgetNorm) }
    // After the movement towards x intervals around u may have been left, in ℓ∞ too.
    if set.stepNorm != .linf || set.budgetNorm != .linf {
      v.shrink(towards: u, within: set.stepLength, set.stepNorm)
    }
  }
}

extension UnsafeMutableBufferPointer<Double> {
  /// Row `index` of rows of a length.
  fileprivate subscript(index: Int, of length: Int) -> Self {
    Self(rebasing: self[index * length..<(index + 1) * length])
  }

  /// Moves along the segment to `end` until ‖· − end‖_p ≤ radius.
  fileprivate func shrink(towards end: [Double], within radius: Double, _ norm: Norm) {
    var length = 0.0
    for i in indices {
      let part = abs(self[i] - end[i])
      switch norm {
      case .l1: length += part
      case .l2: length += part * part
      case .linf: length = Swift.max(length, part)
      }
    }
    if norm == .l2 { length = length.squareRoot() }
    guard length > radius else { return }
    for i in indices { self[i] = end[i] + radius / length * (self[i] - end[i]) }
  }
}
