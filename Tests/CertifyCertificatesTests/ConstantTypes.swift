/// The radii of both Gaussian certificates, to nearest; 0 where they abstain.
struct GaussianConstant {
  let successes: Int
  let samples: Int
  let runnerUp: Int
  let sigma: Double
  let alpha: Double
  let probabilityLower: Double
  let boundedRunnerUp: Double

  init(
    _ successes: Int, _ samples: Int, _ runnerUp: Int, _ sigma: Double, _ alpha: Double,
    _ probabilityLower: Double, _ boundedRunnerUp: Double
  ) {
    (self.successes, self.samples, self.runnerUp) = (successes, samples, runnerUp)
    (self.sigma, self.alpha) = (sigma, alpha)
    (self.probabilityLower, self.boundedRunnerUp) = (probabilityLower, boundedRunnerUp)
  }
}
