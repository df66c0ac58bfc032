/// How one operator is lowered, for a range of operator-set versions.
struct OperatorDefinition: Sendable {
  typealias Lower = @Sendable (OperatorCall, inout GraphBuilder) throws -> [Operand]

  let domain: String
  let name: String
  /// The versions of the domain's operator set in which the operator has this definition.
  let opsets: ClosedRange<Int>
  /// The operator's outputs, in the order of the file; trailing ones may be left out when they are not used.
  let lower: Lower

  init(
    _ name: String, domain: String = "", opsets: ClosedRange<Int> = OperatorTable.supportedOpsets,
    lower: @escaping Lower
  ) {
    self.name = name
    self.domain = domain
    self.opsets = opsets
    self.lower = lower
  }

  /// An operator of the default domain that has this definition from a version on.
  init(_ name: String, since: Int, lower: @escaping Lower) {
    self.init(name, opsets: since...OperatorTable.supportedOpsets.upperBound, lower: lower)
  }
}

/// Every operator that is supported: a family is a file in `Operators/` and registers its own here by one line.
enum OperatorTable {
  /// The operator sets of the default domain that have been gone through.
  static let supportedOpsets = 7...28

  private static let families: [[OperatorDefinition]] = [
    LinearOperators.all, ConvolutionOperators.all, NormalizationOperators.all, StatisticOperators.all,
    ElementaryOperators.all, ActivationOperators.all, QuantizationOperators.all, PoolingOperators.all,
    ReductionOperators.all, CumulativeOperators.all, ArithmeticOperators.all, ShapeOperators.all,
    SliceOperators.all, JoinOperators.all, ConstantOperators.all, LogicOperators.all, ScikitOperators.all,
  ]

  private static let definitions: [String: [OperatorDefinition]] =
    Dictionary(grouping: families.joined()) { key(domain: $0.domain, name: $0.name) }

  private static func key(domain: String, name: String) -> String { "\(domain):\(name)" }

  /// The definition of a node's operator at the version that the file imports.
  ///
  /// - Throws: ``ModelError/unsupportedOperator(node:operatorName:domain:opset:help:)``.
  static func definition(for node: SourceNode, opsets: [String: Int]) throws -> OperatorDefinition {
    let opset = opsets[node.domain] ?? 0
    let versions = definitions[key(domain: node.domain, name: node.operatorName)] ?? []
    if let definition = versions.first(where: { $0.opsets.contains(opset) }) { return definition }
    throw ModelError.unsupportedOperator(
      node: node.name, operatorName: node.operatorName, domain: node.domain, opset: opset,
      help: help(domain: node.domain, name: node.operatorName))
  }

  /// What may help someone whose model has an operator that is not supported.
  private static func help(domain: String, name: String) -> String {
    if domain == ScikitOperators.domain { return ScikitOperators.help(name) }
    if !domain.isEmpty {
      return "export without custom operators, or inline the model's functions"
        + " (onnx.inliner.inline_local_functions)"
    }
    switch name {
    case "If", "Loop", "Scan":
      return "export a model without control flow (a fixed input shape often folds it away: onnxsim)"
    case "DynamicQuantizeLinear":
      return
        "its scale depends on the whole input: quantise statically (QuantizeLinear and DequantizeLinear pairs)"
    case "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger":
      return "quantise into QuantizeLinear and DequantizeLinear pairs (the QDQ format), or export in float32"
    case "LSTM", "GRU", "RNN":
      return "recurrent layers are not supported; certify a feed-forward classifier"
    case "TopK":
      return "it is supported at the end of a model only; export the logits"
    case "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot":
      return "arithmetic on bits is not supported; express it by arithmetic on numbers"
    default:
      return "express it by supported operators, or simplify the model (onnxsim)"
    }
  }
}
