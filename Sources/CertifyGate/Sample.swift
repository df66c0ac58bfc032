import CertifyResults

/// The brackets that a requirement speaks of, one an input.
struct Sample {
  var key: BracketKey
  var manifest: RunManifest
  /// In the order of the run.
  var inputs: [(index: Int, bracket: Bracket)]
  var comparison: Comparison

  var count: Int { inputs.count }

  /// Whether the input is in the numerator of a fraction.
  ///
  /// For `<=`, an abstention counts against passing: as if the classifier had been right and robust.
  func counts(_ bracket: Bracket, in figure: Figure) -> Bool {
    if case .abstentionRate = figure { return bracket.abstained }
    if bracket.abstained { return comparison == .atMost }
    return switch figure {
    case .certifiedAccuracy(let radius): bracket.isCertified(at: radius)
    case .attackedAccuracy(let radius): bracket.survivesAttack(at: radius)
    default: bracket.correct
    }
  }

  /// The certified radius that counts; for `<=`, an abstention counts as an infinite one.
  func radius(_ bracket: Bracket) -> Double {
    bracket.abstained && comparison == .atMost ? .infinity : bracket.certifiedRadius
  }

  /// The certified radii in ascending order.
  var sortedRadii: [Double] { inputs.map { radius($0.bracket) }.sorted() }

  /// The count in the numerator of a fraction.
  func successes(_ figure: Figure) -> Int {
    inputs.count { counts($0.bracket, in: figure) }
  }

  /// The largest error probability of a single certificate: α, and 0 for deterministic ones.
  var alpha: Double {
    let recorded = inputs.compactMap { entry in
      entry.bracket.lower.map { $0.sampling?.alpha ?? (1 - $0.confidence) }
    }
    let fallback = key.classifier == .smoothed ? manifest.alpha : 0
    return max(recorded.max() ?? 0, fallback)
  }

  /// The inputs that speak against the requirement, worst first; at most 20.
  func deciding(_ requirement: Requirement) -> [Int] {
    let against = inputs.filter { speaksAgainst($0.bracket, requirement) }
    let ranked = against.map { (index: $0.index, weight: weight($0.bracket, requirement.figure)) }
    let descending = comparison == .atMost
    return ranked.sorted { left, right in
      left.weight == right.weight
        ? left.index < right.index
        : (left.weight < right.weight) != descending
    }
    .prefix(20).map(\.index)
  }

  private func speaksAgainst(_ bracket: Bracket, _ requirement: Requirement) -> Bool {
    let figure = requirement.figure
    guard figure.isFraction else {
      let radius = radius(bracket)
      return comparison == .atLeast ? radius < requirement.threshold : radius > requirement.threshold
    }
    return counts(bracket, in: figure) == (comparison == .atMost)
  }

  /// What makes an input a worse one: the smaller, the worse under `>=`.
  private func weight(_ bracket: Bracket, _ figure: Figure) -> Double {
    switch figure {
    case .attackedAccuracy: bracket.correct ? bracket.upper?.radius ?? .infinity : 0
    case .cleanAccuracy, .abstentionRate: bracket.abstained ? 0 : 1
    default: radius(bracket)
    }
  }
}
