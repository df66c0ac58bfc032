/// Why a graph is not taken for a linear model.
public enum LinearModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An operation is not affine, or not one whose rows are composed here.
  case notAffine(node: String, operation: String)
  /// The graph evaluates more than one input.
  case batched(extent: Int)
  /// Shapes and constants of a node do not fit together.
  case inconsistent(node: String, reason: String)
  /// A constant is NaN or infinite.
  case notFinite(node: String)
  /// The composed rows, or their rounding bound, are too large.
  case tooLarge(reason: String)

  public var description: String {
    switch self {
    case .notAffine(let node, let operation):
      "node \(node): \(operation) is not an affine map; the exact linear certificate does not apply to this model"
    case .batched(let extent):
      "the graph takes \(extent) inputs at a time; make it for a batch of 1"
    case .inconsistent(let node, let reason):
      "node \(node): \(reason); the graph is damaged"
    case .notFinite(let node):
      "node \(node): a constant is NaN or infinite; export the model again"
    case .tooLarge(let reason):
      "the linear certificate does not apply: \(reason)"
    }
  }
}
