import CertifyCertificates
import CertifyResults
import CertifyThreat

extension LowerBound {
  /// What a proof without sampling says, as the results record it.
  ///
  /// On a grid no input lies between its distances, so the radius is the next of them.
  init(_ certificate: some DeterministicCertificate, method: String, threat: ThreatModel) {
    self.init(
      radius: GridDistances(threat)?.certified(certificate.radius) ?? certificate.radius, method: method,
      confidence: certificate.confidence, floatSound: certificate.floatSound, sampling: nil)
  }
}
