import CertifyCertificates
import CertifyResults

extension LowerBound {
  /// What a proof without sampling says, as the results record it.
  init(_ certificate: some DeterministicCertificate, method: String) {
    self.init(
      radius: certificate.radius, method: method, confidence: certificate.confidence,
      floatSound: certificate.floatSound, sampling: nil)
  }
}
