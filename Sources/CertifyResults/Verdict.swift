/// What a gate decided.
public struct Verdict: Sendable, Codable, Equatable {
  public var requirements: [RequirementOutcome]
  /// The contradictions that stand: a witness inside a certified radius. They outrank every requirement.
  public var contradictions: Int

  public init(requirements: [RequirementOutcome], contradictions: Int = 0) {
    self.requirements = requirements
    self.contradictions = contradictions
  }

  /// Whether no contradiction stands and every requirement is met. Without requirements there is none to miss.
  public var pass: Bool { contradictions == 0 && requirements.allSatisfy(\.pass) }

  private enum CodingKeys: String, CodingKey {
    case requirements, contradictions, pass
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    requirements = try container.decode([RequirementOutcome].self, forKey: .requirements)
    contradictions = try container.decode(Int.self, forKey: .contradictions)
  }

  /// Writes `pass` too, for whoever reads the file.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(requirements, forKey: .requirements)
    try container.encode(contradictions, forKey: .contradictions)
    try container.encode(pass, forKey: .pass)
  }
}

/// One requirement and what was found.
public struct RequirementOutcome: Sendable, Codable, Equatable {
  /// The requirement as it was written.
  public var requirement: String
  /// The bound asked for, such as `>= 0.6`.
  public var expected: String
  /// The figure found, or `nil` where there is none (no inputs, no brackets).
  public var found: Double?
  public var pass: Bool
  /// Why it failed or what the figure is, in one sentence.
  public var explanation: String
  /// The indices of the inputs that decide it, worst first; at most a screenful.
  public var decidingInputs: [Int]

  public init(
    requirement: String, expected: String, found: Double?, pass: Bool, explanation: String,
    decidingInputs: [Int]
  ) {
    self.requirement = requirement
    self.expected = expected
    self.found = found
    self.pass = pass
    self.explanation = explanation
    self.decidingInputs = decidingInputs
  }

  private enum CodingKeys: String, CodingKey {
    case requirement, expected, found, pass, explanation, decidingInputs
  }

  /// Writes `found` as `null` when there is no figure.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(requirement, forKey: .requirement)
    try container.encode(expected, forKey: .expected)
    try container.encode(found, forKey: .found)
    try container.encode(pass, forKey: .pass)
    try container.encode(explanation, forKey: .explanation)
    try container.encode(decidingInputs, forKey: .decidingInputs)
  }
}
