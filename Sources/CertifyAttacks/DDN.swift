import CertifyThreat
import Foundation

/// Decoupled direction and norm, for ℓ₂ (Rony et al. 2019, arXiv 1811.09600).
///
/// δ ← δ + α g/‖g‖₂ with the gradient g of the cross-entropy, α from 1 to .01 along a cosine; then δ is scaled to
/// the length ε, which shrinks by 5 % after a point that flips and grows by 5 % after one that does not. The
/// nearest rival classes are rows of one batch. When witnesses are known already, as in a portfolio, the classes are
/// those of the two nearest where the data lie on a grid, and where they are real there are none: the descents of
/// ``BoundarySearch`` end where these would, or nearer.
struct DDN: SmallestNormAttack {
  static let name = "ddn"
  private static let gamma = 0.05
  /// Rival classes tried, besides all together.
  private static let targets = 3

  var parameters: AttackParameters

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    guard oracle.nearest == nil || oracle.neighbourhood.isGrid,
      let targets = try oracle.rivals(atMost: Self.targets, attack: Self.name)
    else { return }
    let losses = [AttackLoss.crossEntropy] + targets.map { .targeted($0.label) }
    let x = oracle.input.point
    let points = PointStore(count: losses.count, dimension: oracle.dimension)
    for index in losses.indices { oracle.neighbourhood.copyInput(to: points[index]) }
    let first = targets[0].distance
    var lengths = losses.map { _ in first.isFinite ? min(1, 2 * first) : 1 }
    for k in 0..<parameters.steps {
      let alpha = 0.01 + 0.99 * (1 + cos(.pi * Double(k) / Double(parameters.steps))) / 2
      let answered = try oracle.ask(
        points, Array(losses.indices), attack: Self.name, loss: { losses[$0] },
        visit: { index, answer in
          lengths[index] *= answer.flips ? 1 - Self.gamma : 1 + Self.gamma
          let point = points[index]
          FMN.step(point, along: answer.gradient, length: min(alpha, lengths[index]))
          Self.scale(point, around: x, to: lengths[index])
          oracle.neighbourhood.clip(point)
        })
      guard answered else { return }
    }
    try oracle.shrinkNearest(attack: Self.name)
  }

  private static func scale(_ point: UnsafeMutableBufferPointer<Float>, around x: [Float], to length: Double)
  {
    let size = x.withUnsafeBufferPointer { Norm.l2.distance(UnsafeBufferPointer(point), $0) }
    guard size > 0 else { return }
    let factor = Float(length / size)
    for i in point.indices { point[i] = x[i] + factor * (point[i] - x[i]) }
  }
}
