import CertifyModel

extension OperationCase {
  /// Functions of one or two numbers whose derivative is not 0, away from kinks.
  static let functions: [OperationCase] =
    [
      (UnaryFunction.elu(alpha: 0.7), Range(lower: -3, upper: -0.1)),
      (.elu(alpha: -0.7), Range(lower: -3, upper: -0.1)), (.elu(alpha: 2), Range(lower: 0.1, upper: 2)),
      (.softplus, Range(lower: -4, upper: 4)), (.softplus, Range(lower: 40, upper: 120)),
      (.softsign, Range(lower: -3, upper: -0.1)), (.softsign, Range(lower: 0.1, upper: 3)),
      (.hardSwish, Range(lower: -2.9, upper: 2.9)), (.hardSwish, Range(lower: 3.1, upper: 9)),
      (.mish, Range(lower: -4, upper: 4)), (.mish, Range(lower: 20, upper: 100)),
      (.swish(alpha: 1), Range(lower: -4, upper: 4)), (.swish(alpha: 1.7), Range(lower: -4, upper: 4)),
      (.thresholdedRelu(threshold: 0.5), Range(lower: 0.6, upper: 2)),
      (.shrink(threshold: 0.5, shift: 0.25), Range(lower: 0.6, upper: 2)),
      (.shrink(threshold: 0.5, shift: 0.25), Range(lower: -2, upper: -0.6)),
      (.sin, Range(lower: -3, upper: 3)), (.cos, Range(lower: -3, upper: 3)),
      (.tan, Range(lower: -1, upper: 1)), (.arcsin, Range(lower: -0.9, upper: 0.9)),
      (.arccos, Range(lower: -0.9, upper: 0.9)), (.arctan, Range(lower: -3, upper: 3)),
      (.sinh, Range(lower: -2, upper: 2)), (.cosh, Range(lower: -2, upper: 2)),
      (.arsinh, Range(lower: -3, upper: 3)), (.arcosh, Range(lower: 1.1, upper: 4)),
      (.artanh, Range(lower: -0.9, upper: 0.9)),
    ].map {
      .single(
        "\($0.0) on \($0.1.lower)…\($0.1.upper)", .unary($0.0), from: [2, 17], to: [2, 17], range: $0.1)
    }
    + [
      .pair(
        "power of two values", .binary(.power), from: [2, 3], through: [2, 3], to: [2, 3],
        .affine(Affine(scale: weights([2, 3]), shift: nil)), range: Range(lower: 0.5, upper: 2))
    ]

  /// Choices away from where they change.
  static let choices: [OperationCase] = [
    choice("choice by a value", Choice(condition: nil, whenTrue: nil, whenFalse: nil)),
    choice("choice by a constant", Choice(condition: alternating, whenTrue: nil, whenFalse: nil)),
    choice("choice of a constant", Choice(condition: nil, whenTrue: weights([3]), whenFalse: nil)),
    choice("choice before a constant", Choice(condition: nil, whenTrue: nil, whenFalse: weights([2, 1]))),
  ]

  private static let alternating = Tensor(shape: [2, 3], elements: [1, 0, 1, 0, 1, 0])

  /// One of x and the sum of its row, by the sign of the latter where the condition is a value.
  private static func choice(_ name: String, _ choice: Choice) -> OperationCase {
    var inputs: [ValueID] = []
    if choice.condition == nil { inputs.append(2) }
    if choice.whenTrue == nil { inputs.append(0) }
    if choice.whenFalse == nil { inputs.append(1) }
    let graph = Graph(
      values: [
        Value(name: "x", shape: [2, 3]), Value(name: "sum", shape: [2, 1]), Value(name: "c", shape: [2, 3]),
        Value(name: "y", shape: [2, 3]),
      ],
      nodes: [
        Node(name: "sum", operation: .reduction(Reduction(kind: .sum, axes: [1])), inputs: [0], output: 1),
        Node(name: "sign", operation: .unary(.isPositive), inputs: [0], output: 2),
        Node(name: name, operation: .choice(choice), inputs: inputs, output: 3),
      ], input: 0, output: 3)
    return OperationCase(name: name, graph: graph)
  }
}
