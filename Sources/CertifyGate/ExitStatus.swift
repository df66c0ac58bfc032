import CertifyResults

/// What a judged run tells its caller: the exit code of the process.
public enum ExitStatus: Int32, Sendable, Equatable, CaseIterable {
  /// Every requirement is met.
  case pass = 0
  /// An input could not be evaluated; anything else outranks it.
  case incomplete = 1
  /// A requirement is not met.
  case gate = 2
  /// A witness lies inside a certified radius, and the retest confirmed it; outranks `gate`.
  case contradiction = 3

  /// What a verdict means for the caller.
  public init(_ verdict: Verdict) {
    if verdict.contradictions > 0 {
      self = .contradiction
    } else if !verdict.failures.isEmpty {
      self = .gate
    } else {
      self = verdict.failedInputs > 0 ? .incomplete : .pass
    }
  }
}
