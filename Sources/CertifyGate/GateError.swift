import CertifyResults

/// Why a requirement cannot be judged on a run: a fault of the requirement, not of the model.
public enum GateError: Error, Equatable, CustomStringConvertible {
  /// It matches several brackets an input.
  case ambiguous(requirement: String, candidates: [BracketKey])
  /// It matches none of what the run evaluated.
  case noMatch(requirement: String, available: [BracketKey])
  /// It asks for proofs where there are none: in ℓ₀.
  case uncertifiable(requirement: String, key: BracketKey)
  /// A bound on the mean needs the largest radius that the certificate can give.
  case unknownRange(requirement: String, reason: String)
  /// `no-regression` compares with an earlier run, and none was named.
  case noBaseline(requirement: String)

  public var description: String {
    switch self {
    case .ambiguous(let requirement, let candidates):
      "requirement `\(requirement)` matches several brackets an input; add what names one: "
        + Self.list(candidates)
    case .noMatch(let requirement, let available):
      "requirement `\(requirement)` matches nothing in this run; it has " + Self.list(available)
    case .uncertifiable(let requirement, let key):
      "requirement `\(requirement)` asks for proofs in \(key.norm.rawValue), where nothing is certified: "
        + "ask for `attacked-accuracy`, or name another norm of the run"
    case .unknownRange(let requirement, let reason):
      "requirement `\(requirement)` cannot be bounded at a confidence: \(reason); leave `confidence` out, "
        + "or use `certified-radius(0.5)`, whose bound needs no range"
    case .noBaseline(let requirement):
      "requirement `\(requirement)` compares with an earlier run; name its directory with `--baseline`"
    }
  }

  private static func list(_ keys: [BracketKey]) -> String {
    keys.isEmpty ? "no brackets" : keys.map { "(\($0))" }.joined(separator: " or ")
  }
}
