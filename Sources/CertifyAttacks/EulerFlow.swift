import CertifyThreat

/// The adversarial flow by explicit Euler steps: iterated FGSM with a step norm of its own (Weigand, Roith & Burger
/// 2025, "Adversarial flows").
///
/// u_{k+1} is the ``FlowStep`` of length τ = 2.5 ε/K along the gradient of the margin at u_k, from u_0 = x.
struct EulerFlow: FixedEpsilonAttack {
  static let name = "flow"

  var parameters: AttackParameters

  /// Runs until a point flips or the queries end; the points are recorded as the oracle's trajectory.
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let step = try Self.step(
      stepNorm: parameters.stepNorm, epsilon: epsilon, steps: parameters.steps,
      neighbourhood: oracle.neighbourhood)
    var set = try oracle.neighbourhood.feasibleSet()
    try set.setRadius(step.budget)
    let center = oracle.input.point.map(Double.init)
    let points = PointStore(count: 1, dimension: oracle.dimension)
    points.set(0, to: oracle.input.point)
    for k in 0...parameters.steps {
      oracle.visit(Array(points[0]), isFirst: k == 0)
      var flipped = false
      let answered = try oracle.ask(points, [0], attack: Self.name, loss: { _ in .margin }) { _, answer in
        flipped = answer.flips
        let next = step.maximizer(
          gradient: answer.gradient.map(Double.init), from: points[0].map(Double.init), center: center)
        points.set(0, to: next.map { Float($0) })
        // Rounding to floats may have left the ball.
        set.project(points[0])
      }
      if flipped || !answered { break }
    }
  }

  /// The step of a flow with K steps in the ball of radius ε.
  ///
  /// Its length is 2.5/K of a typical way across the budget's ball in the step's norm: ε times the ratio of the norms
  /// of (1, …, 1).
  ///
  /// - Parameter stepNorm: s; `nil` for the norm of the budget.
  static func step(
    stepNorm: Norm?, epsilon: Double, steps: Int, neighbourhood: Neighbourhood
  ) throws -> FlowStep {
    func exponent(_ norm: Norm) -> Double { norm == .linf ? 0 : norm == .l2 ? 0.5 : 1 }
    let radius = neighbourhood.largestStep(within: epsilon)
    let norm = stepNorm ?? neighbourhood.norm
    var length = radius
    let root = Double(neighbourhood.dimension).squareRoot()
    let difference = exponent(norm) - exponent(neighbourhood.norm)
    for _ in 0..<Int(abs(difference) * 2) { length *= difference > 0 ? root : 1 / root }
    return FlowStep(
      stepNorm: norm, stepLength: 2.5 * length / Double(steps), budgetNorm: neighbourhood.norm,
      budget: radius, box: neighbourhood.box)
  }
}
