/// A node of the file.
struct SourceNode: Sendable {
  /// The name in the file, or that of its first output, fit for messages.
  var name: String
  var operatorName: String
  /// Empty for ONNX's own operators.
  var domain: String
  /// Empty strings for optional inputs that are left out.
  var inputs: [String]
  var outputs: [String]
  var attributes: [String: Onnx_AttributeProto]
  /// The version of the domain's operator set that is imported where the node stands; 0 for none.
  var opset: Int

  init(_ proto: Onnx_NodeProto, opsets: [String: Int]) {
    outputs = proto.output
    name = (proto.name.isEmpty ? (proto.output.first { !$0.isEmpty } ?? proto.opType) : proto.name).shown()
    operatorName = proto.opType
    domain = SourceModel.domain(proto.domain)
    inputs = proto.input
    attributes = Dictionary(proto.attribute.map { ($0.name, $0) }) { first, _ in first }
    opset = opsets[domain] ?? 0
  }
}

/// The part of a file on which the chosen output depends.
struct SourceModel {
  var producer: String
  var trainingData: [String]
  var opsets: [String: Int]
  /// The name and the extents of the input; `nil` where an extent is not fixed.
  var input: (name: String, extents: [Int?])
  var output: OutputChoice
  /// In an order in which they can be evaluated.
  var nodes: [SourceNode]
  var initializers: [String: Constant]
  var operators: [OperatorCount]
  var warnings: [ModelWarning]

  /// The default domain has two names.
  static func domain(_ name: String) -> String { name == "ai.onnx" ? "" : name }
}
