import CertifyThreat

/// One step of a flow: the maximiser of g·v over B_τ^s(u) ∩ B_ε^p(x) ∩ box, for all nine pairs (s, p).
///
/// Such steps are the explicit Euler scheme of the flow u' ∈ ∂‖·‖_{s*}(∇E(u)) that is kept in the budget ball
/// (Weigand, Roith & Burger 2025, "Adversarial flows"). Only for s = p = ∞ is it the Hölder step followed by a
/// projection.
///
/// The ℓ∞ constraints and the box are intervals. The others have multipliers λ and μ, after which coordinates
/// separate: gᵢv − λa(v − uᵢ) − μb(v − xᵢ) has its maximum over an interval in closed form, with a and b the
/// absolute value for ℓ₁ and half the square for ℓ₂. The lengths fall with their multipliers, which are found
/// by bisection, μ for every λ. Where a length jumps the maximisers on both sides are combined: the set of
/// maximisers is convex. It takes O(d) time for each of some thousand pairs of multipliers, and one O(d) pass
/// when neither constraint binds.
public struct FlowStep: Sendable {
  /// s, the norm of the ball around u.
  public var stepNorm: Norm
  /// τ, the radius of the ball around u; positive and finite.
  public var stepLength: Double
  /// p, the norm of the ball around x.
  public var budgetNorm: Norm
  /// ε, the radius of the ball around x; positive and finite.
  public var budget: Double
  /// The box, or `nil` for all of ℝᵈ.
  public var box: Box?

  /// - Parameters:
  ///   - stepNorm: What the length of a step is measured in.
  ///   - stepLength: The length of a step, in that norm.
  ///   - budgetNorm: What the distance from the input is measured in.
  ///   - budget: The most distance from the input, in that norm.
  ///   - box: The smallest and the largest value of a coordinate, or `nil` for none.
  /// - Precondition: both lengths are positive and finite.
  public init(
    stepNorm: Norm, stepLength: Double, budgetNorm: Norm, budget: Double, box: Box?
  ) {
    precondition(stepLength > 0 && stepLength.isFinite && budget > 0 && budget.isFinite, "balls have radii")
    self.stepNorm = stepNorm
    self.stepLength = stepLength
    self.budgetNorm = budgetNorm
    self.budget = budget
    self.box = box
  }

  /// The maximiser.
  ///
  /// - Parameters:
  ///   - gradient: g; coordinates that are not finite count as 0. Where g is 0 the point stays, if it can.
  ///   - point: u, in the budget's ball and in the box.
  ///   - center: x.
  public func maximizer(gradient: [Double], from point: [Double], center: [Double]) -> [Double] {
    let problem = FlowProblem(step: self, gradient: gradient, point: point, center: center)
    return problem.bisect(
      isFeasible: { problem.stepLength(of: $0) <= stepLength },
      solution: { lambda in
        problem.bisect(
          isFeasible: { problem.budgetLength(of: $0) <= budget },
          solution: { mu in problem.solution(lambda, mu) })
      })
  }
}

/// The separable problem behind one step.
private struct FlowProblem {
  let g: [Double]
  let u: [Double]
  let x: [Double]
  let lower: [Double]
  let upper: [Double]
  let stepNorm: Norm
  let budgetNorm: Norm
  let steepest: Double

  init(step: FlowStep, gradient: [Double], point: [Double], center: [Double]) {
    g = gradient.map { $0.isFinite ? $0 : 0 }
    u = point
    x = center
    stepNorm = step.stepNorm
    budgetNorm = step.budgetNorm
    steepest = g.reduce(0) { max($0, abs($1)) }
    // The balls of all norms are within these intervals.
    lower = point.indices.map { i in
      max(
        point[i] - step.stepLength, center[i] - step.budget,
        step.box.map { Double($0.lower[i]) } ?? -.infinity)
    }
    upper = point.indices.map { i in
      min(
        point[i] + step.stepLength, center[i] + step.budget,
        step.box.map { Double($0.upper[i]) } ?? .infinity)
    }
  }

