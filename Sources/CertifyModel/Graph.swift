/// The index of a value in ``Graph/values``.
public typealias ValueID = Int

/// A classifier as a list of typed operations in an order in which they can be evaluated.
///
/// Every shape is concrete: a graph is made for one batch size. Constants live inside the operations
/// that use them, so that a node's inputs are the values that depend on the classifier's input.
public struct Graph: Sendable {
  /// Every value, the graph's input included.
  public var values: [Value]
  /// The operations; each one's inputs are the graph's input or outputs of earlier nodes.
  public var nodes: [Node]
  /// The value that is fed.
  public var input: ValueID
  /// The value that is read.
  public var output: ValueID

  public init(values: [Value], nodes: [Node], input: ValueID, output: ValueID) {
    self.values = values
    self.nodes = nodes
    self.input = input
    self.output = output
  }
}

/// A value that flows along an edge of a ``Graph``.
public struct Value: Sendable, Equatable {
  /// The name in the file, or one derived from it.
  public var name: String
  /// The extents, batch axis included.
  public var shape: [Int]

  public init(name: String, shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

/// One operation of a ``Graph``.
public struct Node: Sendable {
  /// The name in the file, for messages.
  public var name: String
  /// What it computes, with its constants.
  public var operation: Operation
  /// The values that it reads, in the order of the operation.
  public var inputs: [ValueID]
  /// The value that it makes.
  public var output: ValueID

  public init(name: String, operation: Operation, inputs: [ValueID], output: ValueID) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.output = output
  }
}
