import Yams

/// A gate written down: requirements, and the parameters under which a run must have been made.
///
/// ```yaml
/// version: 1
/// seed: 0
/// samples: 10000
/// sigma: 0.25
/// norm: l2
/// requirements:
///   - 'certified-accuracy(0.5, classifier: smoothed) >= 0.6'
///   - figure: abstention-rate
///     classifier: smoothed
///     at-most: 0.1
///     level: warn
///   - requirement: 'no-regression(certified-accuracy(0.5, classifier: smoothed), tolerance: 0.01)'
/// waivers:
///   - requirement: 'certified-accuracy(0.5, classifier: smoothed) >= 0.6'
///     reason: retraining with more noise is under way
///     expires: 2027-01-31
/// ```
public struct Policy: Sendable, Equatable {
  /// The version of the form.
  public static let currentVersion = 1
  /// Longer texts are refused unread, in bytes.
  public static let longestText = 1 << 20
  /// What a run has to keep.
  public var requirements: [Requirement]
  /// What the policy fixes of a run.
  public var parameters: RunParameters
  /// Each of one of the requirements.
  public var waivers: [Waiver]

  public init(
    requirements: [Requirement], parameters: RunParameters = RunParameters(), waivers: [Waiver] = []
  ) {
    self.requirements = requirements
    self.parameters = parameters
    self.waivers = waivers
  }

  /// Reads a policy in YAML.
  ///
  /// - Throws: `PolicyError`, with the line: unknown and repeated keys (with the nearest name), wrong types,
  ///   values out of range, requirements that cannot be read, and texts that are not YAML.
  public init(yaml: String) throws {
    let root = try PolicyText.compose(yaml)
    guard let root, case .mapping(let mapping) = root else {
      throw PolicyError(
        line: root?.mark?.line, problem: "it is not a mapping; begin with `version: 1` and `requirements:`")
    }
    self = try PolicyReader().policy(mapping)
  }
}

extension PolicyError {
  init(_ error: YamlError, text: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let requirement =
        lines.indices.contains(mark.line - 1) && lines[mark.line - 1].contains("(")
      let hint = requirement ? "; put requirements in single quotes" : ""
      self.init(line: mark.line, problem: "it is not YAML: \(problem)\(hint)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = Set(duplicates).sorted().map { "`\($0)`" }.joined(separator: ", ")
      self.init(line: context.mark.line, problem: "\(names) is given more than once")
    case .reader(let problem, let offset, _, let yaml):
      self.init(
        line: offset.map { yaml.prefix($0).count { $0.isNewline } + 1 },
        problem: "it is not YAML: \(problem); write it as plain text, in UTF-8")
    default:
      self.init(line: nil, problem: "it is not YAML: \(error)")
    }
  }
}
