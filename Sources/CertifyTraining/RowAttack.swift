import CertifyAttacks
import CertifyThreat

/// Projected gradient ascent on all rows of a batch at once (Madry et al. 2018, arXiv 1706.06083):
/// u ← projection onto ball(x, ε) ∩ box of u + the Hölder step of length α along the gradient at u.
final class RowAttack {
  private var sets: [FeasibleSet]
  private let rows: NetworkRows
  private let step: UnsafeMutableBufferPointer<Float>
  private let norm: Norm
  let draws: Draws
  let purpose: Draws.Purpose

  init(
    _ rows: NetworkRows, capacity: Int, threat: ThreatSetting, draws: Draws, purpose: Draws.Purpose = .start
  ) {
    self.rows = rows
    self.draws = draws
    self.purpose = purpose
    norm = threat.norm
    let set = FeasibleSet(norm: threat.norm, bounds: threat.bounds, dimension: rows.dimension)
    sets = Array(repeating: set, count: capacity)
    step = .allocate(capacity: rows.dimension)
    step.initialize(repeating: 0)
  }

  deinit { step.deallocate() }

  /// Moves the balls to the inputs of a part.
  func move(to part: BatchPart, epsilon: Double) throws {
    for row in 0..<part.count {
      try sets[row].move(to: Array(part.data.point(part.index(row))), radius: epsilon)
    }
  }

  /// A random point of ball ∩ box of row `row`; it depends on the input and the epoch alone.
  func randomStart(_ row: Int, _ part: BatchPart, into point: UnsafeMutableBufferPointer<Float>) {
    var generator = draws.generator(purpose, epoch: part.epoch, index: part.index(row))
    sets[row].randomPoint(into: point, using: &generator)
  }

  /// Moves a point along a gradient, back into ball ∩ box of row `row`.
  func ascend(
    _ row: Int, _ point: UnsafeMutableBufferPointer<Float>, along gradient: UnsafeBufferPointer<Float>,
    length: Double
  ) {
    norm.steepestStep(along: gradient, radius: length, into: step)
    for i in point.indices { point[i] += step[i] }
    sets[row].project(point)
  }

  /// Moves a point back into ball ∩ box of row `row`.
  func project(_ row: Int, _ point: UnsafeMutableBufferPointer<Float>) { sets[row].project(point) }

  /// Attacks cross-entropy from random starts; the points are left in the network's rows.
  func run(_ part: BatchPart, steps: Int, length: Double) throws {
    for row in 0..<part.count { randomStart(row, part, into: rows.row(row)) }
    for _ in 0..<steps {
      try rows.classifier.forward(count: part.count)
      _ = rows.crossEntropy(count: part.count, scale: 1) { part.label($0) }
      try rows.classifier.backward(count: part.count)
      for row in 0..<part.count {
        ascend(row, rows.row(row), along: rows.inputGradient(row), length: length)
      }
    }
  }
}
