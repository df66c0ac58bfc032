import CertifyThreat

/// Whether attacks that follow gradients can be trusted on the model of a run, and what says so.
public struct GradientDiagnosis: Sendable, Codable, Equatable {
  /// One sign of gradient masking that was looked for.
  public struct Check: Sendable, Codable, Equatable {
    /// The name of the sign.
    public var name: String
    /// What was measured, with figures.
    public var figure: String
    /// Whether the sign was seen; `nil` when the check was not made.
    public var seen: Bool?
    /// What it means when it is seen, to follow `because`.
    public var meaning: String

    public init(name: String, figure: String, seen: Bool?, meaning: String) {
      self.name = name
      self.figure = figure
      self.seen = seen
      self.meaning = meaning
    }
  }

  /// The norm of ε.
  public var norm: Norm
  /// The radius at which the attacks were compared.
  public var epsilon: Double
  /// The inputs they were compared on.
  public var inputs: Int
  /// The signs that were looked for.
  public var checks: [Check]

  public init(norm: Norm, epsilon: Double, inputs: Int, checks: [Check]) {
    self.norm = norm
    self.epsilon = epsilon
    self.inputs = inputs
    self.checks = checks
  }

  /// Whether no check that was made saw its sign.
  public var isClean: Bool { !checks.contains { $0.seen == true } }

  /// `gradients look usable`, or `do not trust this upper bound, because …`.
  public var verdict: String {
    let reasons = checks.filter { $0.seen == true }.map(\.meaning)
    return reasons.isEmpty
      ? "gradients look usable" : "do not trust this upper bound, because " + reasons.joined(separator: "; ")
  }
}
