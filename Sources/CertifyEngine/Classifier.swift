/// A function from inputs to logits that is evaluated a batch at a time.
///
/// The caller writes rows into ``inputs``, calls ``forward(count:)`` and reads rows of ``logits``.
/// An instance serves one thread; ``ClassifierSource`` makes one a worker.
/// The logits of a row are a deterministic function of that row alone: they depend neither on its
/// position nor on the other rows.
public protocol Classifier: AnyObject {
  /// The extents of one input, without the batch axis.
  var inputShape: [Int] { get }
  /// The number of classes K, at least 2. A single-output binary model has the two logits (0, z).
  var classCount: Int { get }
  /// The number of rows that one forward pass evaluates.
  var batchSize: Int { get }
  /// [batchSize, d], row-major.
  var inputs: UnsafeMutableBufferPointer<Float> { get }
  /// [batchSize, classCount], row-major; valid until the next forward pass.
  var logits: UnsafeBufferPointer<Float> { get }
  /// Evaluates the first `count` rows, 1 ≤ count ≤ batchSize. The rest of `logits` is undefined.
  ///
  /// - Throws: ``EngineError`` when a logit is NaN.
  func forward(count: Int) throws
}

/// A classifier that can also pull a gradient back from its logits to its input.
public protocol DifferentiableClassifier: Classifier {
  /// [batchSize, classCount]: v, the gradient with respect to the logits, written by the caller.
  var logitGradients: UnsafeMutableBufferPointer<Float> { get }
  /// [batchSize, d]: vᵀ ∂z/∂x, valid until the next backward pass.
  var inputGradients: UnsafeBufferPointer<Float> { get }
  /// Computes `inputGradients` of the first `count` rows at the inputs of the last forward pass.
  func backward(count: Int) throws
}

/// A loaded model from which each worker thread makes classifiers of its own.
public protocol ClassifierSource: Sendable {
  /// The extents of one input, without the batch axis.
  var inputShape: [Int] { get }
  /// The number of classes K, at least 2.
  var classCount: Int { get }
  /// Makes the classifier that defines f where f itself is certified: its rounding errors obey the bounds of sums
  /// of products.
  func makeClassifier(batchSize: Int) throws -> any Classifier
  /// Makes the classifier that defines f inside a smoothed classifier: it may differ from the other one in
  /// rounding errors, since the counts are of its own decisions.
  func makeSamplingClassifier(batchSize: Int) throws -> any Classifier
  /// The first layer, when it is linear in the whole input; else `nil`.
  var leadingLayer: LeadingLayer? { get }
  /// Makes the sampling classifier with the matrix A in place of the leading layer's.
  ///
  /// - Parameters:
  ///   - matrix: A, [h, inputCount], row-major.
  ///   - inputCount: the coordinates of an input of the classifier that is made, at least 1.
  ///   - batchSize: the rows of a batch, at least 1.
  func makeOffsetClassifier(matrix: [Float], inputCount: Int, batchSize: Int) throws -> any OffsetClassifier
  /// Whether there are classifiers with gradients.
  var hasGradients: Bool { get }
  /// Makes a classifier with gradients, or returns `nil` when the model has none.
  func makeDifferentiableClassifier(batchSize: Int) throws -> (any DifferentiableClassifier)?
  /// Makes a classifier with gradients for rows of several inputs: its answer to a row does not depend on how many rows
  /// it is asked about. `nil` when batches are not worth sharing, because a row alone costs hardly more.
  func makeSharedClassifier() throws -> (any DifferentiableClassifier)?
}

extension ClassifierSource {
  public func makeSamplingClassifier(batchSize: Int) throws -> any Classifier {
    try makeClassifier(batchSize: batchSize)
  }

  public var leadingLayer: LeadingLayer? { nil }

  public func makeSharedClassifier() throws -> (any DifferentiableClassifier)? { nil }

  public var hasGradients: Bool {
    if let made = try? makeDifferentiableClassifier(batchSize: 1) { return made.batchSize > 0 }
    return false
  }

  public func makeOffsetClassifier(
    matrix: [Float], inputCount: Int, batchSize: Int
  ) throws -> any OffsetClassifier {
    throw EngineError.unsupported(node: "", reason: "the model does not start with a linear layer")
  }
}

extension Classifier {
  /// The number of coordinates d of one input.
  public var inputCount: Int { inputShape.reduce(1, *) }

  /// The class that row `row` of the last forward pass is given: the largest logit, ties to the lowest index.
  public func decision(row: Int) -> Int {
    let classCount = classCount
    let row = logits[row * classCount..<(row + 1) * classCount]
    var best = row.startIndex
    for index in row.indices where row[index] > row[best] { best = index }
    return best - row.startIndex
  }
}
