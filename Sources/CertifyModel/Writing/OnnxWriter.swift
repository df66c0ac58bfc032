import Foundation

/// Writes graphs as ONNX files that other runtimes load.
///
/// The operations that trained networks are made of are written, each as ONNX operators of opset 20; others are refused
/// by name. Constants carry the names of ``Graph/parameterViews`` where those name them. The input is called `input`,
/// the output `logits`, and axis 0 of both is the batch, of any size.
public struct OnnxWriter {
  /// The version of ONNX's operator set that is written.
  public static let opset = 20

  /// The bytes of a file.
  ///
  /// - Parameters:
  ///   - trainingData: what ``OnnxModel/trainingData`` is to say.
  ///   - graph: makes the graph for a batch of so many rows; it is asked for two sizes, to tell the batch from other
  ///     extents.
  /// - Throws: ``ModelError/unsupportedUse(node:operatorName:opset:reason:help:)`` for an operation that is not
  ///   written, and what `graph` throws.
  public static func bytes(
    trainingData: [String] = [], graph: (_ batchSize: Int) throws -> Graph
  ) throws -> Data {
    let (two, three) = (try graph(2), try graph(3))
    for index in [two.input] + two.nodes.map(\.output) {
      let value = two.values[index]
      guard value.shape.first == 2, three.values[index].shape == [3] + value.shape.dropFirst() else {
        throw ModelError.unsupportedUse(
          node: value.name, operatorName: "value", opset: opset,
          reason: "the batch is not the first axis of its shape \(value.shape)",
          help: "write a network that keeps the batch first")
      }
    }
    var writer = OnnxNodes(two)
    for node in two.nodes { try writer.add(node) }
    var file = Onnx_ModelProto()
    file.irVersion = 9
    file.producerName = "certify"
    var version = Onnx_OperatorSetIdProto()
    version.version = Int64(opset)
    file.opsetImport = [version]
    file.graph = try writer.finished()
    if !trainingData.isEmpty { file.metadataProps = [TrainingDataEntry.entry(trainingData)] }
    return try file.serializedData()
  }
}

/// The nodes and constants of a file as they grow.
struct OnnxNodes {
  let graph: Graph
  private var nodes: [Onnx_NodeProto] = []
  private var constants: [Onnx_TensorProto] = []
  private var names: [ValueID: String]
  private let parameterNames: [ValueID: [ParameterView.Role: String]]
  private var usedNames: Set<String>

  init(_ graph: Graph) {
    self.graph = graph
    names = [graph.output: "logits"]
    names[graph.input] = "input"
    parameterNames = graph.parameterViews.reduce(into: [:]) { $0[$1.node, default: [:]][$1.role] = $1.name }
    usedNames = ["input", "logits"]
  }

  mutating func finished() throws -> Onnx_GraphProto {
    guard graph.input != graph.output else {
      throw ModelError.notONNX(reason: "the network has no operation")
    }
    var file = Onnx_GraphProto()
    file.name = "network"
    file.node = nodes
    file.initializer = constants
    file.input = [information(graph.input)]
    file.output = [information(graph.output)]
    return file
  }

  func shape(_ value: ValueID) -> [Int] { graph.values[value].shape }

  /// The name of a value that is there.
  func name(_ value: ValueID) -> String { names[value] ?? "value\(value)" }

  /// Adds an operator; its result is `output`, or a value of its own.
  ///
  /// - Returns: The name of its result.
  @discardableResult
  mutating func append(
    _ kind: String, _ node: Node, _ inputs: [String], output: ValueID? = nil,
    _ attributes: [Onnx_AttributeProto] = []
  ) -> String {
    var proto = Onnx_NodeProto()
    proto.opType = kind
    proto.name = unique(output == nil ? "\(node.name).\(kind)" : node.name)
    proto.input = inputs
    let result = output.map(name) ?? unique("\(node.name).\(kind).result")
    proto.output = [result]
    proto.attribute = attributes
    nodes.append(proto)
    return result
  }

  /// Adds a constant of single precision; a parameter keeps its name.
  mutating func constant(
    _ tensor: Tensor, of node: Node, _ what: String, role: ParameterView.Role? = nil
  ) -> String {
    var proto = Onnx_TensorProto()
    proto.dims = tensor.shape.map(Int64.init)
    proto.dataType = ElementType.float.rawValue
    proto.rawData = tensor.elements.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
    return add(proto, role.flatMap { parameterNames[node.output]?[$0] } ?? "\(node.name).\(what)")
  }

  /// Adds a constant of whole numbers.
  mutating func constant(_ integers: [Int], of node: Node, _ what: String) -> String {
    var proto = Onnx_TensorProto()
    proto.dims = [Int64(integers.count)]
    proto.dataType = ElementType.int64.rawValue
    proto.rawData = integers.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) }
    return add(proto, "\(node.name).\(what)")
  }

  private mutating func add(_ proto: Onnx_TensorProto, _ name: String) -> String {
    var proto = proto
    proto.name = unique(name)
    constants.append(proto)
    return proto.name
  }

  /// A name that nothing has yet.
  private mutating func unique(_ wanted: String) -> String {
    var name = wanted
    var copies = 1
    while !usedNames.insert(name).inserted {
      copies += 1
      name = "\(wanted).\(copies)"
    }
    return name
  }

  private func information(_ value: ValueID) -> Onnx_ValueInfoProto {
    var information = Onnx_ValueInfoProto()
    information.name = name(value)
    information.type.tensorType.elemType = ElementType.float.rawValue
    information.type.tensorType.shape.dim = shape(value).enumerated().map { axis, extent in
      var dimension = Onnx_TensorShapeProto.Dimension()
      dimension.value = axis == 0 ? .dimParam("N") : .dimValue(Int64(extent))
      return dimension
    }
    return information
  }
}
