import CertifyThreat
import Testing

@testable import CertifyAttacks

@Suite struct ConsensusSearchTests {
  static func length(_ v: [Double], _ norm: Norm) -> Double {
    switch norm {
    case .l1: v.reduce(0) { $0 + abs($1) }
    case .l2: v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: v.reduce(0) { max($0, abs($1)) }
    }
  }

  /// Every particle that is asked about lies in both balls and in the box, wherever u is in them.
  @Test(arguments: FlowStepTests.pairs) func particlesStayInTheSet(_ s: Norm, _ p: Norm) throws {
    let center: [Float] = [0.25, 0.75, 0.5]
    let x = center.map(Double.init)
    let step = FlowStep(stepNorm: s, stepLength: 0.2, budgetNorm: p, budget: 0.3, box: nil)
    let search = ConsensusSearch(
      set: step, center: x,
      neighbourhood: Neighbourhood(
        input: AttackInput(index: 0, point: center, grid: nil, label: 0),
        threat: BaseAttackTests.threat(p, box: true)))
    var generator = SplitMix64(seed: 3, input: 0, stage: 0)
    // At x, on the budget's boundary, and in a corner of the box.
    for u: [Double] in [x, [0.35, 0.65, 0.6], [0, 0.75, 0.5]] {
      var asked = 0
      _ = try search.best(
        around: u, value: -.infinity, last: [9, -9, 9], particles: 20, rounds: 10, using: &generator
      ) { particles in
        var energies: [Double] = []
        for start in stride(from: 0, to: particles.count, by: 3) {
          let v = Array(particles[start..<start + 3])
          let step = zip(v, u).map { a, b in a - b }
          let budget = zip(v, x).map { a, b in a - b }
          #expect(Self.length(step, s) <= 0.2 * (1 + 1e-12))
          #expect(Self.length(budget, p) <= 0.3 * (1 + 1e-12))
          #expect(v.allSatisfy { $0 >= 0 && $0 <= 1 })
          energies.append(v[0] - v[1])
          asked += 1
        }
        return energies
      }
      #expect(asked == 200)
    }
  }

  /// From the budget's boundary the search goes along it: the best point is there, and not u.
  @Test(arguments: FlowStepTests.pairs) func searchesAlongTheBoundary(_ s: Norm, _ p: Norm) throws {
    let step = FlowStep(stepNorm: s, stepLength: 0.1, budgetNorm: p, budget: 0.3, box: nil)
    let search = ConsensusSearch(set: step, center: [0, 0])
    var generator = SplitMix64(seed: 3, input: 0, stage: 0)
    let u = [0.3, 0.0]
    func energy(_ x: Double, _ y: Double) -> Double { x + 2 * y }
    let best = try search.best(
      around: u, value: energy(u[0], u[1]), last: nil, particles: 30, rounds: 30, using: &generator
    ) { particles in
      stride(from: 0, to: particles.count, by: 2).map { energy(particles[$0], particles[$0 + 1]) }
    }
    let linear = step.maximizer(gradient: [1, 2], from: u, center: [0, 0])
    let rise = energy(linear[0], linear[1]) - energy(u[0], u[1])
    #expect(rise > 0.04)
    #expect(best.value - energy(u[0], u[1]) >= 0.97 * rise, "\(s) \(p)")
    #expect(best.value <= energy(linear[0], linear[1]) + 1e-9)
  }
}
