/// A dense constant array of single-precision numbers in row-major order.
public struct Tensor: Sendable, Equatable {
  /// The extent along each axis; empty for a scalar.
  public let shape: [Int]
  /// The elements in row-major order; as many as the product of `shape`.
  public let elements: [Float]

  /// Creates a tensor.
  ///
  /// - Precondition: `elements.count` is the product of `shape`.
  public init(shape: [Int], elements: [Float]) {
    precondition(
      shape.reduce(1, *) == elements.count, "shape \(shape) does not hold \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }
}
