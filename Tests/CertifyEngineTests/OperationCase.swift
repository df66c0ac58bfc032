import CertifyModel
import Testing
import _CertifyTestSupport

/// A small graph that exercises one operation, and inputs at which it is smooth.
struct OperationCase: CustomTestStringConvertible, Sendable {
  let name: String
  let graph: Graph
  var range = Range(lower: -1, upper: 1)

  var testDescription: String { name }

  struct Range: Sendable {
    var lower: Double
    var upper: Double
    func map(_ unit: Double) -> Float { Float(lower + (upper - lower) * unit) }
  }
}

extension OperationCase {
  /// One operation on one value.
  static func single(
    _ name: String, _ operation: Operation, from source: [Int], to result: [Int],
    range: Range = Range(lower: -1, upper: 1)
  ) -> OperationCase {
    let graph = Graph(
      values: [Value(name: "x", shape: source), Value(name: "y", shape: result)],
      nodes: [Node(name: name, operation: operation, inputs: [0], output: 1)], input: 0, output: 1)
    return OperationCase(name: name, graph: graph, range: range)
  }

  /// x and an affine image of it through an operation on two values.
  static func pair(
    _ name: String, _ operation: Operation, from source: [Int], through image: [Int], to result: [Int],
    _ middle: Operation, range: Range = Range(lower: -1, upper: 1)
  ) -> OperationCase {
    let graph = Graph(
      values: [
        Value(name: "x", shape: source), Value(name: "z", shape: image), Value(name: "y", shape: result),
      ],
      nodes: [
        Node(name: "middle", operation: middle, inputs: [0], output: 1),
        Node(name: name, operation: operation, inputs: [0, 1], output: 2),
      ], input: 0, output: 2)
    return OperationCase(name: name, graph: graph, range: range)
  }

