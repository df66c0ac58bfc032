/// One requirement and what was found.
public struct RequirementOutcome: Sendable, Codable, Equatable {
  /// The requirement as it was written.
  public var requirement: String
  /// The bound asked for, such as `>= 0.6`.
  public var expected: String
  /// The figure found, or `nil` where there is none (no inputs, no brackets).
  public var found: Double?
  /// Whether the figure keeps the bound.
  public var pass: Bool
  /// Why it failed or what the figure is, in sentences.
  public var explanation: String
  /// The indices of the inputs that decide it, worst first; at most a screenful.
  public var decidingInputs: [Int]
  /// How much the requirement weighs.
  public var level: RequirementLevel
  /// Whether there was a figure to judge: false for no inputs, an incomplete run, a radius that is not a
  /// number. Neither a waiver nor a level excuses that.
  public var judged: Bool
  /// What was agreed about missing it, if anything.
  public var waiver: WaiverRecord?
  /// The smallest changes that would have made it pass, each a sentence; empty where it passes.
  public var remedies: [String]

  public init(
    requirement: String, expected: String, found: Double?, pass: Bool, explanation: String,
    decidingInputs: [Int], level: RequirementLevel = .error, judged: Bool = true,
    waiver: WaiverRecord? = nil, remedies: [String] = []
  ) {
    self.requirement = requirement
    self.expected = expected
    self.found = found
    self.pass = pass
    self.explanation = explanation
    self.decidingInputs = decidingInputs
    self.level = level
    self.judged = judged
    self.waiver = waiver
    self.remedies = remedies
  }

  /// Whether it fails the gate.
  ///
  /// Not when the figure keeps the bound, and not when the requirement is switched off; a figure that falls
  /// short not at level `warn` or under a waiver that has not expired. What could not be judged fails.
  public var fails: Bool {
    guard level != .off, !pass else { return false }
    guard judged else { return true }
    return level == .error && !isWaived
  }

  /// Whether a waiver that counts excuses a figure that falls short.
  public var isWaived: Bool { level != .off && !pass && judged && waiver?.expired == false }

  private enum CodingKeys: String, CodingKey {
    case requirement, expected, found, pass, explanation, decidingInputs, level, judged, waiver, remedies
  }

  /// Reads records without `level`, `judged`, `waiver` and `remedies` too.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      requirement: try container.decode(String.self, forKey: .requirement),
      expected: try container.decode(String.self, forKey: .expected),
      found: try container.decodeIfPresent(Double.self, forKey: .found),
      pass: try container.decode(Bool.self, forKey: .pass),
      explanation: try container.decode(String.self, forKey: .explanation),
      decidingInputs: try container.decode([Int].self, forKey: .decidingInputs),
      level: try container.decodeIfPresent(RequirementLevel.self, forKey: .level) ?? .error,
      judged: try container.decodeIfPresent(Bool.self, forKey: .judged) ?? true,
      waiver: try container.decodeIfPresent(WaiverRecord.self, forKey: .waiver),
      remedies: try container.decodeIfPresent([String].self, forKey: .remedies) ?? [])
  }

  /// Writes `found` and `waiver` as `null` when there is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(requirement, forKey: .requirement)
    try container.encode(expected, forKey: .expected)
    try container.encode(found, forKey: .found)
    try container.encode(pass, forKey: .pass)
    try container.encode(explanation, forKey: .explanation)
    try container.encode(decidingInputs, forKey: .decidingInputs)
    try container.encode(level, forKey: .level)
    try container.encode(judged, forKey: .judged)
    try container.encode(waiver, forKey: .waiver)
    try container.encode(remedies, forKey: .remedies)
  }
}
