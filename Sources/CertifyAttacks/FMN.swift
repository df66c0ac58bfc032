import CertifyThreat
import Foundation

/// The fast minimum-norm attack (Pintor et al. 2021, arXiv 2102.12827).
///
/// δ ← projection on to ball(ε) ∩ box of δ + α g/‖g‖₂ with the gradient g of a margin; ε ← min(ε(1 − γ), best) at a
/// point that flips, ε(1 + γ) at one that does not when an earlier one did, and the linearised distance
/// ‖δ‖_p + |m|/‖g‖_q, stretched by 1 + γ, until one does. α and γ fall along a cosine, from 1 to .01 and from .05 to
/// .001; α is in units of ε, for ℓ₁ and ℓ∞ of ε√d, or of 1 when that is larger. The nearest rival classes are
/// rows of one batch; when witnesses are known already, as in a portfolio, those of the two nearest, for ℓ∞ that of the
/// nearest, and for ℓ₁, where walks from afar look at several classes, none but the largest. In ℓ∞ and on real data it
/// then ends with a ``CubeDescent`` from the nearest witness.
struct FMN: SmallestNormAttack {
  static let name = "fmn"
  /// Rival classes tried, besides the largest one.
  private static let targets = 3

  var parameters: AttackParameters

  private struct Run {
    var loss: AttackLoss
    var epsilon = Double.infinity
    var best = Double.infinity
  }

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    let isFirst = oracle.nearest == nil
    try descend(on: oracle)
    guard !isFirst, oracle.threat.norm == .linf, !oracle.neighbourhood.isGrid else { return }
    _ = try CubeDescent.last.run(oracle)
  }

  private func descend(on oracle: Oracle) throws {
    let known = [.l1: 0, .l2: 2, .linf: 1][oracle.threat.norm] ?? 0
    guard let targets = try oracle.rivals(atMost: Self.targets, known: known, attack: Self.name) else {
      return
    }
    var runs = [Run(loss: .margin)] + targets.map { Run(loss: .targeted($0.label)) }
    let points = PointStore(count: runs.count, dimension: oracle.dimension)
    for index in runs.indices { oracle.neighbourhood.copyInput(to: points[index]) }
    var set = try oracle.neighbourhood.feasibleSet()
    let label = oracle.input.label
    let side = Double(oracle.dimension).squareRoot()
    for k in 0..<parameters.steps {
      let wave = (1 + cos(.pi * Double(k) / Double(parameters.steps))) / 2
      let (alpha, gamma) = (0.01 + 0.99 * wave, 0.001 + 0.049 * wave)
      let answered = try oracle.ask(
        points, Array(runs.indices), attack: Self.name, loss: { runs[$0].loss },
        visit: { index, answer in
          update(&runs[index], answer, gamma: gamma, oracle: oracle, label: label)
          let reach = runs[index].epsilon * (oracle.threat.norm == .l2 ? 1 : side)
          Self.step(points[index], along: answer.gradient, length: alpha * min(1, reach))
          try set.setRadius(runs[index].epsilon)
          set.project(points[index])
        })
      guard answered else { return }
    }
    try oracle.shrinkNearest(attack: Self.name)
  }

  private func update(_ run: inout Run, _ answer: Oracle.Answer, gamma: Double, oracle: Oracle, label: Int) {
    let distance = oracle.neighbourhood.distance(to: answer.point)
    if answer.flips {
      run.best = min(run.best, distance)
      run.epsilon = min(run.epsilon * (1 - gamma), run.best)
    } else if run.best < .infinity {
      run.epsilon *= 1 + gamma
    } else {
      let slope = oracle.threat.norm.dual.length(of: answer.gradient)
      let margin = abs(run.loss.value(logits: answer.logits, label: label))
      run.epsilon = slope > 0 ? (distance + margin / slope) * (1 + gamma) : oracle.neighbourhood.farthest
    }
    run.epsilon = min(run.epsilon, oracle.neighbourhood.farthest)
  }

  /// point += length · g/‖g‖₂.
  static func step(
    _ point: UnsafeMutableBufferPointer<Float>, along gradient: UnsafeBufferPointer<Float>, length: Double
  ) {
    let size = Norm.l2.length(of: gradient)
    guard size > 0, size.isFinite else { return }
    let scale = Float(length / size)
    for i in point.indices { point[i] += scale * gradient[i] }
  }
}
