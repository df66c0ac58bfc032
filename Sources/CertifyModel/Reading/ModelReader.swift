import Foundation
import SwiftProtobuf

/// Takes a file's bytes apart: checks, choice of input and output, order of the nodes, initialisers.
struct ModelReader {
  /// Where external data may lie; `nil` when the model did not come from a file.
  var directory: String?
  /// Whether the scores are read where the file ends in a class that is chosen from them.
  var readsScores = true

  func read(_ bytes: Data) throws -> SourceModel {
    var proto = try decode(bytes)
    let opsets = try readOpsets(proto)
    let producer = [proto.producerName, proto.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    let trainingData = TrainingDataEntry.digests(in: proto.metadataProps)
    var graph = proto.graph
    let inlining = FunctionInlining(proto.functions)
    proto = Onnx_ModelProto()
    let operators = OperatorCount.counts(of: graph.node)
    let nodes = try inlining.inlined(graph.node, opsets: opsets)
    graph.node = []

    var warnings: [ModelWarning] = []
    let initializerNames = Set(
      graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name))
    let output = try OutputChoice(graph.output, nodes: readsScores ? nodes : [], &warnings)
    let candidates = graph.input.filter { !initializerNames.contains($0.name) }
    let order = NodeOrder(
      nodes: nodes, inputs: Set(candidates.map(\.name)), initializers: initializerNames)
    let (sorted, read) = try order.sorted(for: output.name)
    var source = SourceModel(
      producer: producer, trainingData: trainingData, opsets: opsets, input: ("", []), output: output,
      nodes: sorted.map { nodes[$0] }, initializers: [:], operators: operators, warnings: warnings)
    do {
      source.input = try chooseInput(candidates, read: read, &source.warnings)
      source.initializers = try initializers(of: &graph, read: read, &source.warnings)
    } catch let error as ModelError {
      // Operators that are missing are the larger trouble.
      throw UnusableNodes(source.nodes).error ?? error
    }
    return source
  }

  /// The tensors that are read; the graph's own are released one after another.
  private func initializers(
    of graph: inout Onnx_GraphProto, read: Set<String>, _ warnings: inout [ModelWarning]
  ) throws -> [String: Constant] {
    if let sparse = graph.sparseInitializer.first(where: { read.contains($0.values.name) }) {
      throw ModelError.unsupportedType(
        name: sparse.values.name, type: "sparse tensor", help: "export dense weights")
    }
    var initializers: [String: Constant] = [:]
    var protos = graph.initializer
    graph = Onnx_GraphProto()
    for index in protos.indices {
      // Each tensor's bytes are released as soon as they are converted.
      let tensor = protos[index]
      protos[index] = Onnx_TensorProto()
      guard read.contains(tensor.name) else { continue }
      let constant = try TensorReader(directory: directory).read(tensor, name: tensor.name, &warnings)
      guard initializers.updateValue(constant, forKey: tensor.name) == nil else {
        throw ModelError.duplicateValue(name: tensor.name, node: "initialiser")
      }
    }
    return initializers
  }

  private func decode(_ bytes: Data) throws -> Onnx_ModelProto {
    if bytes.isEmpty { throw ModelError.notONNX(reason: "the file is empty; copy or export it again") }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      throw ModelError.notONNX(
        reason: "it is a zip archive, such as torch.save writes; export it with torch.onnx.export")
    }
    if bytes.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      throw ModelError.notONNX(reason: "it is an HDF5 file, such as Keras writes; convert it with tf2onnx")
    }
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let proto: Onnx_ModelProto
    do {
      proto = try Onnx_ModelProto(serializedBytes: bytes, options: options)
    } catch BinaryDecodingError.truncated {
      throw ModelError.truncated
    } catch {
      throw ModelError.notONNX(
        reason: "its bytes are not a protocol buffer of the right form; name a file that an exporter wrote")
    }
    guard proto.hasGraph, !proto.graph.node.isEmpty else {
      throw ModelError.notONNX(reason: "it has no graph of operators; export it again")
    }
    return proto
  }

  private func readOpsets(_ proto: Onnx_ModelProto) throws -> [String: Int] {
    let opsets = Self.opsets(proto.opsetImport)
    // A file without operators of the default domain need not import it.
    guard let version = opsets[""] ?? (opsets.isEmpty ? 1 : nil) else { return opsets }
    guard OperatorTable.supportedOpsets.contains(version) else {
      throw ModelError.unsupportedOpset(domain: "", version: version)
    }
    return opsets
  }

  /// The version of each domain that a list of imports asks for.
  static func opsets(_ imports: [Onnx_OperatorSetIdProto]) -> [String: Int] {
    Dictionary(imports.map { (SourceModel.domain($0.domain), Int($0.version)) }) { $1 }
  }

  private func chooseInput(
    _ candidates: [Onnx_ValueInfoProto], read: Set<String>, _ warnings: inout [ModelWarning]
  ) throws -> (name: String, extents: [Int?]) {
    let used = candidates.filter { read.contains($0.name) }
    if used.isEmpty, !candidates.isEmpty {
      throw ModelError.outputIgnoresInput(names: candidates.map(\.name))
    }
    guard let input = used.first, used.count == 1 else { throw ModelError.inputs(names: used.map(\.name)) }
    let unused = candidates.map(\.name).filter { $0 != input.name }
    if !unused.isEmpty { warnings.append(.unusedInputs(names: unused)) }

    let type = input.type.tensorType
    guard type.elemType == ElementType.float.rawValue else {
      throw ModelError.unsupportedType(
        name: input.name, type: ElementType.name(type.elemType),
        help: "the model's input must be float32: export it so")
    }
    let extents = type.shape.dim.map { dimension -> Int? in
      if case .dimValue(let extent) = dimension.value, extent > 0 { return Int(extent) }
      return nil
    }
    let symbolic = type.shape.dim.enumerated().filter { $0.offset > 0 && extents[$0.offset] == nil }
    guard symbolic.isEmpty else {
      throw ModelError.symbolicInput(
        name: input.name,
        extents: symbolic.map { offset, dimension in
          dimension.dimParam.isEmpty ? "axis \(offset) of extent \(dimension.dimValue)" : dimension.dimParam
        })
    }
    guard !extents.isEmpty else {
      throw ModelError.symbolicInput(name: input.name, extents: ["its rank"])
    }
    return (input.name, extents)
  }
}
