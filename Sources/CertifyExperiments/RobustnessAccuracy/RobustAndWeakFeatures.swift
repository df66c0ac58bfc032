import CertifyAttacks
import CertifyStatistics
import CertifyThreat
import CertifyTraining
import Foundation

/// One robust feature and d weak ones (Tsipras et al. 2019, arXiv 1805.12152, §2.1): y = ±1 with equal chance, x₁ = y with
/// probability p and −y else, x₂ … x_{d+1} ~ N(ηy, 1) independently.
struct RobustAndWeakFeatures {
  /// d.
  let weakCount: Int
  /// p.
  let reliability = 0.95
  /// η√d: how many deviations the mean of the weak features lies from 0.
  let separation = 4.0

  /// η.
  var eta: Double { separation / Double(weakCount).squareRoot() }

  /// The accuracy of sign(w·x + b) on all inputs when an adversary moves each coordinate by up to ε:
  ///
  ///     Σ_y ½ [p Φ((w₁ + ηΣw + yb − ε‖w‖₁)/‖w‖₂) + (1 − p) Φ((−w₁ + ηΣw + yb − ε‖w‖₁)/‖w‖₂)],
  ///
  /// Σw and ‖w‖₂ over the weak features, ‖w‖₁ over all.
  func accuracy(weights: [Double], offset: Double = 0, epsilon: Double) throws -> Double {
    let weak = weights.dropFirst()
    let deviation = weak.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let shift = eta * weak.reduce(0, +) - epsilon * weights.reduce(0) { $0 + abs($1) }
    var sum = 0.0
    for (strong, chance) in [(weights[0], reliability), (-weights[0], 1 - reliability)] {
      for side in [offset, -offset] {
        let margin = strong + shift + side
        sum += chance / 2 * (deviation > 0 ? try Normal.cdf(margin / deviation) : margin > 0 ? 1 : 0)
      }
    }
    return sum
  }

  /// An input and its class.
  func draw(using generator: inout SplitMix64) -> (x: [Float], y: Double) {
    let y = generator.next() & 1 == 0 ? 1.0 : -1.0
    let first = generator.unit() < reliability ? y : -y
    return ([Float(first)] + (0..<weakCount).map { _ in Float(eta * y + generator.normal()) }, y)
  }

  /// The part of drawn inputs that the mean of the weak features classifies rightly after the ℓ∞ step against it.
  func sampledAccuracyOfMean(_ count: Int, epsilon: Double, using generator: inout SplitMix64) -> Double {
    let weights = [Float(0)] + [Float](repeating: 1 / Float(weakCount), count: weakCount)
    var right = 0
    for _ in 0..<count {
      let (x, y) = draw(using: &generator)
      let worst = Norm.linf.steepestStep(along: weights.map { Float(-y) * $0 }, radius: epsilon)
      let value = zip(weights, zip(x, worst)).reduce(0.0) {
        $0 + Double($1.0) * (Double($1.1.0) + Double($1.1.1))
      }
      right += y * value > 0 ? 1 : 0
    }
    return Double(right) / Double(count)
  }
}

/// Classifiers of unit length that treat the weak features alike: w = (cos φ, sin φ/√d, …, sin φ/√d).
///
/// By the symmetry and convexity of the loss the minimisers over all w are of this form.
struct FeatureBalance {
  let features: RobustAndWeakFeatures
  /// φ: 0 is the robust feature alone, π/2 the mean of the weak ones.
  let angle: Double

  var weights: [Double] {
    [cos(angle)]
      + [Double](repeating: sin(angle) / Double(features.weakCount).squareRoot(), count: features.weakCount)
  }

  /// Accuracy under ε.
  func accuracy(epsilon: Double) throws -> Double {
    let (strong, weak) = (cos(angle), sin(angle))
    let shift = features.separation * weak - budget(epsilon)
    var sum = 0.0
    for (sign, chance) in [(1.0, features.reliability), (-1, 1 - features.reliability)] {
      let margin = sign * strong + shift
      sum += chance * (weak > 0 ? try Normal.cdf(margin / weak) : margin > 0 ? 1 : 0)
    }
    return sum
  }

  /// E max(0, 1 − m), m the margin that an adversary with ε leaves: with m ~ N(μ, s²) it is (1 − μ)Φ(t) + sφ(t),
  /// t = (1 − μ)/s.
  func hingeLoss(epsilon: Double) throws -> Double {
    let (strong, weak) = (cos(angle), sin(angle))
    var sum = 0.0
    for (sign, chance) in [(1.0, features.reliability), (-1, 1 - features.reliability)] {
      let room = 1 - (sign * strong + features.separation * weak - budget(epsilon))
      guard weak > 1e-12 else {
        sum += chance * max(0, room)
        continue
      }
      let t = room / weak
      let density = exp(-t * t / 2) / (2 * Double.pi).squareRoot()
      sum += chance * (room * (try Normal.cdf(t)) + weak * density)
    }
    return sum
  }

  /// ε‖w‖₁ = ε(cos φ + √d sin φ).
  private func budget(_ epsilon: Double) -> Double {
    epsilon * (cos(angle) + Double(features.weakCount).squareRoot() * sin(angle))
  }

  /// The balance of least loss: the best of a grid of φ, then golden sections around it.
  static func trained(_ features: RobustAndWeakFeatures, epsilon: Double) throws -> FeatureBalance {
    func loss(_ angle: Double) throws -> Double {
      try FeatureBalance(features: features, angle: angle).hingeLoss(epsilon: epsilon)
    }
    let step = Double.pi / 2 / 2000
    var best = 0
    for index in 1...2000 where try loss(Double(index) * step) < loss(Double(best) * step) { best = index }
    var (low, high) = (max(0, Double(best - 1) * step), min(Double.pi / 2, Double(best + 1) * step))
    let golden = (5.0.squareRoot() - 1) / 2
    for _ in 0..<80 {
      let (a, b) = (high - golden * (high - low), low + golden * (high - low))
      if try loss(a) <= loss(b) { high = b } else { low = a }
    }
    let middle = (low + high) / 2
    // An end of the interval is never inside a section.
    let angle = try loss(0) <= loss(middle) ? 0 : middle
    return FeatureBalance(features: features, angle: angle)
  }
}
