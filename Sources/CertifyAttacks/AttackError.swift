/// Why an attack could not be run.
public enum AttackError: Error, Equatable, Sendable {
  /// No attack has this name.
  case unknownAttack(name: String, available: [String])
  /// The attack exists but not for this classifier, goal or model.
  case unsupported(attack: String, reason: String, available: [String])
  /// A parameter is out of its range.
  case invalidParameter(name: String, value: String, advice: String)
  /// The input does not fit the model or the threat model.
  case invalidInput(index: Int, reason: String, advice: String)
}

extension AttackError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownAttack(let name, let available):
      "there is no attack named '\(name)': choose one of \(available.joined(separator: ", "))"
    case .unsupported(let attack, let reason, let available):
      "attack '\(attack)' cannot be used here: \(reason); available here: \(available.joined(separator: ", "))"
    case .invalidParameter(let name, let value, let advice):
      "\(name) is \(value): \(advice)"
    case .invalidInput(let index, let reason, let advice):
      "input \(index): \(reason); \(advice)"
    }
  }
}
