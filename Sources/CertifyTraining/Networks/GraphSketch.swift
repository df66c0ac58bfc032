import CertifyModel

/// A graph as it grows, layer by layer; weights are zeros until they are initialised.
package struct GraphSketch {
  private(set) var values: [Value]
  private(set) var nodes: [Node] = []

  /// - Parameter shape: that of a batch of inputs, rows first.
  package init(input shape: [Int]) {
    values = [Value(name: "input", shape: shape)]
  }

  package func shape(_ value: ValueID) -> [Int] { values[value].shape }

  package func graph(output: ValueID) -> Graph {
    Graph(values: values, nodes: nodes, input: 0, output: output)
  }

  /// A node on some values, and the value it makes.
  package mutating func add(
    _ operation: CertifyModel.Operation, _ name: String, _ inputs: [ValueID], shape: [Int]
  ) -> ValueID {
    values.append(Value(name: name, shape: shape))
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: values.count - 1))
    return values.count - 1
  }

  /// Rows of numbers.
  mutating func flatten(_ x: ValueID, _ name: String) -> ValueID {
    let shape = shape(x)
    guard shape.count != 2 else { return x }
    return add(.reshape, name, [x], shape: [shape[0], shape.dropFirst().reduce(1, *)])
  }

  package mutating func linear(_ x: ValueID, outputs: Int, _ name: String) -> ValueID {
    let shape = shape(x)
    let layer = Linear(weights: .zeros([outputs, shape[1]]), bias: .zeros([outputs]))
    return add(.linear(layer), name, [x], shape: [shape[0], outputs])
  }

  /// A square kernel on images [N, C, H, W].
  mutating func convolution(
    _ x: ValueID, outputs: Int, kernel: Int, stride: Int, padding: Int, _ name: String
  ) -> ValueID {
    let shape = shape(x)
    let layer = Convolution(
      weights: .zeros([outputs, shape[1], kernel, kernel]), bias: .zeros([outputs]),
      strides: [stride, stride], dilations: [1, 1], padsBegin: [padding, padding],
      padsEnd: [padding, padding], groups: 1)
    let extents = shape[2...].map { ($0 + 2 * padding - kernel) / stride + 1 }
    return add(.convolution(layer), name, [x], shape: [shape[0], outputs] + extents)
  }

  mutating func relu(_ x: ValueID, _ name: String) -> ValueID { unary(.relu, x, name) }

  /// A function of every number by itself.
  package mutating func unary(_ function: UnaryFunction, _ x: ValueID, _ name: String) -> ValueID {
    add(.unary(function), name, [x], shape: shape(x))
  }

  /// scale·x + shift with a number of each for every channel, both 0 at the start.
  mutating func channelMap(_ x: ValueID, _ name: String) -> ValueID {
    let shape = shape(x)
    let vector = [shape[1]] + shape.dropFirst(2).map { _ in 1 }
    return add(.affine(Affine(scale: .zeros(vector), shift: .zeros(vector))), name, [x], shape: shape)
  }

  mutating func sum(_ x: ValueID, _ y: ValueID, _ name: String) -> ValueID {
    add(.binary(.add), name, [x, y], shape: shape(x))
  }

  /// The mean over all places of each channel.
  mutating func globalAverage(_ x: ValueID, _ name: String) -> ValueID {
    let shape = shape(x)
    let mean = Reduction(kind: .mean, axes: Array(2..<shape.count))
    return add(.reduction(mean), name, [x], shape: Array(shape.prefix(2)))
  }
}

extension Tensor {
  static func zeros(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)))
  }
}
