/// The class that an attack wants to reach.
public enum AttackTarget: Sendable, Equatable {
  /// One class for all inputs; an input that has it as its label is not attacked.
  case label(Int)
  /// The class with the second largest logit, or the largest where that is not the label's.
  case second
  /// The class with the smallest logit.
  case leastLikely
  /// Every class but the label, one after another.
  case all

  /// Reads a class number, `second`, `least-likely` or `all`; `nil` for anything else.
  public init?(argument: String) {
    switch argument {
    case "second": self = .second
    case "least-likely": self = .leastLikely
    case "all": self = .all
    default:
      guard let label = Int(argument), label >= 0 else { return nil }
      self = .label(label)
    }
  }

  /// The classes to reach for an input with these logits, without its label.
  ///
  /// - Parameters:
  ///   - logits: What f gives the clean input, K numbers; ties go to the lowest class.
  ///   - label: The class of the input, which is never a target.
  public func classes(logits: [Float], label: Int) -> [Int] {
    let others = logits.indices.filter { $0 != label }
    switch self {
    case .label(let target): return others.contains(target) ? [target] : []
    case .second: return others.max { (logits[$0], $1) < (logits[$1], $0) }.map { [$0] } ?? []
    case .leastLikely: return others.min { (logits[$0], $0) < (logits[$1], $1) }.map { [$0] } ?? []
    case .all: return others
    }
  }
}

extension AttackTarget: CustomStringConvertible {
  /// As it is read.
  public var description: String {
    switch self {
    case .label(let label): "\(label)"
    case .second: "second"
    case .leastLikely: "least-likely"
    case .all: "all"
    }
  }
}
