import CertifyResults

extension Sample {
  /// Why a figure must not be judged on these brackets, if anything: it would pass or fail on nothing.
  func obstacle(to requirement: Requirement) -> String? {
    if let bad = inputs.first(where: { $0.bracket.hasNaN }) {
      return "input \(bad.index) has a radius that is not a number"
    }
    if !requirement.figure.isAbstentionRate, inputs.allSatisfy({ $0.bracket.abstained }) {
      return "the classifier abstained on all \(count) inputs: there is nothing to judge"
    }
    if case .attackedAccuracy = requirement.figure {
      let missing = inputs.filter { !$0.bracket.abstained && !$0.bracket.wasAttacked }
      if let first = missing.first {
        return "\(missing.count) of \(count) inputs were not attacked, the first is \(first.index): "
          + "run with an attack"
      }
    }
    if requirement.figure.needsCertificate, comparison == .atMost,
      inputs.allSatisfy({ $0.bracket.lower == nil })
    {
      return "no input has a certificate: there is nothing to judge"
    }
    return nil
  }
}

extension Bracket {
  /// Whether an end is not a number.
  var hasNaN: Bool { lower?.radius.isNaN == true || upper?.radius.isNaN == true }
}

extension Figure {
  var isAbstentionRate: Bool {
    if case .abstentionRate = self { return true }
    return false
  }

  /// Whether it is formed from certificates.
  var needsCertificate: Bool {
    switch self {
    case .certifiedAccuracy, .meanCertifiedRadius, .medianCertifiedRadius, .certifiedRadius: true
    case .attackedAccuracy, .cleanAccuracy, .abstentionRate: false
    }
  }
}
