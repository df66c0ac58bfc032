import CertifyThreat
import Foundation

/// A global search without gradients in B_τ^s(u) ∩ B_ε^p(x) ∩ box: consensus-based optimisation (Pinnau, Totzeck, Tse &
/// Martin 2017, doi 10.1142/S0218202517400061; with noise in every coordinate by itself, Carrillo et al. 2021, doi
/// 10.1051/cocv/2020046).
///
/// Particles drift towards their consensus m = Σ wᵢvᵢ / Σ wᵢ with wᵢ = exp(α(Eᵢ − max E)) and are shaken in proportion to
/// their distance from it: v ← v − λ(v − m) + σ(v − m)∘ξ. A particle outside the set is moved back along the segment to
/// u, which is in it. Half of the particles start at random corners of the step's ball, half at random points of it.
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
  ///   - energies: E at some points; `nil` ends the search with what was found.
  package func best(
    around u: [Double], value: Double, last: [Double]?, particles count: Int, rounds: Int,
    using generator: inout SplitMix64, energies: ([[Double]]) throws -> [Double]?
  ) throws -> (value: Double, point: [Double]) {
    var best = (value: value, point: u)
    var particles = try self.particles(
      count, around: u, first: last.map { zip(u, $0).map { 2 * $0 - $1 } }, using: &generator)
    for _ in 0..<rounds {
      guard let values = try energies(particles) else { break }
      for (value, particle) in zip(values, particles) where value > best.value { best = (value, particle) }
      move(&particles, values: values, around: u, using: &generator)
    }
    return best
  }

  /// The particles that a search around u starts with.
  ///
  /// - Parameter first: A particle to begin with, such as where the last step led on to; may be outside.
  func particles(
    _ count: Int, around u: [Double], first: [Double]?, using generator: inout SplitMix64
  ) throws -> [[Double]] {
    var ball = FeasibleSet(norm: set.stepNorm, box: nil, dimension: u.count)
    try ball.setRadius(set.stepLength)
    let origin = Neighbourhood(
      input: AttackInput(index: 0, point: [Float](repeating: 0, count: u.count), grid: nil, label: 0),
      threat: ThreatModel(norm: set.stepNorm, space: InputSpace(bounds: nil, gridSteps: nil)))
    return (0..<count).map { index in
      if index == 0, let first { return feasible(first, around: u) }
      var move = [Float](repeating: 0, count: u.count)
      move.withUnsafeMutableBufferPointer { row in
        if index % 2 == 0 {
          ball.randomPoint(into: row, using: &generator)
        } else {
          RandomSearch.extreme(
            row, radius: set.stepLength, neighbourhood: origin, set: &ball, using: &generator)
        }
      }
      return feasible(zip(u, move).map { $0 + Double($1) }, around: u)
    }
  }

  /// Moves the particles once.
  ///
  /// - Parameter values: E of each particle.
  func move(
    _ particles: inout [[Double]], values: [Double], around u: [Double], using generator: inout SplitMix64
  ) {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let weights = values.map { exp(Self.sharpness * ($0 - high) / max(high - low, .leastNormalMagnitude)) }
    let total = weights.reduce(0, +)
    var consensus = [Double](repeating: 0, count: u.count)
    for (weight, particle) in zip(weights, particles) {
      for i in u.indices { consensus[i] += weight / total * particle[i] }
    }
    for index in particles.indices {
      let moved = u.indices.map { i in
        let away = particles[index][i] - consensus[i]
        return particles[index][i] - Self.drift * away + Self.shaking * away * normal(&generator)
      }
      particles[index] = feasible(moved, around: u)
    }
  }

  /// v cut off by the box, then moved towards u until it is in both balls.
  func feasible(_ v: [Double], around u: [Double]) -> [Double] {
    var v = v
    for i in v.indices {
      v[i] = min(max(v[i], Double(neighbourhood.lower[i])), Double(neighbourhood.upper[i]))
    }
    let direction = zip(v, u).map { $0 - $1 }
    func at(_ t: Double) -> [Double] { zip(u, direction).map { $0 + t * $1 } }
    let length = set.stepNorm.length(direction)
    let reach = length > set.stepLength ? set.stepLength / length : 1
    func isWithin(_ t: Double) -> Bool {
      set.budgetNorm.length(zip(at(t), center).map { $0 - $1 }) <= set.budget
    }
    if isWithin(reach) { return at(reach) }
    var (low, high) = (0.0, reach)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if isWithin(middle) { low = middle } else { high = middle }
    }
    return at(low)
  }

  /// Standard normal, by the polar method (Marsaglia & Bray 1964, doi 10.1137/1006063).
  private func normal(_ generator: inout SplitMix64) -> Double {
    while true {
      let a = Double.random(in: -1..<1, using: &generator)
      let b = Double.random(in: -1..<1, using: &generator)
      let square = a * a + b * b
      if square > 0, square < 1 { return a * (-2 * log(square) / square).squareRoot() }
    }
  }
}

extension Norm {
  /// ‖v‖_p in double precision.
  func length(_ v: [Double]) -> Double {
    switch self {
    case .l1: v.reduce(0) { $0 + abs($1) }
    case .l2: v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: v.reduce(0) { max($0, abs($1)) }
    }
  }
}
