import ArgumentParser
import CertifyCertificates
import CertifyGate
import CertifyReport

/// `certify radius`: a certificate from counts.
struct RadiusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "radius", abstract: "Compute a certified ℓ₂ radius from counts.",
    discussion: """
      Of N fresh Gaussian samples K gave the class that was chosen beforehand. With --runner-up, the most \
      frequent other class counts too; which form is used must be fixed before looking.

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

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let certificate = try GaussianCertificate(
        successes: successes, samples: samples, runnerUp: runnerUp, sigma: sigma, alpha: alpha)
      let probability = "p ≥ \(Rounding.down(certificate.probabilityLower, places: 9))"
      guard let radius = certificate.radius else {
        Terminal.standardOutput("abstain (\(certificate.method.rawValue), \(probability))")
        return
      }
      Terminal.standardOutput(
        "\(Rounding.down(radius, places: 9)) (\(certificate.method.rawValue), \(probability), confidence \(certificate.confidence))"
      )
    }
  }
}
