/// A radius of the base classifier that is proven without sampling.
public protocol DeterministicCertificate: Sendable {
  /// No allowed x' nearer than this is given another class by the single-precision program; rounded down.
  var radius: Double { get }
}

extension DeterministicCertificate {
  /// The claim holds for the floating-point program.
  public var floatSound: Bool { true }
  /// Nothing is left to chance: 1.
  public var confidence: Double { 1 }
}
