import CertifyThreat
import Foundation

/// The fast minimum-norm attack for ℓ₀ (Pintor et al. 2021, arXiv 2102.12827), and a local search from what it finds.
///
/// δ ← the k largest coordinates of δ + α g/‖g‖₂ cut off by the box, with the gradient g of a margin, k ← min(k − 1,
/// ⌊k(1 − γ)⌋, best) at a point that flips and max(k + 1, ⌊k(1 + γ)⌋) at one that does not, from k = 1; α and γ fall
/// along a cosine, from 1 to .01 and from .05 to .001, α in units of the widest feature. The nearest rival classes are
/// rows of one batch. Then ``SupportSearch`` exchanges features; every restart gives a random half of the best witness's
/// features back and goes on from there for a fifth of the steps.
struct SparseFMN: SmallestNormAttack {
  static let name = "fmn"
  /// Rival classes tried, besides the largest one.
  private static let targets = 3

  var parameters: AttackParameters

  private struct Run {
    var loss: AttackLoss
    var count: Int
    var best = Int.max
  }

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    guard let targets = try oracle.rivals(atMost: Self.targets, attack: Self.name) else { return }
    let losses = [.margin] + targets.map { AttackLoss.targeted($0.label) }
    let points = PointStore(count: losses.count, dimension: oracle.dimension)
    for index in losses.indices { oracle.neighbourhood.copyInput(to: points[index]) }
    try descend(points, losses.map { Run(loss: $0, count: 1) }, steps: parameters.steps, oracle)
    let search = SupportSearch(oracle: oracle, attack: Self.name)
    try search.run()
    for _ in 0..<parameters.restarts {
      guard let nearest = oracle.nearest, nearest.distance > 1, oracle.remaining > losses.count else {
        return
      }
      let changed = oracle.changedFeatures(of: nearest.point)
      for index in losses.indices {
        let half = changed.filter { _ in Bool.random(using: &generator) }
        points.set(index, to: oracle.restoring(half, of: nearest.point))
      }
      let runs = losses.map { Run(loss: $0, count: changed.count - 1) }
      try descend(points, runs, steps: max(parameters.steps / 5, 1), oracle)
      try search.run()
    }
  }

  private func descend(_ points: PointStore, _ start: [Run], steps: Int, _ oracle: Oracle) throws {
    var runs = start
    let neighbourhood = oracle.neighbourhood
    let width = neighbourhood.widest
    for k in 0..<steps {
      let wave = (1 + cos(.pi * Double(k) / Double(steps))) / 2
      let (alpha, gamma) = (0.01 + 0.99 * wave, 0.001 + 0.049 * wave)
      let answered = try oracle.ask(
        points, Array(runs.indices), attack: Self.name, loss: { runs[$0].loss },
        visit: { index, answer in
          Self.update(&runs[index], answer, gamma: gamma, oracle)
          var gradient = Array(answer.gradient)
          gradient.withUnsafeMutableBufferPointer {
            neighbourhood.removeBlocked($0, at: UnsafeBufferPointer(points[index]))
          }
          gradient.withUnsafeBufferPointer {
            FMN.step(points[index], along: $0, length: alpha * width)
          }
          neighbourhood.clip(points[index])
          neighbourhood.keepLargest(runs[index].count, of: points[index])
        })
      guard answered else { return }
    }
  }

  private static func update(_ run: inout Run, _ answer: Oracle.Answer, gamma: Double, _ oracle: Oracle) {
    if answer.flips {
      let x = oracle.input.point
      run.best = min(run.best, x.indices.count { answer.point[$0] != x[$0] })
      run.count = min(run.count - 1, Int(Double(run.count) * (1 - gamma)), run.best)
    } else {
      run.count = max(run.count + 1, Int(Double(run.count) * (1 + gamma)))
    }
    run.count = min(max(run.count, 1), oracle.dimension)
  }
}

extension Neighbourhood {
  /// The widest interval of a feature, 1 where none is bounded.
  var widest: Double {
    let widths = lower.indices.map { Double(upper[$0]) - Double(lower[$0]) }
    return widths.filter(\.isFinite).max().flatMap { $0 > 0 ? $0 : nil } ?? 1
  }

  /// Moves every coordinate back to x except the `count` that are farthest from it; of equally far ones the first stay.
  func keepLargest(_ count: Int, of point: UnsafeMutableBufferPointer<Float>) {
    guard count < point.count else { return }
    let sizes = point.indices.map { abs(point[$0] - x[$0]) }
    let least = sizes.sorted(by: >)[count]
    var left = count - sizes.count { $0 > least }
    for i in point.indices where sizes[i] <= least {
      if sizes[i] == least, left > 0 {
        left -= 1
      } else {
        point[i] = x[i]
      }
    }
  }
}
