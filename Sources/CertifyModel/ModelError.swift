/// Why a model file cannot be read or run.
public enum ModelError: Error, Sendable, Equatable {
  /// No file lies at the path.
  case fileNotFound(path: String)
  /// The file is there but cannot be read.
  case unreadable(path: String, reason: String)
  /// The bytes are not an ONNX model.
  case notONNX(reason: String)
  /// The bytes end in the middle of the model.
  case truncated
  /// The file's operator set is outside the supported range.
  case unsupportedOpset(domain: String, version: Int)
  /// An operator is not supported.
  case unsupportedOperator(node: String, operatorName: String, domain: String, opset: Int, help: String)
  /// An operator is supported, but not in this use.
  case unsupportedUse(node: String, operatorName: String, opset: Int, reason: String, help: String)
  /// A node is malformed: a missing input, an attribute of the wrong type, shapes that do not fit.
  case invalidNode(node: String, operatorName: String, reason: String)
  /// An element type is not supported.
  case unsupportedType(name: String, type: String, help: String)
  /// Nodes depend on one another in a circle.
  case cyclicGraph(nodes: [String])
  /// A name is read that no node, input or initialiser produces.
  case missingValue(name: String, node: String)
  /// Two nodes write the same name.
  case duplicateValue(name: String, node: String)
  /// A shape has a negative or absurd extent, or does not fit the data.
  case invalidShape(name: String, shape: [Int], reason: String)
  /// A constant holds NaN or an infinity.
  case nonFinite(tensor: String, index: Int, value: Float)
  /// A node is exported in training mode.
  case trainingMode(node: String, operatorName: String)
  /// A tensor's data in another file cannot be read.
  case externalData(tensor: String, reason: String)
  /// The model does not have one input that can be chosen.
  case inputs(names: [String])
  /// The output is the same for every input.
  case outputIgnoresInput(names: [String])
  /// The model has no output of floating-point type.
  case outputs(names: [String])
  /// The model has one output a class.
  case outputEachClass(names: [String])
  /// Extents of the input other than the batch are not fixed in the file.
  case symbolicInput(name: String, extents: [String])
  /// A node mixes the inputs of a batch, so that rows cannot be evaluated independently of one another.
  case mixesBatch(node: String, operation: String, reason: String)
  /// The batch size asked for is out of range.
  case batchSize(Int)
  /// A constant or value is larger than a file of this size can ask for.
  case tooLarge(what: String, elements: String)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fileNotFound(let path):
      "\(path): no such file; check the path of the model"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .notONNX(let reason):
      "not an ONNX model: \(reason)"
    case .truncated:
      "not an ONNX model, or a truncated one: the bytes end inside a field; copy or export the file again"
    case .unsupportedOpset(let domain, let version):
      "operator set \(version) of domain \(quoted(domain)) is not supported"
        + " (\(OperatorTable.supportedOpsets.lowerBound) to \(OperatorTable.supportedOpsets.upperBound) are);"
        + " export again with opset_version=17, or use onnx.version_converter"
    case .unsupportedOperator(let node, let name, let domain, let opset, let help):
      "node '\(node)': operator \(name) of domain \(quoted(domain)), opset \(opset), is not supported; \(help)"
    case .unsupportedUse(let node, let name, let opset, let reason, let help):
      "node '\(node)' (\(name), opset \(opset)): \(reason); \(help)"
    case .invalidNode(let node, let name, let reason):
      "node '\(node)' (\(name)): \(reason); the file is damaged or was not written by an ONNX exporter"
    case .unsupportedType(let name, let type, let help):
      "'\(name)' has element type \(type), which is not supported; \(help)"
    case .cyclicGraph(let nodes):
      "the graph has a cycle through \(list(nodes)); export the model again"
    case .missingValue(let name, let node):
      "\(node.isEmpty ? "the model" : "node '\(node)'") reads '\(name)', which is neither an input,"
        + " an initialiser nor a node's output; export the model again with its weights"
    case .duplicateValue(let name, let node):
      "node '\(node)' writes '\(name)', which is already defined; export the model again"
    case .invalidShape(let name, let shape, let reason):
      "'\(name)' of shape \(shape): \(reason)"
    case .nonFinite(let tensor, let index, let value):
      "constant '\(tensor)' holds \(value) at index \(index); the model would not give finite logits:"
        + " check the training run and export again"
    case .trainingMode(let node, let name):
      "node '\(node)' (\(name)) is in training mode, so the model is not one fixed function;"
        + " call model.eval() before torch.onnx.export and leave training=TrainingMode.EVAL"
    case .externalData(let tensor, let reason):
      "the data of '\(tensor)' lies in another file: \(reason);"
        + " keep that file next to the model, or save the model in one file"
    case .inputs(let names):
      names.isEmpty
        ? "the model has no input; export it with an example input"
        : "the model has \(names.count) inputs, \(list(names)); one is needed: fix the others to constants"
    case .outputIgnoresInput(let names):
      "the output does not depend on the input \(list(names)); export the model again"
    case .outputs(let names):
      names.isEmpty
        ? "the model has no output"
        : "none of the outputs \(list(names)) is a floating-point tensor; export the logits, in float32"
    case .outputEachClass(let names):
      "the outputs \(list(names)) hold one number each; export one row of logits"
        + " (skl2onnx: options={'zipmap': False})"
    case .symbolicInput(let name, let extents):
      "input '\(name)' has extents that are not fixed, \(list(extents)); only the first axis, the batch, may be:"
        + " export with fixed extents (dynamic_axes for axis 0 alone)"
    case .mixesBatch(let node, let operation, let reason):
      "node '\(node)' (\(operation)) mixes the inputs of a batch or loses track of them: \(reason);"
        + " axis 0 of the input must be the batch and each row must be computed by itself"
    case .batchSize(let size):
      "a batch of \(size) is out of range"
    case .tooLarge(let what, let elements):
      "\(what) would hold \(elements) numbers, more than is allowed; the file is damaged or not a classifier"
    }
  }

  private func quoted(_ domain: String) -> String { domain.isEmpty ? "ai.onnx" : "'\(domain)'" }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
