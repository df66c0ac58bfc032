extension RunManifest {
  /// The name under which ``parameters`` say why the base classifier has the certificate it has, or none, where the run
  /// was asked for no particular one.
  public static let baseCertificateReason = "base-certificate-reason"

  /// Whether the data file is one that the model says it was trained on, by its SHA-256: accuracies on it say nothing
  /// about new inputs.
  public var isOnTrainingData: Bool { trainingData?.contains(data.sha256) ?? false }
}
