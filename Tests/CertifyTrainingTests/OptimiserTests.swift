import Testing

@testable import CertifyTraining

struct OptimiserTests {
  /// With a constant gradient the velocity after n steps is g(1 − μⁿ)/(1 − μ).
  @Test func momentumAddsUpAGeometricSeries() {
    var state = OptimiserState(.sgd(momentum: 0.5), count: 1)
    var theta: [Float] = [3]
    for _ in 0..<3 { state.update(&theta, along: [2], learningRate: 0.25, weightDecay: 0) }
    // Velocities 2, 3 and 3.5.
    #expect(theta == [0.875])
    #expect(state.averages == [3.5])
    #expect(state.steps == 3)
  }

  @Test func weightDecayOfSGDAddsToTheGradient() {
    var state = OptimiserState(.sgd(momentum: 0), count: 2)
    var theta: [Float] = [4, -8]
    state.update(&theta, along: [0, 1], learningRate: 0.5, weightDecay: 0.25)
    #expect(theta == [3.5, -7.5])
  }

  /// With a constant gradient both corrected averages are exact, so that every step has length η.
  @Test(arguments: [Float(0.003), -70])
  func stepsOfAdamAlongAConstantGradientHaveTheLearningRatesLength(_ gradient: Float) {
    var state = OptimiserState(.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-12), count: 1)
    var theta: [Float] = [1]
    for step in 1...20 {
      state.update(&theta, along: [gradient], learningRate: 0.01, weightDecay: 0)
      let direction: Float = gradient > 0 ? -1 : 1
      let expected: Float = 1 + direction * 0.01 * Float(step)
      #expect(abs(theta[0] - expected) < 2e-5)
    }
  }

  /// g₁ = 1, g₂ = −1 by hand: m₂ = 0.1·0.9 − 0.1, v₂ = 0.001·0.999 + 0.001.
  @Test func secondStepOfAdam() {
    var state = OptimiserState(.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), count: 1)
    var theta: [Float] = [0]
    state.update(&theta, along: [1], learningRate: 1, weightDecay: 0)
    #expect(abs(theta[0] + 1) < 2e-5)
    state.update(&theta, along: [-1], learningRate: 1, weightDecay: 0)
    // m₂ / (1 − 0.9²) = −0.01 / 0.19 and v₂ / (1 − 0.999²) = 1.
    let expected: Float = -1 + 0.01 / 0.19
    #expect(abs(theta[0] - expected) < 1e-4)
  }

  @Test func decayOfAdamIsDecoupled() {
    var state = OptimiserState(.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), count: 1)
    var theta: [Float] = [2]
    for _ in 0..<2 { state.update(&theta, along: [0], learningRate: 0.5, weightDecay: 0.5) }
    #expect(theta == [1.125])
  }

  @Test(arguments: [
    (Schedule.constant, 0.3, 1.0), (.step, 0.49, 1), (.step, 0.5, 0.1), (.step, 0.8, 0.01),
    (.cosine, 0, 1), (.cosine, 0.5, 0.5), (.cosine, 1, 0), (.oneCycle, 0.2, 0.5), (.oneCycle, 0.4, 1),
    (.oneCycle, 0.7, 0.5), (.oneCycle, 1, 0),
  ])
  func schedules(_ schedule: Schedule, _ t: Double, _ factor: Double) {
    #expect(abs(schedule.factor(at: t) - factor) < 1e-12)
  }
}
