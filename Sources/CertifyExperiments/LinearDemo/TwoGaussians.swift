import CertifyAttacks
import CertifyStatistics
import CertifyTraining
import Foundation

/// Two classes in the plane, y = ±1 with equal chance, x ~ N(yμ, Σ) with μ = (1, 1), Σ = [[1, .3], [.3, 1]].
struct TwoGaussians {
  static let mean = (1.0, 1.0)
  static let correlation = 0.3

  /// A point and its class y = ±1.
  struct Sample {
    var x: (Double, Double)
    var y: Double
  }

  /// `count` samples, the classes in turns.
  static func draw(_ count: Int, using generator: inout SplitMix64) -> [Sample] {
    (0..<count).map { index in
      let y = index % 2 == 0 ? 1.0 : -1.0
      let (first, second) = (generator.normal(), generator.normal())
      // The Cholesky factor of Σ.
      let other = correlation * first + (1 - correlation * correlation).squareRoot() * second
      return Sample(x: (y * mean.0 + first, y * mean.1 + other), y: y)
    }
  }

  /// P[y(w·x + b) > ε‖w‖₁] = ½ Σ± Φ((w·μ ± b − ε‖w‖₁) / √(wᵀΣw)): the accuracy of a linear classifier on all inputs
  /// when an adversary moves each coordinate by up to ε.
  static func accuracy(of line: Line, epsilon: Double) throws -> Double {
    let (u, v) = line.weights
    let deviation = (u * u + v * v + 2 * correlation * u * v).squareRoot()
    let margin = u * mean.0 + v * mean.1 - epsilon * (abs(u) + abs(v))
    return try
      (Normal.cdf((margin + line.offset) / deviation) + Normal.cdf((margin - line.offset) / deviation)) / 2
  }
}

/// A linear classifier of the plane: class sign(w·x + b).
struct Line: Equatable {
  var weights: (Double, Double)
  var offset: Double

  static func == (a: Line, b: Line) -> Bool { a.weights == b.weights && a.offset == b.offset }

  func value(_ x: (Double, Double)) -> Double { weights.0 * x.0 + weights.1 * x.1 + offset }

  /// x′ = x + ε sign(∇ₓ loss): for a linear classifier every loss that falls with the margin has the sign −y sign(w).
  func attacked(_ sample: TwoGaussians.Sample, epsilon: Double) -> TwoGaussians.Sample {
    func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }
    return TwoGaussians.Sample(
      x: (
        sample.x.0 - sample.y * epsilon * sign(weights.0), sample.x.1 - sample.y * epsilon * sign(weights.1)
      ), y: sample.y)
  }

  /// The part of the samples with y(w·x + b) > 0, each moved by FGSM first.
  func accuracy(on samples: [TwoGaussians.Sample], epsilon: Double = 0) -> Double {
    let right = samples.count { sample in
      let moved = epsilon > 0 ? attacked(sample, epsilon: epsilon) : sample
      return moved.y * value(moved.x) > 0
    }
    return Double(right) / Double(samples.count)
  }

  /// Logistic regression: argmin Σ log(1 + exp(−y(w·x + b))) + ½‖w‖², by Newton's method to a step of 10⁻¹⁰.
  ///
  /// The penalty is the common default of libraries; the offset is not penalised.
  static func logisticRegression(_ samples: [TwoGaussians.Sample]) -> Line {
    var theta = [0.0, 0.0, 0.0]
    for _ in 0..<50 {
      var gradient = [theta[0], theta[1], 0]
      var hessian = [[1.0, 0, 0], [0, 1, 0], [0, 0, 0]]
      for sample in samples {
        let features = [sample.x.0, sample.x.1, 1]
        let margin = sample.y * zip(theta, features).reduce(0) { $0 + $1.0 * $1.1 }
        let wrong = 1 / (1 + exp(margin))
        for i in 0..<3 {
          gradient[i] -= wrong * sample.y * features[i]
          for j in 0..<3 { hessian[i][j] += wrong * (1 - wrong) * features[i] * features[j] }
        }
      }
      let step = ThreeUnknowns.solution(hessian, gradient)
      for i in 0..<3 { theta[i] -= step[i] }
      if step.allSatisfy({ abs($0) < 1e-10 }) { break }
    }
    return Line(weights: (theta[0], theta[1]), offset: theta[2])
  }
}
