import CertifyThreat

/// The targeted fast adaptive boundary attack, FAB-T (Croce & Hein 2020, arXiv 1907.02044).
///
/// u ← (1 − α)(u + η d_u) + α(x + η d_x), with d_u and d_x the steps from u and from x to the linearised boundary
/// of one rival class, in the box, and α = min(‖d_u‖/(‖d_u‖ + ‖d_x‖), .1), η = 1.05. A point that flips is moved
/// back to x + .9(u − x). The rival classes are rows of one batch; the nearest point is shrunk at the end.
struct FAB: SmallestNormAttack {
  static let name = "fab"
  private static let largestBias = 0.1
  private static let overshoot = 1.05
  private static let backStep: Float = 0.9

  var parameters: AttackParameters

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    try run(on: oracle, until: 0)
  }

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    try run(on: oracle, until: epsilon)
  }

  /// Stops as soon as a point within `epsilon` flips.
  private func run(on oracle: Oracle, until epsilon: Double) throws {
    guard let start = try InputGradients(oracle: oracle, limit: 9, attack: Self.name) else { return }
    let targets = start.targets.map(\.label)
    let points = PointStore(count: targets.count, dimension: oracle.dimension)
    for index in targets.indices { oracle.neighbourhood.copyInput(to: points[index]) }
    var stepper = FABStep(oracle: oracle)
    for _ in 0..<parameters.steps {
      let answered = try oracle.ask(
        points, Array(targets.indices), attack: Self.name, loss: { .targeted(targets[$0]) },
        visit: { index, answer in
          let margin = AttackLoss.targeted(targets[index]).value(
            logits: answer.logits, label: oracle.input.label)
          stepper.advance(
            points[index], answer, margin: margin, bias: Self.largestBias, overshoot: Self.overshoot,
            backStep: Self.backStep)
        })
      guard answered else { return }
      if let best = oracle.bestDistance, AttackGoal.isWithin(best, epsilon: epsilon) { return }
    }
    try oracle.shrinkNearest(attack: Self.name)
  }
}

/// One step of FAB, with the memory it needs.
private struct FABStep {
  let oracle: Oracle
  private var projection: HalfSpaceProjection
  private let buffers: PointStore

  init(oracle: Oracle) {
    self.oracle = oracle
    projection = oracle.neighbourhood.halfSpaceProjection()
    buffers = PointStore(count: 3, dimension: oracle.dimension)
  }

  mutating func advance(
    _ next: UnsafeMutableBufferPointer<Float>, _ answer: Oracle.Answer, margin: Double, bias: Double,
    overshoot: Double, backStep: Float
  ) {
    let (current, towards, descent) = (buffers[0], buffers[1], buffers[2])
    let (x, g) = (oracle.input.point, answer.gradient)
    x.withUnsafeBufferPointer { x in
      _ = current.update(fromContentsOf: answer.point)
      let isPast = margin > 0
      if isPast { for i in x.indices { current[i] = x[i] + backStep * (current[i] - x[i]) } }
      // The margin at the point moved back, by the linear model.
      var (moved, gained) = (margin, 0.0)
      for i in x.indices where g[i].isFinite {
        moved += Double(g[i]) * (Double(current[i]) - Double(answer.point[i]))
        gained += Double(g[i]) * (Double(current[i]) - Double(x[i]))
      }
      let start = UnsafeBufferPointer(current)
      let own: Double?
      if moved > 0 {
        for i in x.indices { descent[i] = -g[i] }
        own = projection.project(
          start, gradient: UnsafeBufferPointer(descent), gain: moved, stretch: overshoot, into: next)
      } else {
        own = projection.project(start, gradient: g, gain: -moved, stretch: overshoot, into: next)
      }
      let far = projection.project(x, gradient: g, gain: gained - moved, stretch: overshoot, into: towards)
      guard let own, let far, own + far > 0 else { return }
      let alpha = Float(min(own / (own + far), bias))
      for i in x.indices { next[i] += alpha * (towards[i] - next[i]) }
    }
  }
}
