import CertifyThreat

/// Descent along the decision boundary in ℓ∞, within cubes around x that shrink.
///
/// From u with margin m = z_t − z_y and gradient g the next point is the one nearest to u in ℓ₂ of
/// { v : m + g·(v − u) ≥ 0 } ∩ { v : ‖v − x‖_∞ ≤ ε } ∩ box; its displacement from u, first moved into the cube, is
/// stretched a little, so that points flip. ε ← (1 − γ) min(ε, ‖u − x‖_∞) when u flips and
/// ε ← min((1 + γ) ε, (1 − γ/10) best) when it does not, and γ falls geometrically.
///
/// The ℓ∞-nearest point of a half-space moves every coordinate alike and forgets what other linear models asked for. Here
/// coordinates that lie within the cube move no more than the one at hand asks for, so that steps
/// in turn come to satisfy those on all sides of a kink: alternating projections on to convex sets (Bregman 1965).
/// ε is led as in the fast minimum-norm attack (Pintor et al. 2021, arXiv 2102.12827), which steps along g by a length
/// of its own instead.
struct CubeDescent {
  /// γ over the steps.
  let widths: BoundaryWalk.Stage
  /// Classes, those of the nearest witnesses, whose boundaries are followed.
  let classes: Int
  /// How much farther than the nearest a witness may be to be started from.
  let kept: Double

  /// From the nearest witness, when nothing else follows.
  static let last = CubeDescent(
    widths: .init(steps: 80, first: 0.03, last: 0.0005), classes: 1, kept: 1)

  /// A path along the boundary of one class.
  private struct Path {
    let target: Int
    var best: Double
    var epsilon: Double
    /// By how much displacements are stretched, minus 1.
    var excess = 0.02

    /// Leads ε and the stretch after a point.
    mutating func learn(flips: Bool, margin: Double, distance: Double, width: Double) {
      if flips {
        best = min(best, distance)
        epsilon = min(epsilon, distance) * (1 - width)
      } else {
        epsilon = min(epsilon * (1 + width), best * (1 - width / 10))
      }
      excess = BoundaryWalk.stretched(excess, isPast: margin > 0)
    }
  }

  /// Descends from the nearest witness of each class.
  ///
  /// - Returns: `false` when the budget or the lack of gradients ended it.
  func run(_ oracle: Oracle) throws -> Bool {
    let limit = kept * (oracle.bestDistance ?? .infinity)
    let witnesses = oracle.nearestOfEachClass.prefix(classes).filter { $0.distance <= limit }
    let points = PointStore(count: witnesses.count, dimension: oracle.dimension)
    var paths: [Path] = []
    for (index, witness) in witnesses.enumerated() {
      points.set(index, to: witness.point)
      let epsilon = witness.distance * (1 - widths.first)
      paths.append(Path(target: witness.decided, best: witness.distance, epsilon: epsilon))
    }
    for step in 0..<widths.steps {
      let width = widths.value(step)
      let answered = try oracle.ask(
        points, Array(paths.indices), attack: BoundaryWalk.name, loss: { .targeted(paths[$0].target) },
        visit: { index, answer in
          let loss = AttackLoss.targeted(paths[index].target)
          let margin = loss.value(logits: answer.logits, label: oracle.input.label)
          let distance = oracle.neighbourhood.distance(to: answer.point)
          paths[index].learn(flips: answer.flips, margin: margin, distance: distance, width: width)
          advance(points[index], answer, margin: margin, paths[index], oracle.neighbourhood)
        })
      guard answered else { return false }
    }
    return true
  }

  private func advance(
    _ next: UnsafeMutableBufferPointer<Float>, _ answer: Oracle.Answer, margin: Double, _ path: Path,
    _ neighbourhood: Neighbourhood
  ) {
    let cube = neighbourhood.cube(path.epsilon)
    var start = Array(answer.point)
    var left = margin
    for i in start.indices {
      start[i] = min(max(start[i], cube.lower[i]), cube.upper[i])
      let slope = answer.gradient[i]
      if slope.isFinite { left += Double(slope) * (Double(start[i]) - Double(answer.point[i])) }
    }
    var projection = HalfSpaceProjection(norm: .l2, box: cube, dimension: start.count)
    start.withUnsafeBufferPointer { start in
      _ = projection.project(
        start, gradient: answer.gradient, gain: -left, stretch: 1 + path.excess, into: next)
    }
  }
}

extension Neighbourhood {
  /// The box within { v : ‖v − x‖_∞ ≤ radius }.
  fileprivate func cube(_ radius: Double) -> Box {
    let radius = Float(radius)
    return Box(
      lower: x.indices.map { max(lower[$0], x[$0] - radius) },
      upper: x.indices.map { min(upper[$0], x[$0] + radius) })
  }
}
