import CertifyThreat
import Foundation

/// A walk along the decision boundary towards x: iterated exact projections on to the linearised boundary.
///
/// At a point u with margin m = z_t − z_y and gradient g the boundary looks like the half-space
/// H = { v : m + g·(v − u) ≥ 0 }. With a the point of H ∩ box nearest to x and b the one nearest to u (or, when u
/// already flips, where the segment from u to x leaves H), the next point is (1 − β)b + βa: b brings the walk
/// back to the boundary, a is where the boundary comes nearest to x if the linear model holds. β falls over
/// the steps, which averages the linear models on both sides of a kink. Both displacements are stretched a
/// little, so that points flip; the stretch grows while they do not and shrinks while they do.
///
/// The projections are those of FAB (Croce & Hein 2020, arXiv 1907.02044); β and the stretch are scheduled
/// instead of fixed, and there is no step back towards x, as the segment is used from a flipping point.
///
/// For ℓ₁ a is a corner of the box in all coordinates but one, far from where the linear model holds. There the
/// walk comes to the boundary in ℓ₂, and its last steps are those of ``ProximalHalfSpace``, which trade the distance
/// from x for that from u, as the trust region of Brendel & Bethge (2019, arXiv 1907.01003) does.
/// Each track has its own target class t; tracks are rows of one batch.
final class BoundaryWalk {
  static let name = "boundary-walk"

  /// One walk.
  struct Track {
    /// t.
    var target: Int
    /// By how much displacements are stretched, minus 1.
    var excess = 0.02
    /// ‖·−x‖ in the walk's metric of the nearest point of this track that flipped.
    var best = Double.infinity
    /// The linearised distance of the boundary at the last point: below `best` when there is still to gain.
    var promise = 0.0
    /// ‖·−x‖_∞ of where the track was last sent: the scale of proximal steps.
    var span = 0.0
  }

  /// How a step goes on from the linear model.
  enum Rule {
    /// To (1 − β)b + βa.
    case averaged(Double)
    /// To the proximal point with r this part of the track's span.
    case proximal(Double)
  }

  /// Some steps over which β, or r, falls geometrically.
  struct Stage {
    var steps: Int
    var first: Double
    var last: Double

    func value(_ step: Int) -> Double { first * pow(last / first, Double(step) / Double(max(steps - 1, 1))) }
  }

  let oracle: Oracle
  let attack: String
  /// The norm of the averaged projections and of what tracks remember.
  let metric: Norm
  private(set) var tracks: [Track] = []
  private let points: PointStore
  /// Where each track last flipped at its best.
  private let nearest: PointStore
  private var projection: HalfSpaceProjection
  private var proximal: ProximalHalfSpace
  private let towardsInput: PointStore

  /// Makes room for `capacity` tracks.
  ///
  /// - Parameter metric: The norm in which the walk goes, that of the threat model without it.
  init(oracle: Oracle, capacity: Int, metric: Norm? = nil, attack: String = BoundaryWalk.name) {
    self.oracle = oracle
    self.attack = attack
    self.metric = metric ?? oracle.threat.norm
    points = PointStore(count: capacity, dimension: oracle.dimension)
    nearest = PointStore(count: capacity, dimension: oracle.dimension)
    towardsInput = PointStore(count: 1, dimension: oracle.dimension)
    projection = oracle.neighbourhood.halfSpaceProjection(self.metric)
    proximal = ProximalHalfSpace(box: oracle.neighbourhood.box, dimension: oracle.dimension)
  }

  /// Starts a track at a point and returns its number, or `nil` when there is no room.
  func add(target: Int, at start: UnsafeBufferPointer<Float>) -> Int? {
    guard tracks.count < points.count else { return nil }
    tracks.append(Track(target: target))
    move(tracks.count - 1, to: start)
    return tracks.count - 1
  }

  /// Sends a track to another point, with another target if that is given.
  func move(_ index: Int, to point: UnsafeBufferPointer<Float>, target: Int? = nil) {
    points.set(index, to: point)
    tracks[index] = Track(target: target ?? tracks[index].target)
    tracks[index].span = oracle.neighbourhood.x.withUnsafeBufferPointer { Norm.linf.distance(point, $0) }
  }

  /// The current point of a track.
  func point(_ index: Int) -> UnsafeMutableBufferPointer<Float> { points[index] }

  /// The nearest flipping point of a track; meaningful when its `best` is finite.
  func nearest(_ index: Int) -> UnsafeBufferPointer<Float> { UnsafeBufferPointer(nearest[index]) }

  /// Takes `steps` steps with some tracks.
  ///
  /// - Returns: `false` when the budget ended it.
  func run(_ indices: [Int], steps: Int, rule: (_ step: Int) -> Rule) throws -> Bool {
    guard !indices.isEmpty else { return true }
    for step in 0..<steps {
      let rule = rule(step)
      let answered = try oracle.ask(
        points, indices, attack: attack, loss: { .targeted(tracks[$0].target) },
        visit: { advance($0, $1, rule) })
      guard answered else { return false }
    }
    return true
  }

  private func advance(_ index: Int, _ answer: Oracle.Answer, _ rule: Rule) {
    let label = oracle.input.label
    let margin =
      Double(answer.logits[tracks[index].target]) - Double(answer.logits[label])
    if answer.flips {
      let distance = oracle.neighbourhood.x.withUnsafeBufferPointer { metric.distance(answer.point, $0) }
      if distance < tracks[index].best {
        tracks[index].best = distance
        nearest.set(index, to: answer.point)
      }
    }
    tracks[index].excess = Self.stretched(tracks[index].excess, isPast: margin > 0)
    step(index, answer, margin: margin, rule)
  }

  /// By how much to stretch displacements after a point that is past the boundary, or is not.
  static func stretched(_ excess: Double, isPast: Bool) -> Double {
    isPast ? max(excess * 0.7, 1e-3) : min(excess * 1.3, 0.3)
  }

  private func step(_ index: Int, _ answer: Oracle.Answer, margin: Double, _ rule: Rule) {
    let (u, g) = (answer.point, answer.gradient)
    let next = points[index]
    let stretch = 1 + tracks[index].excess
    oracle.neighbourhood.x.withUnsafeBufferPointer { x in
      var gained = 0.0
      for i in u.indices where g[i].isFinite { gained += Double(g[i]) * (Double(u[i]) - Double(x[i])) }
      switch rule {
      case .proximal(let part):
        proximal.step(
          x, from: u, gradient: g, gain: gained - margin, reach: part * tracks[index].span, stretch: stretch,
          into: next)
      case .averaged(let pull):
        let aim = towardsInput[0]
        let distance = projection.project(x, gradient: g, gain: gained - margin, stretch: stretch, into: aim)
        tracks[index].promise = distance ?? .infinity
        if margin > 0 {
          let part = gained > 0 ? Float(min(margin / gained, 0.5) / stretch) : 0
          for i in u.indices { next[i] = u[i] + part * (x[i] - u[i]) }
        } else {
          projection.project(u, gradient: g, gain: -margin, stretch: stretch, into: next)
        }
        // When the linear model says that x itself is past the boundary, it is of no use that far away.
        guard gained > margin, distance != nil else { return }
        let pull = Float(pull)
        for i in u.indices { next[i] += pull * (aim[i] - next[i]) }
      }
    }
  }
}
