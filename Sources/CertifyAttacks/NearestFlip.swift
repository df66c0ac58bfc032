import CertifyThreat

/// The nearest point of a path that flips.
struct NearestFlip {
  /// The norm of the distance from x, which need not be that of the threat model.
  let metric: Norm
  private(set) var point: [Float] = []
  private(set) var distance = Double.infinity
  /// The class that the point is given.
  private(set) var decided = 0

  init(metric: Norm) { self.metric = metric }

  /// Keeps a point that flips when it is nearer than those before.
  mutating func remember(_ answer: Oracle.Answer, _ oracle: Oracle) {
    guard answer.flips else { return }
    let distance = oracle.input.point.withUnsafeBufferPointer { metric.distance(answer.point, $0) }
    guard distance < self.distance else { return }
    self.distance = distance
    point = Array(answer.point)
    decided = AttackLoss.rival(of: oracle.input.label, in: answer.logits)
  }

  /// A walk that starts at the point; without tracks when none flipped.
  func walk(_ oracle: Oracle) -> BoundaryWalk {
    let walk = BoundaryWalk(oracle: oracle, capacity: 1, metric: metric)
    if distance.isFinite { point.withUnsafeBufferPointer { _ = walk.add(target: decided, at: $0) } }
    return walk
  }
}
