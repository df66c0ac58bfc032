import CertifyThreat
import Foundation

/// Descent on an augmented Lagrangian of the smallest perturbation, from x or from a witness, on the way to a start of a
/// walk.
///
/// L(u) = ‖u − x‖/D + P(c(u); μ) with the constraint c < 0 of a point that flips: c is minus the
/// ``AttackLoss/differenceOfLogitsRatio``, D the distance of the nearest witness, P(c; μ) = μc + μc² + c³/6 for c ≥ 0
/// and μc/(1 − c) below, and the multiplier μ ← .9μ + .1 P′(c; μ). Each coordinate goes against the sum of the slopes
/// so far, each weighted by .9 for every step since, divided by their root mean square; its length is
/// `rate` · ‖w − x‖₂/√d, falls by a hundred from the first point that flips to the last step, and lets the path swing far
/// past the boundary before it settles: places are found to which no short step leads.
///
/// The method is ALMA (Rony et al. 2021, arXiv 2011.11857) with one penalty parameter, ρ = 1, and steps in units of the
/// nearest witness instead of the input's; mean squares begin with the largest slope at the first point, so that the
/// first steps go along the gradient.
struct LagrangianDescent {
  /// Queries that a descent costs.
  let steps: Int
  /// The length of a step of a coordinate, over the root mean square of the nearest witness's.
  let rate: Double
  /// Whether it begins at the nearest witness instead of x.
  var fromWitness = false

  /// Descends, and starts a walk at the nearest point that flipped.
  ///
  /// - Parameter metric: The norm that is made small, ℓ₁ or ℓ₂, and that of the walk.
  /// - Returns: A walk without tracks when no point flipped; `nil` when nothing is known, or the budget or the lack of
  ///   gradients ended it.
  func walk(_ oracle: Oracle, metric: Norm) throws -> BoundaryWalk? {
    guard let nearest = oracle.nearest else { return nil }
    var path = LagrangianPath(oracle, metric: metric, steps: steps, rate: rate, witness: nearest.point)
    guard try path.run(from: fromWitness ? nearest.point : oracle.input.point) else { return nil }
    return path.nearest.walk(oracle)
  }
}

/// What a descent remembers from step to step.
private struct LagrangianPath {
  private static let loss = AttackLoss.differenceOfLogitsRatio
  private static let memory = 0.9
  private static let lastRate = 0.01

  private let oracle: Oracle
  private(set) var nearest: NearestFlip
  /// ‖w − x‖ of the nearest witness w.
  private let scale: Double
  private let steps: Int
  private let rate: Double
  private var multiplier = 1.0
  private var firstFlip: Int?
  private var slope: [Float]
  private var squares: [Float]
  private var momentum: [Float]

  init(_ oracle: Oracle, metric: Norm, steps: Int, rate: Double, witness: [Float]) {
    let x = oracle.input.point
    self.oracle = oracle
    nearest = NearestFlip(metric: metric)
    self.steps = steps
    scale = max(metric.distance(witness, x), .leastNormalMagnitude)
    self.rate = rate * Norm.l2.distance(witness, x) / Double(x.count).squareRoot()
    slope = [Float](repeating: 0, count: x.count)
    (squares, momentum) = (slope, slope)
  }

  /// - Returns: `false` when the budget or the lack of gradients ended it.
  mutating func run(from start: [Float]) throws -> Bool {
    let points = PointStore(count: 1, dimension: oracle.dimension)
    points.set(0, to: start)
    for step in 0..<steps {
      let answered = try oracle.ask(
        points, [0], attack: BoundaryWalk.name, loss: { _ in Self.loss },
        visit: { _, answer in
          remember(answer, step)
          findSlope(answer, isFirst: step == 0)
          advance(points[0], from: answer.point, step)
        })
      guard answered else { return false }
    }
    return true
  }

  private mutating func remember(_ answer: Oracle.Answer, _ step: Int) {
    if answer.flips { firstFlip = firstFlip ?? step }
    nearest.remember(answer, oracle)
  }

  /// slope = ∇L at a point; at x the length has none.
  private mutating func findSlope(_ answer: Oracle.Answer, isFirst: Bool) {
    let x = oracle.input.point
    let constraint = -Self.loss.value(logits: answer.logits, label: oracle.input.label)
    if !isFirst {
      let price = Self.price(constraint, multiplier)
      multiplier = min(max(Self.memory * multiplier + (1 - Self.memory) * price, 1e-6), 1e12)
    }
    // Gradients of the ratio come multiplied by its denominator.
    let weight = Float(Self.price(constraint, multiplier) / Self.loss.denominator(logits: answer.logits))
    let metric = nearest.metric
    let distance = x.withUnsafeBufferPointer { metric.distance(answer.point, $0) }
    let outward = Float(1 / (scale * (metric == .l2 ? distance : 1)))
    for i in slope.indices {
      let moved = answer.point[i] - x[i]
      let length = moved == 0 ? 0 : metric == .l2 ? outward * moved : moved > 0 ? outward : -outward
      let value = length - weight * answer.gradient[i]
      slope[i] = value.isFinite ? value : 0
    }
    guard isFirst else { return }
    let largest = slope.reduce(0) { max($0, abs($1)) }
    for i in squares.indices { squares[i] = largest * largest }
  }

  /// P′(c; μ).
  private static func price(_ constraint: Double, _ multiplier: Double) -> Double {
    constraint >= 0
      ? multiplier + 2 * multiplier * constraint + constraint * constraint / 2
      : multiplier / ((1 - constraint) * (1 - constraint))
  }

  private mutating func advance(
    _ next: UnsafeMutableBufferPointer<Float>, from point: UnsafeBufferPointer<Float>, _ step: Int
  ) {
    let first = firstFlip ?? step
    let part = Double(step - first) / Double(max(steps - first, 1))
    let length = Float(rate * pow(Self.lastRate, part))
    let memory = Float(Self.memory)
    for i in next.indices {
      squares[i] = memory * squares[i] + (1 - memory) * slope[i] * slope[i]
      momentum[i] *= memory
      if squares[i] > 0 { momentum[i] += slope[i] / squares[i].squareRoot() }
      next[i] = point[i] - length * momentum[i]
    }
    oracle.neighbourhood.clip(next)
  }
}
