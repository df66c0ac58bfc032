import CertifyThreat

/// The adversarial flow by explicit Euler steps: iterated FGSM with a step norm of its own (Weigand, Roith & Burger
/// 2025, "Adversarial flows").
///
/// u_{k+1} is the ``FlowStep`` of length τ = 2.5 ε/K along the gradient of the margin at u_k, from u_0 = x.
struct EulerFlow: FixedEpsilonAttack {
  static let name = "flow"

  var parameters: AttackParameters
  /// s; `nil` for the norm of the budget.
  var stepNorm: Norm?

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    _ = try trajectory(on: oracle, epsilon: epsilon)
  }

  /// Runs the flow.
  ///
  /// - Returns: u_0, u_1, … as far as the budget of queries went; it ends at the first point that flips.
  func trajectory(on oracle: Oracle, epsilon: Double) throws -> [[Float]] {
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let stepNorm = stepNorm ?? oracle.threat.norm
    var set = try oracle.neighbourhood.feasibleSet()
    try set.setRadius(radius)
    let length = Self.stepLength(
      stepNorm, budgetNorm: oracle.threat.norm, epsilon: radius, dimension: oracle.dimension)
    let step = FlowStep(
      stepNorm: stepNorm, stepLength: 2.5 * length / Double(parameters.steps), budgetNorm: oracle.threat.norm,
      budget: radius, bounds: oracle.neighbourhood.box)
    let center = oracle.input.point.map(Double.init)
    let points = PointStore(count: 1, dimension: oracle.dimension)
    points.set(0, to: oracle.input.point)
    var path: [[Float]] = []
    for _ in 0...parameters.steps {
      path.append(Array(points[0]))
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
    return path
  }

  /// The length in the step's norm of a typical way across the budget's ball: ε times the ratio of the norms of
  /// (1, …, 1).
  private static func stepLength(_ step: Norm, budgetNorm: Norm, epsilon: Double, dimension: Int) -> Double {
    func exponent(_ norm: Norm) -> Double { norm == .linf ? 0 : norm == .l2 ? 0.5 : 1 }
    var ratio = 1.0
    let root = Double(dimension).squareRoot()
    let difference = exponent(step) - exponent(budgetNorm)
    for _ in 0..<Int(abs(difference) * 2) { ratio *= difference > 0 ? root : 1 / root }
    return epsilon * ratio
  }
}
