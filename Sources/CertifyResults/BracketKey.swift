import CertifyThreat

/// What a bracket speaks of: the classifier, everything that defines it, and the norm.
///
/// Figures are only ever formed over brackets of one key: a base classifier and a smoothed one, or two
/// noise levels, are different classifiers and are never compared as if they were one.
public struct BracketKey: Sendable, Codable, Hashable {
  /// Which of the two classifiers.
  public var classifier: ClassifierKind
  /// What defines g; `nil` for the base classifier.
  public var smoothing: SmoothingRecord?
  /// What the radii are measured in.
  public var norm: Distance

  public init(classifier: ClassifierKind, smoothing: SmoothingRecord?, norm: Distance) {
    self.classifier = classifier
    self.smoothing = smoothing
    self.norm = norm
  }

  private enum CodingKeys: String, CodingKey {
    case classifier, smoothing, norm
  }

  /// Writes `smoothing` as `null` when there is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classifier, forKey: .classifier)
    try container.encode(smoothing, forKey: .smoothing)
    try container.encode(norm, forKey: .norm)
  }
}

extension Bracket {
  /// What this bracket speaks of.
  public var key: BracketKey { BracketKey(classifier: classifier, smoothing: smoothing, norm: norm) }
}

extension BracketKey: Comparable {
  /// Base before smoothed, then by noise, σ, range and norm: the order of every listing.
  public static func < (left: BracketKey, right: BracketKey) -> Bool {
    left.order.lexicographicallyPrecedes(right.order) { first, second in
      switch (first, second) {
      case (.number(let a), .number(let b)): a < b
      case (.text(let a), .text(let b)): a < b
      case (.number, .text): true
      case (.text, .number): false
      }
    }
  }

  private enum Rank: Equatable {
    case number(Double)
    case text(String)
  }

  private var order: [Rank] {
    [
      .number(classifier == .base ? 0 : 1),
      .text(smoothing?.noise ?? ""),
      .number(smoothing?.sigma ?? 0),
      .number(Double(smoothing?.range?.lower ?? 0)),
      .number(Double(smoothing?.range?.upper ?? 0)),
      .number(Double(Distance.allCases.firstIndex(of: norm) ?? 0)),
    ]
  }
}

extension BracketKey: CustomStringConvertible {
  /// The selectors that name this key in a requirement, such as
  /// `classifier: smoothed, noise: gaussian-sound, sigma: 0.25, norm: l2`.
  public var description: String {
    var parts = ["classifier: \(classifier.rawValue)"]
    if let smoothing {
      parts.append("noise: \(smoothing.noise)")
      parts.append("sigma: \(smoothing.sigma)")
    }
    parts.append("norm: \(norm.rawValue)")
    return parts.joined(separator: ", ")
  }
}

extension RunResults {
  /// The keys that occur among the brackets, each once, in order.
  public var keys: [BracketKey] {
    var seen: Set<BracketKey> = []
    for input in inputs {
      for bracket in input.brackets { seen.insert(bracket.key) }
    }
    return seen.sorted()
  }
}

extension RunManifest {
  /// The keys that the run was asked for, in order; a smoothed classifier has none in ℓ₀.
  public var keys: [BracketKey] {
    var keys: [BracketKey] = []
    for norm in norms {
      if classifiers.contains(.base) {
        keys.append(BracketKey(classifier: .base, smoothing: nil, norm: norm))
      }
      if classifiers.contains(.smoothed), norm.norm != nil {
        keys += smoothings.map { BracketKey(classifier: .smoothed, smoothing: $0, norm: norm) }
      }
    }
    return keys.sorted()
  }
}
