/// A radius of the base classifier that is proven without sampling.
public protocol DeterministicCertificate: Sendable {
  /// No allowed x' nearer than this is given another class; rounded down.
  var radius: Double { get }
  /// Whether the claim is proven of the floating-point program; if not, it is of real arithmetic.
  var floatSound: Bool { get }
}

extension DeterministicCertificate {
  /// Nothing is left to chance: 1.
  public var confidence: Double { 1 }
}
