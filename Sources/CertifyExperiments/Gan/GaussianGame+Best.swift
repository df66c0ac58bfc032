import Foundation

extension GaussianGame {
  /// The logit a + bx + cx² of the best discriminator of that form, found by Newton's method on V alone.
  ///
  /// V is concave in (a, b, c); at the maximum E_p (1 − D)xᵏ = E_q D xᵏ.
  func bestQuadraticLogit() -> [Double] {
    var logit = [0.0, 0, 0]
    for _ in 0..<60 {
      func d(_ x: Double) -> Double { 1 / (1 + exp(-(logit[0] + logit[1] * x + logit[2] * x * x))) }
      let gradient = (0..<3).map { power in
        integral { x in
          (data.density(x) * (1 - d(x)) - generator.density(x) * d(x)) * pow(x, Double(power))
        }.value
      }
      let moments = (0..<5).map { power in
        integral { x in
          (data.density(x) + generator.density(x)) * d(x) * (1 - d(x)) * pow(x, Double(power))
        }.value
      }
      let curvature = (0..<3).map { row in (0..<3).map { moments[row + $0] } }
      let step = ThreeUnknowns.solution(curvature, gradient)
      // A full step where the game is nearly quadratic, else a short one.
      let length = step.reduce(0) { max($0, abs($1)) }
      let share = min(1, 1 / max(length, 1e-300))
      for i in 0..<3 { logit[i] += share * step[i] }
      if length < 1e-10 { break }
    }
    return logit
  }

  /// The logit log p − log q = a + bx + cx².
  var optimalLogit: [Double] {
    let (p, q) = (data, generator)
    func inverse(_ law: Gaussian) -> Double { 1 / (law.deviation * law.deviation) }
    return [
      log(q.deviation / p.deviation) + (q.mean * q.mean * inverse(q) - p.mean * p.mean * inverse(p)) / 2,
      p.mean * inverse(p) - q.mean * inverse(q), (inverse(q) - inverse(p)) / 2,
    ]
  }
}
