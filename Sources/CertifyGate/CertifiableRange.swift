import CertifyResults
import CertifyStatistics
import CertifyThreat
import Foundation

/// The largest radius that a certificate can give, whatever the input.
enum CertifiableRange {
  /// Why it is not known.
  struct Unknown: Error {
    var reason: String
  }

  /// σ Φ⁻¹(α^{1/n}), reached when all n samples agree; over √d in ℓ∞. λ under uniform noise, −λ ln(2(1 − α^{1/n}))
  /// under Laplace's, M/510 under the splitting noise with M samples; over √d in ℓ₂, where splitting reaches
  /// √(M/2)/255 too, and over d in ℓ∞.
  ///
  /// The form with a bounded runner-up spends α/2 on the leading class and so stays below it.
  static func largest(of key: BracketKey, manifest: RunManifest) throws(Unknown) -> Double {
    guard let norm = key.norm.norm else {
      throw Unknown(reason: "nothing is certified in \(key.norm.rawValue)")
    }
    guard let smoothing = key.smoothing else {
      throw Unknown(reason: "the certificates of the base classifier have no largest radius")
    }
    let alpha = manifest.alpha
    let samples = manifest.samples
    guard samples > 0, alpha > 0, alpha < 1, smoothing.sigma > 0 else {
      throw Unknown(reason: "the manifest's samples, alpha and sigma give no largest radius")
    }
    let dimension = manifest.inputShape.reduce(1.0) { $0 * Double($1) }
    guard dimension >= 1 else { throw Unknown(reason: "the manifest's input shape is empty") }
    let root = dimension.squareRoot()
    let slack = 1 + 1e-9
    switch (smoothing.noise, smoothing.lambda, smoothing.splits) {
    case ("gaussian", _, _), ("gaussian-sound", _, _):
      let radius = smoothing.sigma * (try quantile(try agreed(samples, alpha))) * slack
      return norm == .linf ? radius / root : radius
    case ("uniform", let lambda?, _), ("uniform-sound", let lambda?, _):
      return lambda * slack / divisor(norm, root)
    case ("laplace", let lambda?, _), ("laplace-sound", let lambda?, _):
      return -lambda * log(2 * (1 - (try agreed(samples, alpha)))) * slack / divisor(norm, root)
    case ("splitting", _, let splits?):
      let radius = Double(splits) / 510 * slack / divisor(norm, root)
      return norm == .l2 ? max(radius, (Double(splits) / 2).squareRoot() / 255 * slack) : radius
    default: throw Unknown(reason: "the largest radius under `\(smoothing.noise)` noise is not known")
    }
  }

  /// What an ℓ₁ radius is divided by to hold in a norm.
  private static func divisor(_ norm: Norm, _ root: Double) -> Double {
    switch norm {
    case .l1: 1
    case .l2: root
    case .linf: root * root
    }
  }

  /// α^{1/n}, the bound of the probability when all n samples agree.
  private static func agreed(_ samples: Int, _ alpha: Double) throws(Unknown) -> Double {
    do {
      let agreed = try ClopperPearson.lowerBound(successes: samples, trials: samples, alpha: alpha)
      if agreed > 0.5, agreed < 1 { return agreed }
    } catch {
      throw Unknown(reason: "\(error)")
    }
    throw Unknown(reason: "\(samples) samples at alpha \(alpha) certify nothing")
  }

  private static func quantile(_ p: Double) throws(Unknown) -> Double {
    do {
      return try Normal.quantileRoundedUp(p)
    } catch {
      throw Unknown(reason: "\(error)")
    }
  }
}
