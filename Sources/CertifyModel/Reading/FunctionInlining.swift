/// Replaces the calls of a file's own functions by the nodes of their bodies.
///
/// Names inside a body are its own: each call's get a prefix. Attributes that refer to one of the function's
/// take the caller's, or the function's default.
struct FunctionInlining {
  /// The most nodes and calls that a file may grow into: functions that call one another twice double at every level.
  static let maximumNodes = 1 << 17
  /// The deepest that functions may call one another; a function may not call itself.
  static let maximumDepth = 64

  private struct Key: Hashable {
    var domain: String
    var name: String
    var overload: String
  }

  private let functions: [Key: Onnx_FunctionProto]
  private var nodes: [SourceNode] = []
  private var callCount = 0
  private var limit = maximumNodes

  init(_ functions: [Onnx_FunctionProto]) {
    let keyed = functions.map { function in
      (
        Key(domain: SourceModel.domain(function.domain), name: function.name, overload: function.overload),
        function
      )
    }
    self.functions = Dictionary(keyed) { first, _ in first }
  }

  /// The nodes of the graph, those of functions in the place of their calls.
  ///
  /// - Throws: ``ModelError`` for functions that call themselves or grow without measure.
  func inlined(_ protos: [Onnx_NodeProto], opsets: [String: Int]) throws -> [SourceNode] {
    var inlining = self
    inlining.limit = max(Self.maximumNodes, protos.count)
    inlining.nodes.reserveCapacity(protos.count)
    for proto in protos { try inlining.append(proto, opsets: opsets, depth: 0) }
    return inlining.nodes
  }

  private mutating func append(_ proto: Onnx_NodeProto, opsets: [String: Int], depth: Int) throws {
    let key = Key(domain: SourceModel.domain(proto.domain), name: proto.opType, overload: proto.overload)
    let node = SourceNode(proto, opsets: opsets)
    guard nodes.count + callCount < limit else {
      throw ModelError.tooLarge(what: "the graph with its functions inlined", elements: "over \(limit)")
    }
    guard let function = functions[key] else {
      nodes.append(node)
      return
    }
    guard depth < Self.maximumDepth else {
      throw ModelError.invalidNode(
        node: node.name, operatorName: node.operatorName,
        reason: "functions call one another more than \(Self.maximumDepth) deep")
    }
    try expand(node, function, opsets: opsets, depth: depth)
  }

  private mutating func expand(
    _ call: SourceNode, _ function: Onnx_FunctionProto, opsets: [String: Int], depth: Int
  ) throws {
    guard call.inputs.count <= function.input.count, call.outputs.count <= function.output.count else {
      throw ModelError.invalidNode(
        node: call.name, operatorName: call.operatorName,
        reason: "its function has \(function.input.count) inputs and \(function.output.count) outputs")
    }
    callCount += 1
    let prefix = "\(call.name)#\(callCount)/"
    var names: [String: String] = [:]
    for (index, formal) in function.input.enumerated() {
      names[formal] = index < call.inputs.count ? call.inputs[index] : ""
    }
    // An output may be an input of the function, or another output: then it is copied.
    var copies: [(from: String, to: String)] = []
    for (formal, actual) in zip(function.output, call.outputs) where !actual.isEmpty {
      if let taken = names[formal] { copies.append((taken, actual)) } else { names[formal] = actual }
    }
    let own = opsets.merging(ModelReader.opsets(function.opsetImport)) { $1 }
    let defaults = Dictionary(function.attributeProto.map { ($0.name, $0) }) { first, _ in first }
    for var inner in function.node {
      func renamed(_ name: String) -> String { name.isEmpty ? "" : names[name] ?? prefix + name }
      inner.input = inner.input.map(renamed)
      inner.output = inner.output.map(renamed)
      inner.name = prefix + inner.name
      inner.attribute = inner.attribute.compactMap { attribute in
        guard !attribute.refAttrName.isEmpty else { return attribute }
        var given = call.attributes[attribute.refAttrName] ?? defaults[attribute.refAttrName]
        given?.name = attribute.name
        return given
      }
      try append(inner, opsets: own, depth: depth + 1)
    }
    for copy in copies {
      var identity = Onnx_NodeProto()
      identity.opType = "Identity"
      identity.name = prefix + "copy"
      identity.input = [copy.from]
      identity.output = [copy.to]
      try append(identity, opsets: own, depth: depth + 1)
    }
  }
}
