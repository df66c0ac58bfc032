import CertifyGate
import CertifyResults
import CertifyThreat

/// The words for what brackets speak of.
package enum Wording {
  /// `ℓ₂`.
  package static func symbol(_ norm: Distance) -> String {
    switch norm {
    case .l0: "ℓ₀"
    case .l1: "ℓ₁"
    case .l2: "ℓ₂"
    case .linf: "ℓ∞"
    }
  }

  static func meaning(_ norm: Distance) -> String {
    switch norm {
    case .l0: "the number of changed values, one for each channel of a pixel"
    case .l1: "the sum of the absolute changes"
    case .l2: "the square root of the sum of the squared changes"
    case .linf: "the largest change of a single value"
    }
  }

  /// Plain text, such as `Smoothed classifier, gaussian-sound noise, σ = 0.25, ℓ₂`.
  static func title(_ key: BracketKey) -> String {
    guard let smoothing = key.smoothing else { return "Base classifier, \(symbol(key.norm))" }
    return "Smoothed classifier, \(smoothing.noise) noise, σ = \(smoothing.sigma), \(symbol(key.norm))"
  }

  /// A file name without an ending, of letters, digits, `-` and `.` only.
  static func fileName(_ key: BracketKey) -> String {
    var parts = [key.classifier.rawValue]
    if let smoothing = key.smoothing {
      parts += [smoothing.noise, "\(smoothing.sigma)"]
    }
    parts.append(key.norm.rawValue)
    let allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
    return String(parts.joined(separator: "-").map { allowed.contains($0) ? $0 : "-" })
  }

  /// The shortest text that reads back as the same number, integers without a point.
  package static func number(_ value: some BinaryFloatingPoint & CustomStringConvertible) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The adversary.
  static func threat(_ manifest: RunManifest) -> Prose {
    var limits: [String] = []
    if let bounds = manifest.space.bounds {
      limits.append("every value stays between \(number(bounds.lower)) and \(number(bounds.upper))")
    }
    if let steps = manifest.space.gridSteps {
      limits.append("every value stays a multiple of 1/\(steps), as 8-bit data is")
    }
    limits += manifest.space.features.map(Self.limits) ?? []
    let norms = manifest.norms.map { "\(symbol($0)) (\(meaning($0)))" }.joined(separator: " or ")
    let within = limits.isEmpty ? "Values may be any real numbers." : "\(limits.joined(separator: " and "))."
    return Prose(
      "An adversary may change an input x to any x + δ at a cost ‖δ‖ in \(norms). "
        + within.prefix(1).uppercased() + within.dropFirst())
  }

  /// The limits of single features, in words with their numbers.
  private static func limits(_ features: FeatureLimits) -> [String] {
    var words: [String] = []
    if features.lower != nil || features.upper != nil {
      words.append("single features stay within bounds of their own")
    }
    if !features.immutable.isEmpty {
      words.append("\(features.immutable.count) of \(features.count) features do not change")
    }
    if let step = features.step { words.append("\(step.count { $0 > 0 }) features move by whole steps only") }
    if features.scale != nil { words.append("changes are measured in units of each feature's scale") }
    return words
  }

  /// What defines the smoothed classifier.
  static func definition(_ smoothing: SmoothingRecord) -> Prose {
    var text: Prose = "noise \(code: smoothing.noise) with σ = \(smoothing.sigma)"
    if let range = smoothing.range {
      text += ", noisy 8-bit values clipped to the integers from \(range.lower) to \(range.upper)"
    }
    if let lambda = smoothing.lambda { text += ", λ = \(lambda)" }
    if let splits = smoothing.splits {
      text += ", which is M = \(splits) samples, the same for every input"
    }
    return text
  }

  /// The figure of a requirement, rounded so that it never looks better than it is: down under `>=`, up
  /// under `<=`; `nil` where there is none.
  static func found(_ outcome: RequirementOutcome) -> String? {
    guard let found = outcome.found else { return nil }
    let places = Rounding.places(showing: abs(found)) + 1
    return outcome.expected.hasPrefix(Comparison.atMost.rawValue)
      ? Rounding.up(found, places: places) : Rounding.down(found, places: places)
  }

  /// `expected >= 0.6, found 0.3750`.
  static func shortfall(_ outcome: RequirementOutcome) -> String {
    "\(outcome.requirement): expected \(outcome.expected), found \(found(outcome) ?? "nothing to judge")"
  }

  /// Why, which inputs decide it and what would have made it pass, a line each.
  static func reasons(_ outcome: RequirementOutcome) -> [String] {
    var lines = [outcome.explanation]
    if !outcome.decidingInputs.isEmpty {
      lines.append("inputs that decide: \(PlainText.list(outcome.decidingInputs, longest: 20))")
    }
    if !outcome.remedies.isEmpty {
      lines.append("it would pass \(outcome.remedies.joined(separator: "; or "))")
    }
    if let waiver = outcome.waiver { lines.append(Self.waiver(waiver, outcome)) }
    return lines
  }

  /// What a waiver says, and whether it counts.
  static func waiver(_ waiver: WaiverRecord, _ outcome: RequirementOutcome) -> String {
    if waiver.expired {
      return "Its waiver expired on \(waiver.expires) and does not count: \(waiver.reason)."
    }
    if outcome.pass {
      return "Its waiver until \(waiver.expires) is not needed any more: \(waiver.reason)."
    }
    return outcome.isWaived
      ? "Waived until \(waiver.expires): \(waiver.reason)."
      : "Its waiver until \(waiver.expires) does not excuse a run that cannot be judged."
  }
}
