/// What the numbers of a value stand for in the file; the engine computes in floating point whatever they are.
enum ValueKind: Sendable, Equatable {
  case floating
  /// Whole numbers, exact up to 2²⁴.
  case integer
  /// 0 and 1.
  case boolean
  /// The levels of a quantiser; the value holds the numbers that they stand for.
  case quantized(Quantization)
  /// A class's label, which is not computed.
  case label

  /// A word for messages.
  private var name: String {
    switch self {
    case .floating: "floating-point numbers"
    case .integer: "integers"
    case .boolean: "booleans"
    case .quantized: "quantised numbers"
    case .label: "labels"
    }
  }

  /// Operators that move elements, whatever they are.
  private static let moving: Set<String> = [
    "Concat", "DepthToSpace", "Dropout", "Expand", "Flatten", "Gather", "GatherElements", "GatherND",
    "Identity", "Reshape", "Slice",
    "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze",
  ]
  /// Operators whose result on integers is that on the same floating-point numbers.
  private static let arithmetic: Set<String> = [
    "Abs", "Add", "Clip", "Max", "Min", "Mul", "Neg", "ReduceMax", "ReduceMin", "ReduceSum", "Relu", "Sign",
    "Sub",
    "Sum",
  ]
  /// Operators that find out themselves what their inputs are.
  private static let choosing: Set<String> = [
    "And", "Cast", "CastLike", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or",
    "Shape", "Size",
    "Where",
    "Xor",
  ]

  /// What an operator's results are because its inputs are; `nil` where the operator says so itself.
  ///
  /// - Throws: ``ModelError/unsupportedUse(node:operatorName:opset:reason:help:)`` when the operator cannot be
  ///   applied to such values.
  static func kept(by call: OperatorCall, _ builder: GraphBuilder) throws -> ValueKind? {
    let kinds = call.inputs.compactMap { operand -> ValueKind? in
      guard case .value(let value)? = operand, builder.kind(value) != .floating else { return nil }
      return builder.kind(value)
    }
    guard let kind = kinds.first else { return nil }
    let name = call.node.domain.isEmpty ? call.node.operatorName : ""
    let refusal = call.unsupported(
      "it is applied to \(kind.name) that depend on the model's input",
      help: "cast them to float32, or express it by supported operators")
    guard kinds.allSatisfy({ $0 == kind }) || name == "Where" || name == "CastLike" else { throw refusal }
    switch kind {
    case .quantized(let quantization):
      if name == "DequantizeLinear" || name == "Cast" { return nil }
      guard moving.contains(name), quantization.scale.elements.count == 1 else { throw refusal }
      return kind
    case .label: throw refusal
    case .integer where name == "DequantizeLinear": return nil
    case .integer where arithmetic.contains(name): return kind
    default:
      if moving.contains(name) { return kind }
      guard choosing.contains(name) else { throw refusal }
      return nil
    }
  }
}
