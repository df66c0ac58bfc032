/// What keeps the engine from evaluating a model.
public enum EngineError: Error, Equatable, CustomStringConvertible {
  /// The kernel library refused an operation.
  case kernelRefused(operation: String, node: String, status: Int)
  /// An operation that this engine has no kernel for.
  case unsupported(node: String, reason: String)
  /// A logit is NaN.
  case logitIsNaN(row: Int, classIndex: Int)
  /// A batch of a size that the classifier was not made for.
  case batchOutOfRange(count: Int, batchSize: Int)
  /// The model's output cannot be read as the logits of one input.
  case notAClassifier(outputShape: [Int])

  public var description: String {
    switch self {
    case .kernelRefused(let operation, let node, let status):
      "node '\(node)': the kernel library refused \(operation) (status \(status)); "
        + "please report the model with `certify inspect`"
    case .unsupported(let node, let reason):
      "node '\(node)': \(reason)"
    case .logitIsNaN(_, let classIndex):
      "the model's logit of class \(classIndex) is NaN; "
        + "check the model for divisions by zero and overflows at such inputs"
    case .batchOutOfRange(let count, let batchSize):
      "a batch of \(count) rows was asked of a classifier made for 1 to \(batchSize)"
    case .notAClassifier(let outputShape):
      "the model's output has shape \(outputShape) for each input; "
        + "a classifier needs one row of logits, or one number"
    }
  }
}
