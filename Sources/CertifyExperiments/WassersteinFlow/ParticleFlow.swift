import CertifyAttacks
import CertifyThreat

/// An empirical measure that flows particle by particle, each within ε of its start in ℓ∞, by steps of the length τ = ε/K.
struct ParticleFlow {
  let epsilon: Double
  let labels: [Int]
  /// All particles after 0, 1, … K steps.
  let places: [[[Double]]]
  /// ∫ E dμ after 0, 1, … K steps.
  let energies: [Double]

  /// How a step is made.
  enum Scheme { case euler, movement }

  init(
    _ scheme: Scheme, _ energy: ParticleEnergy, from start: [[Double]], labels: [Int], epsilon: Double,
    steps: Int
  )
    throws
  {
    self.epsilon = epsilon
    self.labels = labels
    let step = FlowBox(length: epsilon / Double(steps), budget: epsilon)
    var places = [start]
    var energies = [try Self.mean(energy.values(at: start, labels: labels))]
    for k in 0..<steps {
      let next =
        switch scheme {
        case .euler: try step.euler(energy, from: places[k], start: start, labels: labels)
        case .movement: try step.movement(energy, from: places[k], start: start, labels: labels)
        }
      places.append(next)
      energies.append(try Self.mean(energy.values(at: next, labels: labels)))
    }
    (self.places, self.energies) = (places, energies)
  }

  /// The largest fall of ∫ E dμ in a step; 0 when it never falls.
  var largestFall: Double { zip(energies, energies.dropFirst()).reduce(0) { max($0, $1.0 - $1.1) } }

  /// ∫ sup { E(x′) : ‖x′ − x‖∞ ≤ ε } dμ, the inner problem of adversarial training, on a grid of each ball.
  static func innerMaximum(
    _ energy: ParticleEnergy, at start: [[Double]], labels: [Int], epsilon: Double
  ) throws -> Double {
    let side = 41
    return try mean(
      zip(start, labels).map { point, label in
        let candidates = (0..<side * side).map { index -> [Double] in
          let shares = [index % side, index / side].map { 2 * Double($0) / Double(side - 1) - 1 }
          return (0..<2).map { point[$0] + epsilon * shares[$0] }
        }
        let all = [Int](repeating: label, count: candidates.count)
        return try energy.values(at: candidates, labels: all).max() ?? 0
      })
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}

/// Steps in ℓ∞ within a budget in ℓ∞: B_τ(u) ∩ B_ε(x) is a box.
private struct FlowBox {
  let length: Double
  let budget: Double

  func euler(
    _ energy: ParticleEnergy, from places: [[Double]], start: [[Double]], labels: [Int]
  ) throws -> [[Double]] {
    let step = FlowStep(
      stepNorm: .linf, stepLength: length, budgetNorm: .linf, budget: budget, box: nil)
    let gradients = try energy.gradients(at: places, labels: labels)
    return places.indices.map { step.maximizer(gradient: gradients[$0], from: places[$0], center: start[$0]) }
  }

  /// The best of a grid of the box and of the place before, by values alone.
  func movement(
    _ energy: ParticleEnergy, from places: [[Double]], start: [[Double]], labels: [Int]
  ) throws -> [[Double]] {
    let side = 9
    return try places.indices.map { particle in
      let (u, x) = (places[particle], start[particle])
      let low = (0..<2).map { max(u[$0] - length, x[$0] - budget) }
      let high = (0..<2).map { min(u[$0] + length, x[$0] + budget) }
      var candidates = [u]
      for index in 0..<side * side {
        let shares = [index % side, index / side].map { Double($0) / Double(side - 1) }
        candidates.append((0..<2).map { low[$0] + (high[$0] - low[$0]) * shares[$0] })
      }
      let values = try energy.values(
        at: candidates, labels: [Int](repeating: labels[particle], count: candidates.count))
      let best = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
      return candidates[best]
    }
  }
}
