/// Why bounds cannot be propagated through a graph.
public enum BoundError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An operation without a relaxation.
  case unsupported(node: String, operation: String)
  /// The graph takes several inputs at a time, is damaged, or holds numbers that are not finite.
  case graph(LinearModelError)
  /// The graph has more terms than are held in memory.
  case tooLarge(terms: Int, limit: Int)

  public var description: String {
    switch self {
    case .unsupported(let node, let operation):
      "node \(node): there is no bound for \(operation); use a smoothed certificate for this model"
    case .graph(let error): error.description
    case .tooLarge(let terms, let limit):
      "the model has \(terms) products an input and bounds are kept for \(limit) at most; "
        + "use a smoothed certificate for this model"
    }
  }
}
