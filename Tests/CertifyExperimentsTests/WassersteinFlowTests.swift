import CertifyAttacks
import Testing

@testable import CertifyExperiments

@Suite struct WassersteinFlowTests {
  private static func permutations(_ items: [Int]) -> [[Int]] {
    items.isEmpty
      ? [[]]
      : items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
  }

  /// Against all pairings.
  @Test(arguments: 0..<20) func transportIsTheBestPairing(seed: UInt64) {
    var random = SplitMix64(seed: seed, input: 0, stage: 0)
    func points() -> [[Double]] { (0..<5).map { _ in [random.unit(), random.unit()] } }
    let (a, b) = (points(), points())
    let best = Self.permutations(Array(0..<5)).map { pairing in
      pairing.enumerated().map { max(abs(a[$0][0] - b[$1][0]), abs(a[$0][1] - b[$1][1])) }.max() ?? 0
    }.min()
    #expect(TransportDistance.infinity(a, b) == best)
    #expect(TransportDistance.infinity(a, a.reversed()) == 0)
  }

  /// Particles keep to their steps and their budget under both schemes, and the energy is that of the net.
  @Test func particlesKeepTheirBudgets() throws {
    let energy = try ParticleEnergy(seed: 3, jobs: 1)
    let (points, labels) = ParticleEnergy.halfCircles(12, seed: 3, stream: 1)
    let start = try energy.values(at: points, labels: labels)
    #expect(start.count { $0 < 0 } >= 11, "nearly all are classified rightly")
    let gradients = try energy.gradients(at: points, labels: labels)
    for index in points.indices {
      let moved = [points[index][0] + 1e-3, points[index][1]]
      let value = try energy.values(at: [moved], labels: [labels[index]])[0]
      #expect(abs((value - start[index]) / 1e-3 - gradients[index][0]) < 0.1)
    }
    for scheme in [ParticleFlow.Scheme.euler, .movement] {
      let flow = try ParticleFlow(scheme, energy, from: points, labels: labels, epsilon: 0.1, steps: 5)
      #expect(flow.places.count == 6 && flow.energies.count == 6)
      for (before, after) in zip(flow.places, flow.places.dropFirst()) {
        for (p, q) in zip(before, after) {
          #expect(max(abs(p[0] - q[0]), abs(p[1] - q[1])) <= 0.02 + 1e-9)
        }
      }
      for (p, q) in zip(points, flow.places[5]) {
        #expect(max(abs(p[0] - q[0]), abs(p[1] - q[1])) <= 0.1 + 1e-9)
      }
      let mean = try energy.values(at: flow.places[5], labels: labels).reduce(0, +) / 12
      #expect(abs(mean - flow.energies[5]) < 1e-9)
    }
  }
}
