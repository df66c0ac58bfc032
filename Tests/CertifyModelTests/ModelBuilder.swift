import Foundation

@testable import CertifyModel

/// Writes small ONNX files for tests.
struct ModelBuilder {
  var proto: Onnx_ModelProto

  /// - Parameter input: extents; `nil` for a symbolic one.
  init(opset: Int = 17, input: [Int?] = [nil, 4], output: String = "y") {
    proto = Onnx_ModelProto()
    proto.irVersion = 8
    proto.producerName = "tests"
    var entry = Onnx_OperatorSetIdProto()
    entry.version = Int64(opset)
    proto.opsetImport = [entry]
    proto.graph.input = [Self.info("x", input)]
    proto.graph.output = [Self.info(output, [])]
  }

  static func info(_ name: String, _ extents: [Int?], type: Int32 = 1) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = type
    info.type.tensorType.shape.dim = extents.map { extent in
      var dimension = Onnx_TensorShapeProto.Dimension()
      if let extent { dimension.dimValue = Int64(extent) } else { dimension.dimParam = "N" }
      return dimension
    }
    return info
  }

  static func tensor(_ name: String, _ shape: [Int], _ elements: [Float]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape.map(Int64.init)
    tensor.dataType = ElementType.float.rawValue
    tensor.rawData = elements.withUnsafeBytes { Data($0) }
    return tensor
  }

  static func integers(_ name: String, _ elements: [Int]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = [Int64(elements.count)]
    tensor.dataType = ElementType.int64.rawValue
    tensor.int64Data = elements.map(Int64.init)
    return tensor
  }

  mutating func constant(_ name: String, _ shape: [Int], _ elements: [Float]) {
    proto.graph.initializer.append(Self.tensor(name, shape, elements))
  }

  mutating func constant(_ name: String, integers: [Int]) {
    proto.graph.initializer.append(Self.integers(name, integers))
  }

  enum Attribute {
    case int(Int), float(Float), floats([Float]), ints([Int]), string(String), tensor(Onnx_TensorProto)
  }

  mutating func node(
    _ operatorName: String, _ inputs: [String], _ outputs: [String], name: String = "",
    domain: String = "", _ attributes: [String: Attribute] = [:]
  ) {
    var node = Onnx_NodeProto()
    node.opType = operatorName
    node.input = inputs
    node.output = outputs
    node.name = name
    node.domain = domain
    for (name, value) in attributes {
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      switch value {
      case .int(let value): (attribute.type, attribute.i) = (2, Int64(value))
      case .float(let value): (attribute.type, attribute.f) = (1, value)
      case .floats(let values): (attribute.type, attribute.floats) = (6, values)
      case .ints(let values): (attribute.type, attribute.ints) = (7, values.map(Int64.init))
      case .string(let value): (attribute.type, attribute.s) = (3, Data(value.utf8))
      case .tensor(let value): (attribute.type, attribute.t) = (4, value)
      }
      node.attribute.append(attribute)
    }
    proto.graph.node.append(node)
  }

  var bytes: Data { (try? proto.serializedBytes()) ?? Data() }

  func model() throws -> OnnxModel { try OnnxModel(bytes: bytes) }

  /// The error that loading gives.
  func error() -> ModelError? {
    do {
      _ = try model()
      return nil
    } catch {
      return error as? ModelError
    }
  }
}
