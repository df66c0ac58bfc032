import CertifySmoothing

/// Sampling at one input that looks at its counts after certain numbers of samples and stops when it has seen enough.
protocol StepwiseSampling: Sendable {
  /// The samples to draw before the next look, consecutive from 0; `nil` once nothing more is wanted.
  var next: Range<Int>? { get }
  /// What more samples promise: where there are too few for all, the largest come first. No part of any claim.
  var promise: Double { get }
  /// Looks at the counts of `next`.
  mutating func add(_ counts: ClassCounts) throws
}

extension StepwiseSampling {
  /// Draws until nothing more is wanted.
  mutating func finish(_ draw: (Range<Int>) throws -> ClassCounts) throws {
    while let samples = next { try add(draw(samples)) }
  }
}
