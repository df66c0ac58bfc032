/// Something about a model file that its owner should know, though it can be run.
public enum ModelWarning: Sendable, Equatable {
  /// The output is a probability rather than a logit.
  case probabilities(head: Head)
  /// A constant was converted to single precision.
  case convertedConstant(name: String, type: String)
  /// A cast to another floating-point type was read as one to single precision.
  case ignoredCast(node: String, type: String)
  /// The model has several outputs; one is read.
  case severalOutputs(chosen: String, ignored: [String])
  /// The model ends in an operator that chooses a class; the scores that it chooses from are read.
  case classChosen(node: String, operatorName: String)
  /// The model has inputs that its output does not depend on.
  case unusedInputs(names: [String])
}

extension ModelWarning: CustomStringConvertible {
  public var description: String {
    switch self {
    case .probabilities(let head):
      "the model ends in a \(head.name); attacks and gradients use what goes into it, since it flattens gradients"
    case .convertedConstant(let name, let type):
      "constant '\(name.shown())' of type \(type) is rounded to single precision"
    case .ignoredCast(let node, let type):
      "node '\(node.shown())' casts to \(type); the model is computed in single precision"
    case .severalOutputs(let chosen, let ignored):
      "the model has \(ignored.count + 1) outputs; '\(chosen.shown())' is read, the others are ignored:"
        + " \(ignored.map { "'\($0.shown())'" }.joined(separator: ", "))"
    case .classChosen(let node, let operatorName):
      "the model ends in node '\(node.shown())' (\(operatorName)), which chooses a class; the scores before it are read"
    case .unusedInputs(let names):
      "the output does not depend on \(names.map { "'\($0.shown())'" }.joined(separator: ", "))"
    }
  }
}