  static func weights(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var random = SplitMix(seed: seed)
    return Tensor(
      shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(2 * random.unit() - 1) })
  }

  static func convolution(
    _ weights: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1], begin: [Int] = [0, 0],
    end: [Int] = [0, 0], groups: Int = 1, bias: Bool = true
  ) -> Operation {
    .convolution(
      Convolution(
        weights: self.weights(weights), bias: bias ? self.weights([weights[0]], seed: 2) : nil,
        strides: strides, dilations: dilations, padsBegin: begin, padsEnd: end, groups: groups))
  }

  static func pooling(
    _ kind: Pooling.Kind, kernel: [Int], strides: [Int], begin: [Int] = [0, 0], end: [Int] = [0, 0]
  ) -> Operation {
    .pooling(
      Pooling(
        kind: kind, kernel: kernel, strides: strides, dilations: kernel.map { _ in 1 }, padsBegin: begin,
        padsEnd: end))
  }

  static let all: [OperationCase] =
    convolutions + transposedConvolutions + linear + elementwise + functions + choices + binary + windows
    + moves + composed

  static let convolutions: [OperationCase] = [
    .single("convolution", convolution([4, 3, 3, 3]), from: [2, 3, 6, 7], to: [2, 4, 4, 5]),
    .single(
      "strided padded convolution",
      convolution([20, 3, 3, 3], strides: [2, 1], begin: [1, 0], end: [0, 2]),
      from: [2, 3, 6, 7], to: [2, 20, 3, 7]),
    .single(
      "dilated convolution without bias", convolution([4, 3, 3, 2], dilations: [2, 3], bias: false),
      from: [2, 3, 7, 7], to: [2, 4, 3, 4]),
    .single(
      "grouped convolution", convolution([6, 2, 3, 3], begin: [1, 1], end: [1, 1], groups: 3),
      from: [2, 6, 5, 5], to: [2, 6, 5, 5]),
    .single(
      "depthwise convolution", convolution([16, 1, 3, 3], begin: [1, 1], end: [1, 1], groups: 16),
      from: [1, 16, 5, 5], to: [1, 16, 5, 5]),
    .single(
      "1-D convolution",
      convolution([4, 3, 3], strides: [1], dilations: [1], begin: [0], end: [0]), from: [2, 3, 8],
      to: [2, 4, 6]),
    .single(
      "3-D convolution",
      convolution(
        [4, 2, 2, 2, 2], strides: [1, 1, 1], dilations: [1, 1, 1], begin: [0, 0, 0], end: [0, 0, 0]),
      from: [2, 2, 3, 4, 3], to: [2, 4, 2, 3, 2]),
  ]

  static func transposed(
    _ weights: [Int], strides: [Int], dilations: [Int]? = nil, begin: [Int]? = nil, end: [Int]? = nil,
    groups: Int = 1
  ) -> Operation {
    let zeros = strides.map { _ in 0 }
    return .transposedConvolution(
      Convolution(
        weights: self.weights(weights), bias: nil, strides: strides,
        dilations: dilations ?? strides.map { _ in 1 }, padsBegin: begin ?? zeros, padsEnd: end ?? zeros,
        groups: groups))
  }

  static let transposedConvolutions: [OperationCase] = [
    .single(
      "transposed convolution", transposed([3, 4, 3, 3], strides: [1, 1]), from: [2, 3, 4, 5],
      to: [2, 4, 6, 7]),
    .single(
      "strided padded transposed convolution",
      transposed([16, 8, 4, 3], strides: [2, 2], begin: [1, 0], end: [1, 1]), from: [2, 16, 4, 5],
      to: [2, 8, 8, 10]),
    .single(
      "strided transposed convolution with places left over", transposed([3, 4, 2, 2], strides: [3, 2]),
      from: [2, 3, 3, 3], to: [2, 4, 10, 7]),
    .single(
      "dilated grouped transposed convolution",
      transposed(
        [6, 2, 3, 3], strides: [2, 1], dilations: [2, 2], begin: [1, 2], end: [0, 2], groups: 3),
      from: [2, 6, 3, 4], to: [2, 6, 8, 4]),
    .single(
      "1-D transposed convolution", transposed([3, 4, 3], strides: [2]), from: [2, 3, 5], to: [2, 4, 11]),
    .single(
      "3-D transposed convolution", transposed([2, 3, 2, 2, 2], strides: [1, 2, 1]), from: [2, 2, 3, 2, 3],
      to: [2, 3, 4, 4, 4]),
  ]

  static let linear: [OperationCase] = [
    .single(
      "linear", .linear(Linear(weights: weights([5, 7]), bias: weights([5]))), from: [3, 7], to: [3, 5]),
    .single(
      "linear over the last axis", .linear(Linear(weights: weights([5, 7]), bias: nil)), from: [2, 3, 7],
      to: [2, 3, 5]),
    .pair(
      "matrix product", .matrixProduct, from: [2, 3, 4], through: [2, 4, 3], to: [2, 3, 3],
      .transpose(permutation: [0, 2, 1])),
  ]

  static let elementwise: [OperationCase] =
    [
      (UnaryFunction.relu, Range(lower: 0.1, upper: 1)),
      (.leakyRelu(slope: 0.1), Range(lower: -1, upper: -0.1)),
      (.sigmoid, Range(lower: -3, upper: 3)), (.tanh, Range(lower: -2, upper: 2)),
      (.gelu, Range(lower: -2, upper: 2)), (.geluTanh, Range(lower: -2, upper: 2)),
      (.clip(lower: -2, upper: 2), Range(lower: -1, upper: 1)), (.erf, Range(lower: -1.5, upper: 1.5)),
      (.exp, Range(lower: -1, upper: 1)), (.log, Range(lower: 0.5, upper: 2)),
      (.sqrt, Range(lower: 0.5, upper: 2)), (.abs, Range(lower: -1, upper: -0.1)),
      (.reciprocal, Range(lower: 0.7, upper: 2)), (.power(exponent: 3), Range(lower: 0.5, upper: 1.5)),
    ].map { .single("\($0.0)", .unary($0.0), from: [2, 3, 2, 2], to: [2, 3, 2, 2], range: $0.1) } + [
      .single(
        "affine by numbers",
        .affine(
          Affine(scale: Tensor(shape: [], elements: [2]), shift: Tensor(shape: [1], elements: [1]))),
        from: [2, 3], to: [2, 3]),
      .single(
        "affine by channel",
        .affine(Affine(scale: weights([3, 1, 1]), shift: weights([1, 3, 1, 1], seed: 3))),
        from: [2, 3, 2, 2], to: [2, 3, 2, 2]),
      .single(
        "affine that widens", .affine(Affine(scale: weights([4]), shift: nil)), from: [2, 3, 1],
        to: [2, 3, 4]),
      .single("softmax", .softmax(axis: 1), from: [2, 5], to: [2, 5]),
      .single("log-softmax", .logSoftmax(axis: 2), from: [2, 2, 4], to: [2, 2, 4]),
    ]

  static let binary: [OperationCase] =
    [BinaryFunction.add, .subtract, .multiply, .divide, .maximum, .minimum].flatMap { function in
      let shift = Affine(scale: Tensor(shape: [], elements: [0.3]), shift: Tensor(shape: [], elements: [2]))
      return [
        OperationCase.pair(
          "\(function)", .binary(function), from: [2, 3], through: [2, 3], to: [2, 3], .affine(shift)),
        OperationCase.pair(
          "\(function) with broadcasting", .binary(function), from: [2, 3], through: [2, 1], to: [2, 3],
          .reduction(Reduction(kind: .sum, axes: [1]))),
      ]
    }.filter { $0.name != "divide with broadcasting" }

  static let windows: [OperationCase] = [
    .single(
      "max pooling", pooling(.maximum, kernel: [2, 3], strides: [2, 1]), from: [2, 3, 4, 5], to: [2, 3, 2, 3]),
    .single(
      "padded max pooling",
      pooling(.maximum, kernel: [3, 3], strides: [2, 2], begin: [1, 1], end: [1, 1]),
      from: [2, 3, 5, 5], to: [2, 3, 3, 3]),
    .single(
      "average pooling with padding",
      pooling(.average(countsPadding: true), kernel: [3, 3], strides: [2, 2], begin: [1, 1], end: [1, 1]),
      from: [2, 3, 5, 5], to: [2, 3, 3, 3]),
    .single(
      "average pooling without padding",
      pooling(
        .average(countsPadding: false), kernel: [3, 3], strides: [2, 2], begin: [1, 1], end: [1, 1]),
      from: [2, 3, 5, 5], to: [2, 3, 3, 3]),
    .single(
      "global mean", .reduction(Reduction(kind: .mean, axes: [2, 3])), from: [2, 3, 4, 5], to: [2, 3]),
    .single("mean", .reduction(Reduction(kind: .mean, axes: [1])), from: [2, 3, 4], to: [2, 1, 4]),
    .single("sum", .reduction(Reduction(kind: .sum, axes: [1, 2])), from: [2, 3, 4], to: [2]),
    .single("maximum", .reduction(Reduction(kind: .maximum, axes: [2])), from: [2, 3, 4], to: [2, 3]),
    .single(
      "product", .reduction(Reduction(kind: .product, axes: [1, 2])), from: [2, 3, 2], to: [2, 1, 1]),
    .single("minimum", .reduction(Reduction(kind: .minimum, axes: [1])), from: [2, 3, 4], to: [2, 1, 4]),
  ]

  /// Five rows over four columns: several entries, one, none, and one column twice.
  static func sparse(axis: Int) -> Operation {
    .modeProduct(
      ModeProduct(
        axis: axis,
        matrix: SparseMatrix(
          columnCount: 4,
          rows: [[(0, 0.5), (1, -2)], [(3, 1)], [], [(2, 1.5), (2, 0.25)], [(1, 1), (3, -1)]])))
  }

  static let moves: [OperationCase] = [
    .single("reshape", .reshape, from: [2, 3, 4], to: [2, 12]),
    .single("transpose", .transpose(permutation: [0, 2, 1]), from: [2, 3, 4], to: [2, 4, 3]),
    .single(
      "constant padding", .padding(Padding(mode: .constant(1), before: [0, 1, 0], after: [0, 0, 2])),
      from: [2, 2, 3], to: [2, 3, 5]),
    .single(
      "reflecting padding", .padding(Padding(mode: .reflect, before: [0, 1, 2], after: [0, 1, 1])),
      from: [2, 3, 3], to: [2, 5, 6]),
    .single(
      "edge padding", .padding(Padding(mode: .edge, before: [0, 1, 2], after: [0, 1, 1])),
      from: [2, 3, 3], to: [2, 5, 6]),
    .single("slice", .slice(Slice(starts: [0, 1, 3], steps: [1, 1, -2])), from: [2, 3, 4], to: [2, 2, 2]),
    .single("broadcast", .broadcast, from: [2, 1, 4], to: [2, 3, 4]),
    .single("sparse matrix along an inner axis", sparse(axis: 1), from: [2, 4, 3], to: [2, 5, 3]),
    .single("sparse matrix along the last axis", sparse(axis: 2), from: [2, 3, 4], to: [2, 3, 5]),
    .pair(
      "concatenation", .concatenation(axis: 1), from: [2, 3, 2], through: [2, 3, 2], to: [2, 6, 2],
      .unary(.tanh)),
  ]

  /// A residual block: fusion of bias, residual and activation, in both directions.
  static let composed: [OperationCase] = [
    OperationCase(
      name: "residual block",
      graph: Graph(
        values: [
          Value(name: "x", shape: [2, 3, 5, 5]), Value(name: "a", shape: [2, 16, 5, 5]),
          Value(name: "b", shape: [2, 16, 5, 5]), Value(name: "c", shape: [2, 16, 5, 5]),
          Value(name: "d", shape: [2, 16, 5, 5]), Value(name: "e", shape: [2, 16, 5, 5]),
          Value(name: "f", shape: [2, 16]), Value(name: "y", shape: [2, 4]),
        ],
        nodes: [
          Node(
            name: "first", operation: convolution([16, 3, 3, 3], begin: [1, 1], end: [1, 1]), inputs: [0],
            output: 1),
          Node(name: "first activation", operation: .unary(.tanh), inputs: [1], output: 2),
          Node(
            name: "second", operation: convolution([16, 16, 3, 3], begin: [1, 1], end: [1, 1]), inputs: [2],
            output: 3),
          Node(name: "residual", operation: .binary(.add), inputs: [3, 2], output: 4),
          Node(name: "second activation", operation: .unary(.sigmoid), inputs: [4], output: 5),
          Node(
            name: "mean", operation: .reduction(Reduction(kind: .mean, axes: [2, 3])), inputs: [5], output: 6),
          Node(
            name: "last", operation: .linear(Linear(weights: weights([4, 16]), bias: weights([4]))),
            inputs: [6], output: 7),
        ], input: 0, output: 7))
  ]
}
