/// Why bounds cannot be propagated through a graph.
public enum BoundError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An operation without a relaxation.
  case unsupported(node: String, operation: String)
  /// The graph takes several inputs at a time, is damaged, or holds numbers that are not finite.
  case graph(LinearModelError)
  /// An input takes more products than bounds can go through in reasonable time.
  case tooLarge(products: Int, limit: Int)
  /// The graph has more different terms than are held in memory.
  case tooManyTerms(limit: Int)

  public var description: String {
    switch self {
    case .unsupported(let node, let operation):
      "node \(node): there is no bound for \(operation); use a smoothed certificate for this model"
    case .graph(let error): error.description
    case .tooLarge(let products, let limit):
      "the model takes \(products) products an input and bounds go through \(limit) at most; "
        + "use a smoothed certificate for this model"
    case .tooManyTerms(let limit):
      "the model has more than the \(limit) different terms that bounds keep; "
        + "use a smoothed certificate for this model"
    }
  }
}
