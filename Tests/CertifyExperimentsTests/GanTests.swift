import Foundation
import Testing

@testable import CertifyExperiments

@Suite struct GanTests {
  @Test func quadratureKnowsItsError() {
    let power = Quadrature.integral(from: 0, to: 2) { pow($0, 19) }
    #expect(abs(power.value - pow(2, 20) / 20) < 1e-8)
    let place = 1 / 3.0.squareRoot()
    let kink = Quadrature.integral(from: 0, to: 1, tolerance: 1e-8) { abs($0 - place) }
    #expect(abs(kink.value - (place * place + (1 - place) * (1 - place)) / 2) < 1e-6 && kink.error <= 1e-8)
    // What does not converge says so.
    #expect(Quadrature.integral(from: 0, to: 1) { $0 < 1 / 3.0 ? 0 : 1e9 }.error > 1e-12)
  }

  /// Against integrals to 18 digits.
  @Test(arguments: [(2.0, 1.0, 0.336830820346831612), (0, 2, 0.092733381665968984954)])
  func divergenceIsKnown(mean: Double, deviation: Double, exact: Double) {
    let game = GaussianGame(
      data: Gaussian(mean: 0, deviation: 1), generator: Gaussian(mean: mean, deviation: deviation))
    #expect(abs(game.jensenShannon.value - exact) < 1e-12)
    #expect(abs(game.optimalValue.value - (2 * exact - log(4))) < 1e-12)
  }

  /// No other discriminator has a larger value.
  @Test func optimumIsOne() {
    let game = GaussianGame(
      data: Gaussian(mean: 0, deviation: 1), generator: Gaussian(mean: 1, deviation: 0.7))
    let best = game.optimalLogit
    for (index, change) in [(0, 0.1), (0, -0.1), (1, 0.1), (1, -0.1), (2, 0.05), (2, -0.05)] {
      var other = best
      other[index] += change
      let value = game.value { other[0] + other[1] * $0 + other[2] * $0 * $0 }
      #expect(value.value < game.optimalValue.value - 1e-5)
    }
    let d = game.optimalDiscriminator(0.4)
    #expect(abs(d - game.data.density(0.4) / (game.data.density(0.4) + game.generator.density(0.4))) < 1e-14)
  }

  /// The generator's gradients against differences of the losses at a fixed discriminator.
  @Test(arguments: [true, false]) func gradientsAreDerivatives(saturating: Bool) {
    let game = GaussianGame(
      data: Gaussian(mean: 0, deviation: 1), generator: Gaussian(mean: 1.5, deviation: 0.8))
    func loss(_ shift: Double) -> Double {
      let moved = Gaussian(mean: game.generator.mean + shift, deviation: game.generator.deviation)
      return game.integral { x in
        let l = game.data.logDensity(x) - game.generator.logDensity(x)
        return moved.density(x) * (saturating ? -GaussianGame.softplus(l) : GaussianGame.softplus(-l))
      }.value
    }
    let difference = (loss(1e-4) - loss(-1e-4)) / 2e-4
    #expect(abs(game.generatorGradient(saturating: saturating).value - difference) < 1e-6)
  }

  @Test(arguments: [0.0, 0.4, 1, 2]) func uniformsAreIntegrated(shift: Double) {
    let uniforms = ShiftedUniforms(shift: shift)
    #expect(abs(uniforms.integrated - uniforms.jensenShannon) < 1e-12)
    #expect(uniforms.transportDistance == shift)
  }
}
