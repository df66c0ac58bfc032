import CertifyAttacks
import Foundation
import Testing

@testable import CertifyExperiments

@Suite struct RobustnessAccuracyTests {
  private let features = RobustAndWeakFeatures(weakCount: 100)

  /// One formula for all weights, another for balanced ones.
  @Test(arguments: [0.0, 0.2, 0.9, 1.5]) func bothFormsAgree(angle: Double) throws {
    let balance = FeatureBalance(features: features, angle: angle)
    for epsilon in [0, features.eta, 2 * features.eta] {
      let exact = try features.accuracy(weights: balance.weights, epsilon: epsilon)
      #expect(abs(try balance.accuracy(epsilon: epsilon) - exact) < 1e-12)
    }
  }

  /// The expected hinge loss against its integral.
  @Test(arguments: [0.05, 0.7, 1.5]) func hingeLossIsItsIntegral(angle: Double) throws {
    let epsilon = 0.3
    let balance = FeatureBalance(features: features, angle: angle)
    let budget = epsilon * (cos(angle) + 10 * sin(angle))
    let integral = Quadrature.integral(from: -12, to: 12, tolerance: 1e-9) { z in
      let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      let weak = sin(angle) * (4 + z) - budget
      let (right, wrong) = (max(0, 1 - cos(angle) - weak), max(0, 1 + cos(angle) - weak))
      return density * (0.95 * right + 0.05 * wrong)
    }
    #expect(abs(try balance.hingeLoss(epsilon: epsilon) - integral.value) < 1e-7)
  }

  /// A little adversary is not worth giving the weak features up for.
  @Test func trainingChoosesTheSide() throws {
    #expect(try FeatureBalance.trained(features, epsilon: 2 * features.eta).angle == 0)
    #expect(try FeatureBalance.trained(features, epsilon: 0.1 * features.eta).angle > 1)
  }

  @Test func samplesAreOfTheLaw() throws {
    var generator = SplitMix64(seed: 1, input: 0, stage: 0)
    let drawn = (0..<4000).map { _ in features.draw(using: &generator) }
    let agreeing = drawn.count { Double($0.x[0]) == $0.y }
    #expect(abs(Double(agreeing) / 4000 - 0.95) < 0.02)
    let mean = drawn.reduce(0) { $0 + $1.y * Double($1.x[7]) } / 4000
    #expect(abs(mean - features.eta) < 0.1)
  }
}