  /// The length of v − u in the step's norm; 0 for ℓ∞, which the intervals hold.
  func stepLength(of v: [Double]) -> Double { length(v, u, stepNorm) }

  /// The same of v − x for the budget.
  func budgetLength(of v: [Double]) -> Double { length(v, x, budgetNorm) }

  private func length(_ a: [Double], _ b: [Double], _ norm: Norm) -> Double {
    switch norm {
    case .linf: 0
    case .l1: a.indices.reduce(0) { $0 + abs(a[$1] - b[$1]) }
    case .l2: a.indices.reduce(0) { $0 + (a[$1] - b[$1]) * (a[$1] - b[$1]) }.squareRoot()
    }
  }

  /// The solution of the smallest multiplier that is feasible, made tight with the one just below it.
  func bisect(isFeasible: ([Double]) -> Bool, solution: (Double) -> [Double]) -> [Double] {
    var outside = solution(0)
    if isFeasible(outside) { return outside }
    var low = 0.0
    var high = max(steepest, .leastNormalMagnitude)
    var inside = solution(high)
    for _ in 0..<200 where !isFeasible(inside) {
      (low, outside) = (high, inside)
      high *= 4
      inside = solution(high)
    }
    guard isFeasible(inside) else { return u }
    for _ in 0..<60 where high - low > 1e-13 * high {
      let middle = (low + high) / 2
      let found = solution(middle)
      if isFeasible(found) { (high, inside) = (middle, found) } else { (low, outside) = (middle, found) }
    }
    func between(_ share: Double) -> [Double] {
      inside.indices.map { inside[$0] + share * (outside[$0] - inside[$0]) }
    }
    var share = (low: 0.0, high: 1.0)
    for _ in 0..<50 {
      let middle = (share.low + share.high) / 2
      if isFeasible(between(middle)) { share.low = middle } else { share.high = middle }
    }
    return between(share.low)
  }

  /// The maximiser for two multipliers.
  func solution(_ lambda: Double, _ mu: Double) -> [Double] {
    u.indices.map { i in
      let pull = (step: stepNorm == .linf ? 0 : lambda, budget: budgetNorm == .linf ? 0 : mu)
      let free: Double
      switch (stepNorm == .l1 && pull.step > 0, budgetNorm == .l1 && pull.budget > 0) {
      case (false, false): free = quadratic(i, pull.step, pull.budget)
      case (true, false):
        free = mixed(g[i], kink: u[i], weight: pull.step, center: x[i], curvature: pull.budget)
      case (false, true):
        free = mixed(g[i], kink: x[i], weight: pull.budget, center: u[i], curvature: pull.step)
      case (true, true): return piecewise(i, pull.step, pull.budget)
      }
      return min(max(free, lower[i]), upper[i])
    }
  }

  private func quadratic(_ i: Int, _ a: Double, _ b: Double) -> Double {
    guard a + b > 0 else { return g[i] > 0 ? .infinity : g[i] < 0 ? -.infinity : u[i] }
    return (g[i] + a * u[i] + b * x[i]) / (a + b)
  }

  /// argmax g v − weight |v − kink| − ½ curvature (v − center)².
  private func mixed(_ g: Double, kink: Double, weight: Double, center: Double, curvature: Double) -> Double {
    guard curvature > 0 else { return g > weight ? .infinity : g < -weight ? -.infinity : kink }
    let above = center + (g - weight) / curvature
    let below = center + (g + weight) / curvature
    return above > kink ? above : below < kink ? below : kink
  }

  /// argmax g v − a|v − u| − b|v − x| over the interval: one of its ends or of the kinks.
  private func piecewise(_ i: Int, _ a: Double, _ b: Double) -> Double {
    func value(_ v: Double) -> Double { g[i] * v - a * abs(v - u[i]) - b * abs(v - x[i]) }
    let places = [u[i], x[i], lower[i], upper[i]].map { min(max($0, lower[i]), upper[i]) }
    return places.dropFirst().reduce(places[0]) { value($1) > value($0) ? $1 : $0 }
  }
}
