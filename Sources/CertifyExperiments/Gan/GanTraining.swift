import CertifyAttacks
import CertifyTraining
import Foundation

/// A game that is played out: samples of both sides, a discriminator D(x) = 1/(1 + exp(−(a + bx + cx²))), which holds p/(p +
/// q) of every pair of normal laws, and a generator x = m + sz, both by stochastic gradients.
struct GanTraining {
  /// The game after some steps.
  struct State {
    var step: Int
    var generator: Gaussian
    /// The coefficients of the discriminator's logit a + bx + cx².
    var logit: [Double]

    func discriminator(_ x: Double) -> Double {
      1 / (1 + exp(-(logit[0] + logit[1] * x + logit[2] * x * x)))
    }

    /// max |D − ½| where the data mostly lie, within two deviations.
    func farthestFromHalf(of data: Gaussian) -> Double {
      (0...80).map { step in
        let x = data.mean + data.deviation * (Double(step) / 20 - 2)
        return abs(discriminator(x) - 0.5)
      }.max() ?? 0
    }
  }

  let data: Gaussian
  private(set) var history: [State]

  /// - Parameters:
  ///   - start: the generator at first.
  ///   - steps: the steps of the generator, each after five of the discriminator.
  ///   - batch: samples of each side in a step.
  init(data: Gaussian, start: Gaussian, steps: Int, batch: Int, seed: UInt64) {
    self.data = data
    var random = SplitMix64(seed: seed, input: 0, stage: 0x0067_616E)
    var state = State(step: 0, generator: start, logit: [0, 0, 0])
    var mean = State(step: 0, generator: Gaussian(mean: 0, deviation: 0), logit: [0, 0, 0])
    history = [state]
    for step in 1...steps {
      // Steps that shrink as 1/√k end the circling of the two players around each other.
      let rate = 0.05 / (1 + Double(step) / 200).squareRoot()
      for _ in 0..<5 { Self.teach(&state, data, batch: batch, rate: 2 * rate, using: &random) }
      var gradient = (mean: 0.0, deviation: 0.0)
      for _ in 0..<batch {
        let z = random.normal()
        let x = state.generator.mean + state.generator.deviation * z
        // −log D falls along (1 − D) l′.
        let pull = (1 - state.discriminator(x)) * (state.logit[1] + 2 * state.logit[2] * x) / Double(batch)
        gradient.mean += pull
        gradient.deviation += pull * z
      }
      state.generator.mean += rate * gradient.mean
      state.generator.deviation = max(0.05, state.generator.deviation + rate * gradient.deviation)
      state.step = step
      if step % max(1, steps / 200) == 0 { history.append(state) }
      // The last quarter is averaged (Polyak & Juditsky 1992, doi 10.1137/0330046).
      if step > steps - steps / 4 {
        let share = 1 / Double(steps / 4)
        mean.generator.mean += share * state.generator.mean
        mean.generator.deviation += share * state.generator.deviation
        for i in 0..<3 { mean.logit[i] += share * state.logit[i] }
      }
    }
    mean.step = steps
    average = mean
  }

  /// The mean of the last quarter of the steps.
  let average: State

  /// A step of the discriminator up E_p log D + E_q log(1 − D).
  private static func teach(
    _ state: inout State, _ data: Gaussian, batch: Int, rate: Double, using random: inout SplitMix64
  ) {
    var gradient = [0.0, 0, 0]
    for _ in 0..<batch {
      let real = data.mean + data.deviation * random.normal()
      let made = state.generator.mean + state.generator.deviation * random.normal()
      for (x, residual) in [(real, 1 - state.discriminator(real)), (made, -state.discriminator(made))] {
        for (power, feature) in [1, x, x * x].enumerated() {
          gradient[power] += residual * feature / Double(batch)
        }
      }
    }
    for i in 0..<3 { state.logit[i] += rate * gradient[i] }
  }
}
