import ArgumentParser
import CertifyCertificates
import CertifyGate
import CertifyReport
import CertifySmoothing

/// `certify radius`: a certificate from counts.
struct RadiusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "radius", abstract: "Compute a certified radius from counts.",
    discussion: """
      Of N fresh noise samples K gave the class that was chosen beforehand. With --runner-up, the most \
      frequent other class counts too; which form is used must be fixed before looking. The radius is one in ℓ₂ \
      under Gaussian noise, in ℓ₁ under uniform and Laplace noise.

      Example: certify radius --successes 99500 --samples 100000 --alpha 0.001 --sigma 0.5
      """)

  @Option(help: "Samples that gave the class.")
  var successes: Int

  @Option(help: "All samples.")
  var samples: Int

  @Option(help: "The probability with which the radius may be wrong.")
  var alpha = 0.001

  @Option(help: "The standard deviation of the noise.")
  var sigma: Double

  @Option(name: .customLong("runner-up"), help: "Samples that gave the most frequent other class.")
  var runnerUp: Int?

  @Option(help: "The law of the noise: gaussian, uniform or laplace.")
  var noise = NoiseFamily.gaussian.rawValue

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      guard let family = NoiseFamily(rawValue: noise), !family.isDeterministic else {
        let hint = NearestName.hint(noise, among: ["gaussian", "uniform", "laplace"])
        throw CommandError.usage("--noise \(noise): there is no radius from counts for it; \(hint)")
      }
      let smoothing = Smoothing(noise: family.inFloatingPoint, sigma: sigma)
      if let lambda = smoothing.lambda {
        guard sigma > 0, sigma.isFinite else {
          throw CommandError.usage(
            "--sigma \(sigma): give a finite number above 0, in the units of the input")
        }
        let certificate = try L1Certificate(
          successes: successes, samples: samples, runnerUp: runnerUp, isUniform: smoothing.noise == .uniform,
          lambda: lambda, alpha: alpha)
        show(
          certificate.radius, method: certificate.method.rawValue, probability: certificate.probabilityLower,
          confidence: certificate.confidence)
      } else {
        let certificate = try GaussianCertificate(
          successes: successes, samples: samples, runnerUp: runnerUp, sigma: sigma, alpha: alpha)
        show(
          certificate.radius, method: certificate.method.rawValue, probability: certificate.probabilityLower,
          confidence: certificate.confidence)
      }
    }
  }

  private func show(_ radius: Double?, method: String, probability: Double, confidence: Double) {
    let bound = "p ≥ \(Rounding.down(probability, places: 9))"
    Terminal.standardOutput(
      radius.map { "\(Rounding.down($0, places: 9)) (\(method), \(bound), confidence \(confidence))" }
        ?? "abstain (\(method), \(bound))")
  }
}
