import CertifyModel
import _CertifyTestSupport

/// A small classifier of random weights, grown from a seed, for batches of any size.
struct SmallNet {
  enum Kind: CaseIterable {
    case rectifier, leaky, sigmoid, tanh, residual, convolutional, averaged, joined
  }

  private var values: [Value] = []
  private var nodes: [Node] = []
  private var random: SplitMix
  private let batch: Int
  /// The input's extents without the batch.
  let inputShape: [Int]

  static func make(_ kind: Kind, seed: UInt64, inputs: Int, classes: Int, batch: Int = 1) -> Graph {
    var net = SmallNet(seed: seed, inputShape: kind.isImage ? [1, 4, 4] : [inputs], batch: batch)
    return net.grow(kind, classes: classes)
  }

  private init(seed: UInt64, inputShape: [Int], batch: Int) {
    random = SplitMix(seed: seed)
    self.inputShape = inputShape
    self.batch = batch
    values = [Value(name: "x", shape: [batch] + inputShape)]
  }

  private mutating func tensor(_ shape: [Int], scale: Double) -> Tensor {
    Tensor(
      shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(scale * (2 * random.unit() - 1)) })
  }

  private mutating func add(_ operation: CertifyModel.Operation, _ inputs: [Int], _ shape: [Int]) -> Int {
    values.append(Value(name: "v\(values.count)", shape: [batch] + shape))
    nodes.append(
      Node(name: "n\(nodes.count)", operation: operation, inputs: inputs, output: values.count - 1))
    return values.count - 1
  }

  private mutating func linear(_ source: Int, _ outputs: Int, gain: Double = 2) -> Int {
    let inputs = values[source].shape[1]
    let scale = gain / Double(inputs).squareRoot()
    return add(
      .linear(
        Linear(weights: tensor([outputs, inputs], scale: scale), bias: tensor([outputs], scale: 0.5))),
      [source], [outputs])
  }

  private mutating func unary(_ source: Int, _ function: UnaryFunction) -> Int {
    add(.unary(function), [source], Array(values[source].shape.dropFirst()))
  }

  private mutating func grow(_ kind: Kind, classes: Int) -> Graph {
    let last: Int
    switch kind {
    case .rectifier: last = layers(.relu)
    case .leaky: last = layers(.leakyRelu(slope: 0.1))
    case .sigmoid: last = layers(.sigmoid)
    case .tanh: last = layers(.tanh)
    case .residual:
      let first = unary(linear(0, 6), .relu)
      let branch = linear(unary(linear(first, 5), .relu), 6)
      last = unary(add(.binary(.add), [branch, first], [6]), .relu)
    case .joined:
      let left = unary(linear(0, 4), .relu)
      let right = unary(linear(0, 4), .tanh)
      let difference = add(.binary(.subtract), [left, right], [4])
      last = unary(linear(add(.concatenation(axis: 1), [left, difference], [8]), 5), .relu)
    case .convolutional, .averaged:
      let convolved = add(
        .convolution(
          Convolution(
            weights: tensor([3, 1, 3, 3], scale: 0.7), bias: tensor([3], scale: 0.3), strides: [1, 1],
            dilations: [1, 1], padsBegin: [1, 1], padsEnd: [1, 1], groups: 1)), [0], [3, 4, 4])
      let rectified = kind == .averaged ? unary(convolved, .relu) : convolved
      let pooled = add(
        .pooling(
          Pooling(
            kind: kind == .averaged ? .average(countsPadding: false) : .maximum, kernel: [2, 2],
            strides: [2, 2], dilations: [1, 1], padsBegin: [0, 0], padsEnd: [0, 0])), [rectified], [3, 2, 2])
      let turned = add(.transpose(permutation: [0, 2, 3, 1]), [pooled], [2, 2, 3])
      let flat = add(.reshape, [turned], [12])
      last = unary(linear(flat, 6), .relu)
    }
    let output = linear(last, classes)
    return Graph(values: values, nodes: nodes, input: 0, output: output)
  }

  private mutating func layers(_ function: UnaryFunction) -> Int {
    // A sigmoid's slope is at most 1/4.
    let gain: Double = function == .sigmoid ? 8 : 2
    return unary(linear(unary(linear(0, 6, gain: gain), function), 6, gain: gain), function)
  }
}

extension SmallNet.Kind {
  var isImage: Bool { self == .convolutional || self == .averaged }
}
