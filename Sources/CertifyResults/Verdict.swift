/// What a gate decided.
public struct Verdict: Sendable, Codable, Equatable {
  /// Each requirement with what was found, in the order of the policy.
  public var requirements: [RequirementOutcome]
  /// The contradictions that stand: a witness inside a certified radius. They outrank every requirement.
  public var contradictions: Int
  /// The inputs that could not be evaluated.
  public var failedInputs: Int

  public init(requirements: [RequirementOutcome], contradictions: Int = 0, failedInputs: Int = 0) {
    self.requirements = requirements
    self.contradictions = contradictions
    self.failedInputs = failedInputs
  }

  /// Whether no contradiction stands, every input was evaluated and no requirement fails the gate. Without
  /// requirements there is none to miss.
  public var pass: Bool { contradictions == 0 && failedInputs == 0 && failures.isEmpty }

  /// The requirements that fail the gate.
  public var failures: [RequirementOutcome] { requirements.filter(\.fails) }

  private enum CodingKeys: String, CodingKey {
    case requirements, contradictions, failedInputs, pass
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    requirements = try container.decode([RequirementOutcome].self, forKey: .requirements)
    contradictions = try container.decode(Int.self, forKey: .contradictions)
    failedInputs = try container.decodeIfPresent(Int.self, forKey: .failedInputs) ?? 0
  }

  /// Writes `pass` too, for whoever reads the file; `failedInputs` only where there are some.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(requirements, forKey: .requirements)
    try container.encode(contradictions, forKey: .contradictions)
    if failedInputs > 0 { try container.encode(failedInputs, forKey: .failedInputs) }
    try container.encode(pass, forKey: .pass)
  }
}

/// How much a requirement weighs.
public enum RequirementLevel: String, Sendable, Codable, CaseIterable {
  /// It is not judged.
  case off
  /// A figure that falls short is said, and does not fail the gate.
  case warn
  /// A figure that falls short fails the gate.
  case error
}

/// An agreement to live with a requirement that is not met, for a while.
public struct WaiverRecord: Sendable, Codable, Equatable {
  /// Why, as it was written.
  public var reason: String
  /// The last day on which it counts, as `YYYY-MM-DD`.
  public var expires: String
  /// Whether that day was over when the run was judged: the waiver did not count.
  public var expired: Bool

  public init(reason: String, expires: String, expired: Bool) {
    self.reason = reason
    self.expires = expires
    self.expired = expired
  }
}
