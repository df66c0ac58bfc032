import CertifyAttacks
import CertifyThreat
import Testing

@testable import CertifyExperiments

@Suite struct LinearDemoTests {
  /// The closed form against a count over many samples, with and without an adversary.
  @Test(arguments: [0.0, 0.3, 1]) func accuracyIsThatOfManySamples(epsilon: Double) throws {
    var generator = SplitMix64(seed: 2, input: 0, stage: 0)
    let samples = TwoGaussians.draw(40_000, using: &generator)
    for line in [Line(weights: (1, 0.4), offset: 0.3), Line(weights: (-0.5, 2), offset: -1)] {
      let exact = try TwoGaussians.accuracy(of: line, epsilon: epsilon)
      #expect(abs(line.accuracy(on: samples, epsilon: epsilon) - exact) < 0.015)
    }
  }

  /// The defence is a regression on the samples and on what FGSM makes of them with the plain model.
  @Test func defenceIsTrainedOnAttackedSamples() {
    let trial = LinearDemoTrial(seed: 1, index: 2)
    #expect(trial.training.count == 240 && trial.test.count == 160)
    let attacked = trial.training.map { sample -> TwoGaussians.Sample in
      let (u, v) = trial.plain.weights
      var moved = sample
      moved.x = (sample.x.0 - sample.y * (u > 0 ? 1 : -1), sample.x.1 - sample.y * (v > 0 ? 1 : -1))
      return moved
    }
    expectMinimum(trial.plain, on: trial.training)
    expectMinimum(trial.defended, on: trial.training + attacked)
    #expect(trial.defended != trial.plain)
  }

  @Test func logisticRegressionIsAtItsMinimum() {
    var generator = SplitMix64(seed: 3, input: 0, stage: 0)
    let samples = TwoGaussians.draw(100, using: &generator)
    expectMinimum(Line.logisticRegression(samples), on: samples)
  }

  /// Any small change of the minimiser raises the loss.
  private func expectMinimum(_ line: Line, on samples: [TwoGaussians.Sample]) {
    func loss(_ u: Double, _ v: Double, _ b: Double) -> Double {
      samples.reduce((u * u + v * v) / 2) { sum, sample in
        sum + GaussianGame.softplus(-sample.y * (u * sample.x.0 + v * sample.x.1 + b))
      }
    }
    let (u, v, b) = (line.weights.0, line.weights.1, line.offset)
    let best = loss(u, v, b)
    for change in [1e-3, -1e-3] {
      #expect(loss(u + change, v, b) > best)
      #expect(loss(u, v + change, b) > best)
      #expect(loss(u, v, b + change) > best)
    }
  }

  /// Without a box the attack reaches what the certificate proves, from outside.
  @Test(arguments: Norm.allCases) func bracketsHaveNoWidth(norm: Norm) throws {
    let brackets = try LinearDemoTrial(seed: 9, index: 4).brackets(norm: norm, first: 20)
    #expect(brackets.count == 20)
    #expect(brackets.allSatisfy { $0.lower > 0 && $0.lower <= $0.upper && $0.lower < $0.exact })
    #expect(brackets.allSatisfy { abs($0.upper - $0.exact) <= $0.allowance })
  }

  @Test func spreadsAreRead() {
    let spread = Spread([3, 1, 2, 2])
    #expect(
      spread.mean == 2 && spread.quantile(0.5) == 2 && spread.quantile(1) == 3 && spread.quantile(0) == 1)
    #expect(spread.rank(of: 2) == 0.5 && spread.rank(of: 0) == 0 && spread.rank(of: 4) == 1)
    #expect(abs(spread.standardError - (2.0 / 3 / 4).squareRoot()) < 1e-12)
    #expect(spread.histogram(width: 1).map(\.height) == [1, 2, 1])
  }
}
