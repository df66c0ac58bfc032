import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Foundation
import Testing

@testable import CertifyExperiments

/// The two schemes of `adversarial-flows` and what is made of their distances.
@Suite struct AdversarialFlowsTests {
  static func net(_ activation: String = "gelu") throws -> LoadedClassifier {
    try LearningTests.net(.mlp(hidden: [12, 12], activation: activation == "relu" ? .relu : .gelu)).classifier
  }

  static func generator() -> SplitMix64 { SplitMix64(seed: 1, input: 0, stage: 0) }

  @Test func energiesAreThoseOfTheProbability() throws {
    let net = try Self.net()
    let energy = try PlaneEnergy(net, label: 1)
    let points = (0..<70).map { [Double($0) / 35 - 1, 0.1] }
    let values = try energy.values(at: points.flatMap { $0 })
    #expect(values.count == points.count)
    let classifier = try net.makeClassifier(batchSize: 1)
    for (point, value) in zip(points, values) {
      _ = classifier.inputs.update(fromContentsOf: point.map { Float($0) })
      try classifier.forward(count: 1)
      let (a, b) = (exp(Double(classifier.logits[0])), exp(Double(classifier.logits[1])))
      #expect(abs(value - (a / (a + b)) * (a / (a + b))) < 1e-5)
    }
    // The direction is uphill.
    let direction = try energy.direction(at: [0.5, 0.2])
    let length = (direction[0] * direction[0] + direction[1] * direction[1]).squareRoot()
    let moved = try energy.values(at: [
      0.5, 0.2, 0.5 + 0.01 * direction[0] / length, 0.2 + 0.01 * direction[1] / length,
    ])
    #expect(moved[1] > moved[0])
  }

  /// With s = p = ∞ the Euler scheme is FGSM step by step: signs, cut off at the budget.
  @Test func eulerStepsAreIteratedFGSM() throws {
    let energy = try PlaneEnergy(Self.net(), label: 0)
    let step = FlowStep(stepNorm: .linf, stepLength: 0.1, budgetNorm: .linf, budget: 0.2, box: nil)
    var generator = Self.generator()
    let start = [0.3, 0.4]
    let paths = try FlowPaths(energy, from: start, step: step, using: &generator)
    #expect(paths.euler.count == 11 && paths.movement.count == 11)
    var u = start
    for found in paths.euler.dropFirst() {
      let gradient = try energy.direction(at: u)
      u = u.indices.map { i in
        let sign: Double = gradient[i] > 0 ? 1 : gradient[i] < 0 ? -1 : 0
        return min(max(u[i] + 0.1 * sign, start[i] - 0.2), start[i] + 0.2)
      }
      #expect(abs(u[0] - found[0]) < 1e-9 && abs(u[1] - found[1]) < 1e-9)
    }
    #expect(paths.largestFall == 0)
    #expect(paths.reach <= 0.2 + 1e-9)
  }

  /// A movement goes where E is largest in its step's ball ∩ the budget's: no point of a fine grid
  /// of them is better by a twentieth of the rise.
  @Test(arguments: Norm.allCases, Norm.allCases)
  func movementsMaximiseTheEnergy(_ s: Norm, _ p: Norm) throws {
    let energy = try PlaneEnergy(Self.net("relu"), label: 0)
    let step = FlowStep(stepNorm: s, stepLength: 0.06, budgetNorm: p, budget: 0.15, box: nil)
    var generator = Self.generator()
    let start = [0.35, 0.3]
    let paths = try FlowPaths(energy, from: start, step: step, using: &generator)
    func length(_ v: [Double], _ norm: Norm) -> Double { norm.distance(v.map { Float($0) }, [0, 0]) }
    for (u, next) in zip(paths.movement, paths.movement.dropFirst()).prefix(6) {
      var grid: [Double] = []
      for index in 0..<61 * 61 {
        let (across, up) = (Double(index % 61) / 30 - 1, Double(index / 61) / 30 - 1)
        let v = [u[0] + 0.06 * across, u[1] + 0.06 * up]
        guard length([v[0] - u[0], v[1] - u[1]], s) <= 0.06 else { continue }
        guard length([v[0] - start[0], v[1] - start[1]], p) <= 0.15 else { continue }
        grid += v
      }
      let best = try #require(energy.values(at: grid).max())
      let found = try energy.values(at: next + u)
      #expect(found[0] >= best - 0.05 * (best - found[1]) - 1e-6, "\(s) \(p)")
      #expect(length([next[0] - u[0], next[1] - u[1]], s) <= 0.06 * (1 + 1e-5))
    }
    #expect(paths.largestFall == 0 && paths.reach <= 0.15 + 1e-9)
  }

  /// Under a linear margin every step's maximiser is known and unique, so that the two schemes draw one path.
  @Test(arguments: Norm.allCases, Norm.allCases) func linearFlowsAgree(_ s: Norm, _ p: Norm) throws {
    let energy = try PlaneEnergy(LearningTests.net(.logistic).classifier, label: 1)
    let step = FlowStep(stepNorm: s, stepLength: 0.05, budgetNorm: p, budget: 0.2, box: nil)
    var generator = Self.generator()
    let paths = try FlowPaths(energy, from: [0.1, 0.7], step: step, using: &generator)
    #expect(paths.rises.euler > 0.01)
    #expect(abs(paths.rises.euler / paths.rises.movement - 1) < 0.01)
    #expect(paths.distance < 0.01, "\(s) \(p)")
  }

  @Test func distancesAndRisesAreThoseOfThePaths() throws {
    let energy = try PlaneEnergy(Self.net("relu"), label: 0)
    let step = FlowStep(stepNorm: .linf, stepLength: 0.1, budgetNorm: .linf, budget: 0.2, box: nil)
    var generator = Self.generator()
    let paths = try FlowPaths(energy, from: [-0.2, 0.9], step: step, using: &generator)
    let apart = zip(paths.euler, paths.movement).map { a, b in max(abs(a[0] - b[0]), abs(a[1] - b[1])) }
    #expect(paths.distance == apart.max())
    let ends = try energy.values(at: paths.euler[0] + paths.euler[10] + paths.movement[10])
    #expect(abs(paths.rises.euler - (ends[1] - ends[0])) < 1e-12)
    #expect(abs(paths.rises.movement - (ends[2] - ends[0])) < 1e-12)
  }

  /// The slope is found, and rounding takes no part in it.
  @Test func ordersAreSlopesAboveRounding() throws {
    var distances = FlowDistances()
    for i in 0..<12 {
      let tau = exp2(-Double(i))
      distances.append([tau, 3 * tau, 0, 1e-5], tau: tau)
    }
    #expect(FlowDistances.floor == 0x1p-10)
    let means = distances.means
    #expect(means.count == 12)
    #expect(abs(means[0].distance - 4.00001 / 4) < 1e-12)
    #expect(distances.medians[0].distance == 1e-5)
    #expect(abs(try #require(FlowDistances.order(means)) - 1) < 0.01)
    #expect(FlowDistances.order(distances.medians) == nil)
    let halves = (0..<12).map {
      (tau: exp2(-Double($0)), distance: max(exp2(-0.5 * Double($0)) / 8, 1e-3 / 2))
    }
    #expect(abs(try #require(FlowDistances.order(halves)) - 0.5) < 1e-9)
    let low = (0..<12).map { i in (tau: exp2(-Double(i)), distance: i < 2 ? 0.1 : 1e-4) }
    #expect(FlowDistances.order(low) == nil)
    #expect(distances.apart(by: exp2(-11) * 2) == 1 && distances.apart(by: 0) == 3)
  }
}
