import CertifyResults
import CertifyStatistics
import CertifyThreat

/// The largest radius that a certificate can give, whatever the input.
enum CertifiableRange {
  /// Why it is not known.
  struct Unknown: Error {
    var reason: String
  }

  /// σ Φ⁻¹(α^{1/n}), reached when all n samples agree; over √d in ℓ∞. Of Gaussian smoothing only.
  ///
  /// The form with a bounded runner-up spends α/2 on the leading class and so stays below it.
  static func largest(of key: BracketKey, manifest: RunManifest) throws(Unknown) -> Double {
    guard let smoothing = key.smoothing else {
      throw Unknown(reason: "the certificates of the base classifier have no largest radius")
    }
    guard ["gaussian", "gaussian-sound"].contains(smoothing.noise) else {
      throw Unknown(reason: "the largest radius under `\(smoothing.noise)` noise is not known")
    }
    let alpha = manifest.alpha
    let samples = manifest.samples
    guard samples > 0, alpha > 0, alpha < 1, smoothing.sigma > 0 else {
      throw Unknown(reason: "the manifest's samples, alpha and sigma give no largest radius")
    }
    let quantile: Double
    do {
      let agreed = try ClopperPearson.lowerBound(successes: samples, trials: samples, alpha: alpha)
      guard agreed > 0.5, agreed < 1 else {
        throw Unknown(reason: "\(samples) samples at alpha \(alpha) certify nothing")
      }
      quantile = try Normal.quantile(agreed)
    } catch let error as Unknown {
      throw error
    } catch {
      throw Unknown(reason: "\(error)")
    }
    let radius = smoothing.sigma * quantile * (1 + 1e-9)
    guard key.norm == .linf else { return radius }
    let dimension = manifest.inputShape.reduce(1.0) { $0 * Double($1) }
    guard dimension >= 1 else { throw Unknown(reason: "the manifest's input shape is empty") }
    return radius / dimension.squareRoot()
  }
}
