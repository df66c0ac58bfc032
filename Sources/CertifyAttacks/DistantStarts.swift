import CertifyThreat

/// Starts of walks far behind the boundary, along the gradients of several classes.
///
/// u₀ = x and u ← clip(u + h sign ∇(z_t − z_y)(u)), twice, for the classes t of the nearest witnesses, with h such
/// that u ends at most 8 times as far from x in ℓ₂ as the nearest witness. Near x a gradient names the coordinates
/// that matter there, and every walk that starts at x or at a witness keeps to them. A sign step moves all
/// coordinates alike, so that gradients far out decide which of them a walk back to the boundary keeps. The first
/// steps of attacks that bring the distance in by a multiplier go as far: primal-dual proximal gradient descent
/// (Matyasko & Chau 2021, arXiv 2106.01538) and the augmented Lagrangian method (Rony et al. 2021, arXiv 2011.11857).
struct DistantStarts {
  /// Classes aimed at.
  private static let classes = 3
  private static let steps = 2
  /// The largest ‖u − x‖₂ over that of the nearest witness.
  private static let reach = 8.0

  /// Makes tracks at such points, one a class that a witness is known of.
  ///
  /// - Parameter metric: The norm in which the walk goes.
  /// - Returns: `nil` when nothing is known, or the budget or the lack of gradients ended it.
  static func walk(_ oracle: Oracle, metric: Norm) throws -> BoundaryWalk? {
    let witnesses = oracle.nearestOfEachClass.prefix(classes)
    guard let nearest = witnesses.first else { return nil }
    let x = oracle.input.point
    let length = Norm.l2.distance(nearest.point, x) * reach / Double(steps)
    let step = Float(length / Double(oracle.dimension).squareRoot())
    let targets = witnesses.map(\.decided)
    let points = PointStore(count: targets.count, dimension: oracle.dimension)
    for index in targets.indices { points.set(index, to: x) }
    for _ in 0..<steps {
      let answered = try oracle.ask(
        points, Array(targets.indices), attack: BoundaryWalk.name, loss: { .targeted(targets[$0]) },
        visit: { index, answer in
          let point = points[index]
          for i in point.indices where answer.gradient[i] != 0 && answer.gradient[i].isFinite {
            point[i] += answer.gradient[i] > 0 ? step : -step
          }
          oracle.neighbourhood.clip(point)
        })
      guard answered else { return nil }
    }
    let walk = BoundaryWalk(oracle: oracle, capacity: targets.count, metric: metric)
    for (index, target) in targets.enumerated() {
      _ = walk.add(target: target, at: UnsafeBufferPointer(points[index]))
    }
    return walk
  }
}
