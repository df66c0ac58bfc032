import CertifyResults
import CertifyStatistics

extension Sample {
  /// The smallest changes that would make a requirement pass that does not, each to follow "it would pass".
  func remedies(_ requirement: Requirement, found: Double?) throws -> [String] {
    var remedies: [String] = []
    switch (requirement.figure, requirement.comparison) {
    case (.certifiedAccuracy, .atLeast), (.attackedAccuracy, .atLeast), (.cleanAccuracy, .atLeast):
      remedies = try share(requirement)
    case (.abstentionRate, .atMost):
      if let allowed = try allowedCount(requirement) {
        let fewer = successes(requirement.figure) - allowed
        remedies = ["if \(fewer) fewer of \(count) inputs were abstained on"]
      }
    case (.medianCertifiedRadius, .atLeast): remedies = quantile(0.5, requirement)
    case (.certifiedRadius(let fraction), .atLeast): remedies = quantile(fraction, requirement)
    case (.meanCertifiedRadius, .atLeast):
      // The bound at a confidence is the mean less a constant, cut off at 0.
      if let found, requirement.confidence == nil || found > 0 {
        remedies = [
          "if the certified radii were larger by \(Self.shown(requirement.threshold - found, .up)) in the mean"
        ]
      }
    default: break
    }
    if let found, found.isFinite {
      let bound = Self.shown(found, requirement.comparison == .atLeast ? .down : .up)
      remedies.append("with a bound of \(requirement.comparison.rawValue) \(bound)")
    }
    return remedies
  }

  /// Four digits behind the point, on the side on which what is said stays true.
  private static func shown(_ value: Double, _ side: FloatingPointRoundingRule) -> Double {
    let scaled = value * 10_000
    guard scaled.isFinite, abs(scaled) < 1e15 else { return value }
    let nearest = scaled.rounded()
    // A decimal is only approximated: what lies within a few ulp of one is that one.
    return (abs(scaled - nearest) <= 4 * scaled.ulp ? nearest : scaled.rounded(side)) / 10_000
  }

  /// How many more inputs it takes, which are nearest, and the radius at which so many are there already.
  private func share(_ requirement: Requirement) throws -> [String] {
    let figure = requirement.figure
    let present = successes(figure)
    guard let needed = try neededCount(requirement) else { return try moreInputs(requirement) }
    var text = "if \(needed - present) more of \(count) inputs were \(Self.wanted(figure))"
    if let radius = figure.radius {
      let nearest = nearest(figure, radius: radius).prefix(min(3, needed - present))
      if !nearest.isEmpty {
        let list = nearest.map { "\($0.index) at \(Self.shown($0.radius, .down))" }.joined(separator: ", ")
        text += " (nearest: \(list))"
      }
    }
    var remedies = [text]
    let reached = reach(figure).sorted(by: >)
    if figure.radius != nil, reached.indices.contains(needed - 1), reached[needed - 1] > 0 {
      let radius = Self.shown(reached[needed - 1], .down)
      if case .certifiedAccuracy = figure {
        remedies.append("at the radius \(radius)")
      } else if radius.isFinite {
        remedies.append("at any radius below \(radius)")
      }
    }
    return remedies
  }

  private static func wanted(_ figure: Figure) -> String {
    switch figure {
    case .certifiedAccuracy(let radius): "certified at \(radius)"
    case .attackedAccuracy(let radius): "not broken within \(radius)"
    default: "right"
    }
  }

  /// How far each correct input holds out.
  private func reach(_ figure: Figure) -> [Double] {
    inputs.filter { $0.bracket.correct && !$0.bracket.abstained }.map { holdsOut($0.bracket, figure) }
  }

  private func holdsOut(_ bracket: Bracket, _ figure: Figure) -> Double {
    if case .attackedAccuracy = figure { return bracket.upperInForce?.radius ?? .infinity }
    return bracket.certifiedRadius
  }

  /// The correct inputs that fall short of the radius, the nearest first.
  private func nearest(_ figure: Figure, radius: Double) -> [(index: Int, radius: Double)] {
    inputs.filter { $0.bracket.correct && !$0.bracket.abstained && !counts($0.bracket, in: figure) }
      .map { (index: $0.index, radius: holdsOut($0.bracket, figure)) }
      .sorted { ($0.radius, $1.index) > ($1.radius, $0.index) }
  }

  /// The smallest count with which the requirement passes; `nil` when not even all inputs are enough.
  private func neededCount(_ requirement: Requirement) throws -> Int? {
    let failing = try Self.countWhile(upTo: count + 1) { rank in
      try !requirement.comparison.holds(fraction(rank - 1, requirement), requirement.threshold)
    }
    return failing > count ? nil : failing
  }

  /// The largest count with which the requirement passes; `nil` when not even none is.
  private func allowedCount(_ requirement: Requirement) throws -> Int? {
    let passing = try Self.countWhile(upTo: count + 1) { rank in
      try requirement.comparison.holds(fraction(rank - 1, requirement), requirement.threshold)
    }
    return passing == 0 ? nil : passing - 1
  }

  /// What is judged when a count of the inputs is in the numerator.
  private func fraction(_ successes: Int, _ requirement: Requirement) throws -> Double {
    guard let confidence = requirement.confidence else { return Double(successes) / Double(count) }
    return try fractionBound(
      requirement.figure, successes: successes, trials: count, delta: Self.delta(confidence))
  }

  /// How many inputs it takes when all of them count, where the bound rather than the model is the limit.
  private func moreInputs(_ requirement: Requirement) throws -> [String] {
    guard let confidence = requirement.confidence, requirement.threshold < 1 else { return [] }
    let limit = 1 << 24
    let tooFew = try Self.countWhile(upTo: limit) { trials in
      try fractionBound(
        requirement.figure, successes: trials, trials: trials, delta: Self.delta(confidence))
        < requirement.threshold
    }
    guard tooFew < limit else { return [] }
    return [
      "with at least \(tooFew + 1) inputs instead of \(count), all of them \(Self.wanted(requirement.figure)): "
        + "so few inputs cannot show it at confidence \(confidence)"
    ]
  }

  /// How many inputs have to reach the threshold for a quantile to be there.
  private func quantile(_ fraction: Double, _ requirement: Requirement) -> [String] {
    guard requirement.confidence == nil, let rank = Quantile.rank(fraction, count: count) else { return [] }
    let below = sortedRadii.count { $0 < requirement.threshold }
    let nearest = inputs.filter { $0.bracket.correct && radius($0.bracket) < requirement.threshold }
      .sorted { (radius($0.bracket), $1.index) > (radius($1.bracket), $0.index) }
      .prefix(min(3, below - rank + 1))
    let list = nearest.map { "\($0.index) at \(Self.shown(radius($0.bracket), .down))" }.joined(
      separator: ", ")
    return [
      "if \(below - rank + 1) more inputs were certified at \(requirement.threshold)"
        + (list.isEmpty ? "" : " (nearest: \(list))")
    ]
  }
}
