extension RunManifest {
  /// The name under which ``parameters`` say why the base classifier has the certificate it has, or none, where the run
  /// was asked for no particular one.
  public static let baseCertificateReason = "base-certificate-reason"
}
