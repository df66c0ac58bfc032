import CertifyAttacks
import CertifyThreat

/// The two discrete flows from one point: explicit Euler steps (iterated FGSM for s = p = ∞) and minimising movements,
/// with the same steps in the same budget, until the time 1 (Weigand, Roith & Burger 2025).
struct FlowPaths {
  /// u₀, u₁, …
  let euler: [[Double]]
  let movement: [[Double]]
  /// E along each.
  let eulerEnergies: [Double]
  let movementEnergies: [Double]
  let budgetNorm: Norm

  /// Particles and rounds of the search of one movement, those of the paper.
  private static let particles = 30
  private static let rounds = 30

  /// - Parameter step: its box is not used.
  init(_ energy: PlaneEnergy, from start: [Double], step: FlowStep, using generator: inout SplitMix64) throws
  {
    let count = Int((1 / step.stepLength).rounded())
    budgetNorm = step.budgetNorm
    var (euler, movement) = ([start], [start])
    var u = start
    for _ in 0..<count {
      u = step.maximizer(gradient: try energy.direction(at: u), from: u, center: start)
      euler.append(u)
    }
    let search = ConsensusSearch(set: step, center: start)
    var values = try energy.values(at: start)
    var last: [Double]?
    u = start
    for _ in 0..<count {
      let best = try search.best(
        around: u, value: values[values.count - 1], last: last, particles: Self.particles,
        rounds: Self.rounds, using: &generator
      ) { try energy.values(at: $0) }
      (last, u) = (u, best.point)
      movement.append(u)
      values.append(best.value)
    }
    self.euler = euler
    self.movement = movement
    eulerEnergies = try energy.values(at: euler.flatMap { $0 })
    movementEnergies = values
  }

  /// The largest distance in ℓ∞ between the two at equal times.
  var distance: Double {
    zip(euler, movement).reduce(0) { max($0, Self.largest($1.0, $1.1)) }
  }

  /// How much E rises from the start to the end of each.
  var rises: (euler: Double, movement: Double) {
    func rise(_ energies: [Double]) -> Double { (energies.last ?? .nan) - energies[0] }
    return (rise(eulerEnergies), rise(movementEnergies))
  }

  /// The largest fall of E from one point of the movement to the next; 0 when it never falls.
  var largestFall: Double {
    zip(movementEnergies, movementEnergies.dropFirst()).reduce(0) { max($0, $1.0 - $1.1) }
  }

  /// The farthest that either gets from the start, in the budget's norm.
  var reach: Double {
    let start = euler[0]
    return (euler + movement).map { point in
      let moved = zip(point, start).map { abs($0 - $1) }
      switch budgetNorm {
      case .l1: return moved.reduce(0, +)
      case .l2: return moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .linf: return moved.max() ?? 0
      }
    }.max() ?? 0
  }

  private static func largest(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
