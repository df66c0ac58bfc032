import Foundation

/// How often an operator occurs in a file.
public struct OperatorCount: Sendable, Equatable {
  /// Empty for ONNX's own operators.
  public let domain: String
  /// The name as in the file.
  public let name: String
  /// How many nodes of the file have it, at least 1.
  public let count: Int

  static func counts(of nodes: [Onnx_NodeProto]) -> [OperatorCount] {
    Dictionary(grouping: nodes) { [SourceModel.domain($0.domain).shown(), $0.opType.shown()] }
      .map { OperatorCount(domain: $0[0], name: $0[1], count: $1.count) }
      .sorted { ($1.count, $0.domain, $0.name) < ($0.count, $1.domain, $1.name) }
  }
}

/// A classifier read from an ONNX file.
///
/// The file is taken apart, checked and lowered once; ``graph(batchSize:)`` is cheap and shares the weights.
/// Axis 0 of the input is the batch. Whether the file leaves its extent open or fixes it, the graph can be
/// had for any batch size, because each row is checked to be computed by itself.
public struct OnnxModel: Sendable {
  /// The extents of one input, without the batch axis.
  public let inputShape: [Int]
  /// The extents of one output row, without the batch axis; empty when it is one number.
  public let outputShape: [Int]
  /// The number of inputs that the file is made for, or `nil` where it leaves that open.
  public let fileBatchSize: Int?
  /// What the input goes through first; `nil` when that is not a scaling.
  public let inputScaling: InputScaling?
  /// The operators as in the file, most frequent first.
  public let operators: [OperatorCount]
  /// The version of ONNX's operator set that the file imports.
  public let opset: Int
  /// The program that wrote the file, with its version; empty when not given.
  public let producer: String
  /// The number of floating-point numbers in initialisers that the output depends on.
  public let parameterCount: Int
  /// SHA-256 of each data file that its weights were fitted to, in lower-case hexadecimal, as its metadata say; empty
  /// where they do not.
  public let trainingData: [String]
  /// What the owner of the model should know.
  public let warnings: [ModelWarning]

  private let model: LoweredModel

  /// Reads a model file, and files of external data in its directory.
  ///
  /// - Throws: ``ModelError``.
  public static func load(path: String) throws -> OnnxModel {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ModelError.fileNotFound(path: path)
    }
    guard !isDirectory.boolValue else {
      throw ModelError.unreadable(path: path, reason: "it is a directory; name the .onnx file in it")
    }
    guard RegularFile.exists(at: path) else {
      throw ModelError.unreadable(path: path, reason: "it is no regular file; write it to one first")
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw ModelError.unreadable(path: path, reason: "check its permissions")
    }
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return try OnnxModel(bytes: bytes, directory: directory)
  }

  /// Reads a model from the bytes of its file.
  ///
  /// - Parameters:
  ///   - bytes: a serialised `ModelProto`.
  ///   - directory: where files of external data may lie; `nil` refuses them.
  /// - Throws: ``ModelError``.
  public init(bytes: Data, directory: String? = nil) throws {
    let source = try ModelReader(directory: directory).read(bytes)
    operators = source.operators
    opset = source.opsets["", default: 0]
    producer = source.producer
    trainingData = source.trainingData
    parameterCount = source.initializers.values.reduce(0) { $0 + ($1.isFloating ? $1.count : 0) }
    fileBatchSize = source.input.extents.first.flatMap { $0 }
    model = try Lowering.lower(source)
    inputScaling = model.inputScaling
    inputShape = Array(model.graph.values[model.graph.input].shape.dropFirst())
    outputShape = Array(model.graph.values[model.graph.output].shape.dropFirst())
    let head = model.graph.withoutHead().head
    warnings = model.warnings + (head == .none ? [] : [.probabilities(head: head)])
  }

  /// The model as a graph for batches of `batchSize` rows; its output is the file's own.
  ///
  /// - Throws: ``ModelError/batchSize(_:)`` below 1, ``ModelError/tooLarge(what:elements:)`` for absurd sizes.
  public func graph(batchSize: Int) throws -> Graph {
    guard batchSize >= 1 else { throw ModelError.batchSize(batchSize) }
    let axes = Dictionary(uniqueKeysWithValues: model.batchAxes.enumerated().map { ($0, $1) })
    return try Rebatching(axes: axes, from: LoweredModel.batchSize, to: batchSize).apply(to: model.graph)
  }
}
