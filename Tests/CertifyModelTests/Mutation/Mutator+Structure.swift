import Foundation

@testable import CertifyModel

/// Damage through the file's own structure: what comes out is still a protocol buffer of the right form.
extension Mutator {
  mutating func damage(_ proto: inout Onnx_ModelProto, donor: Onnx_ModelProto) {
    switch below(20) {
    case 0: damageImports(&proto.opsetImport)
    case 1: damageInfos(&proto.graph.input)
    case 2: damageInfos(&proto.graph.output)
    case 3...5: damageTensors(&proto.graph.initializer, donor: donor.graph.initializer)
    case 6: damageFunctions(&proto.functions, donor: donor)
    case 7:
      rearrange(&proto.graph.node) {
        $0.pick(donor.graph.node.isEmpty ? [Onnx_NodeProto()] : donor.graph.node)
      }
    case 8: shuffle(&proto.graph.node)
    default: damageNode(in: &proto.graph.node, tensors: proto.graph.initializer)
    }
  }

  private mutating func shuffle(_ nodes: inout [Onnx_NodeProto]) {
    for place in nodes.indices.reversed() { nodes.swapAt(place, below(place + 1)) }
  }

  private mutating func damageImports(_ imports: inout [Onnx_OperatorSetIdProto]) {
    rearrange(&imports) { mutator in
      var entry = Onnx_OperatorSetIdProto()
      entry.domain = mutator.pick(["", "ai.onnx", "ai.onnx.ml", "com.example"])
      entry.version = mutator.chance(0.3) ? mutator.integer() : Int64(mutator.below(28))
      return entry
    }
  }

  private mutating func damageInfos(_ infos: inout [Onnx_ValueInfoProto]) {
    guard !infos.isEmpty, chance(0.85) else {
      rearrange(&infos) { mutator in ModelBuilder.info(mutator.text(), [nil, 4]) }
      return
    }
    let place = below(infos.count)
    var type = infos[place].type.tensorType
    switch below(6) {
    case 0: infos[place].name = text()
    case 1: type.elemType = Int32(below(26)) - 1
    case 2: type.shape.dim = []
    case 3:
      rearrange(&type.shape.dim) { mutator in
        var dimension = Onnx_TensorShapeProto.Dimension()
        if mutator.chance(0.2) {
          dimension.dimParam = mutator.text()
        } else {
          dimension.dimValue = mutator.integer()
        }
        return dimension
      }
    default:
      guard !type.shape.dim.isEmpty else { break }
      type.shape.dim[below(type.shape.dim.count)].dimValue = integer()
    }
    infos[place].type.tensorType = type
  }

  private mutating func damageTensors(_ tensors: inout [Onnx_TensorProto], donor: [Onnx_TensorProto]) {
    guard !tensors.isEmpty, chance(0.8) else {
      rearrange(&tensors) { $0.pick(donor.isEmpty ? [Onnx_TensorProto()] : donor) }
      return
    }
    damage(&tensors[below(tensors.count)])
  }

  mutating func damage(_ tensor: inout Onnx_TensorProto) {
    switch below(10) {
    case 0: tensor.name = text()
    case 1, 2: rearrange(&tensor.dims) { $0.integer() }
    case 3: tensor.dims.reverse()
    case 4: tensor.dataType = Int32(below(26)) - 1
    case 5: damageRawData(&tensor.rawData)
    case 6:
      tensor.rawData = Data()
      rearrange(&tensor.int64Data) { $0.integer() }
      rearrange(&tensor.floatData) { $0.number() }
    case 7: damageNumbers(&tensor)
    case 8: tensor.dims = (0..<below(24)).map { _ in 1 }
    default: damageExternalData(&tensor)
    }
  }

  private mutating func damageRawData(_ data: inout Data) {
    switch below(4) {
    case 0: data.append(contentsOf: (0..<(1 + below(9))).map { _ in UInt8(0) })
    case 1: data.removeLast(below(min(data.count, 9)))
    case 2: data = Data()
    default: data = data.prefix(below(data.count))
    }
  }

  /// The elements, read as the type says: shapes and axes among them.
  private mutating func damageNumbers(_ tensor: inout Onnx_TensorProto) {
    switch ElementType(rawValue: tensor.dataType) {
    case .int64:
      var numbers =
        tensor.rawData.isEmpty
        ? tensor.int64Data
        : stride(from: 0, to: tensor.rawData.count - 7, by: 8).map { start in
          tensor.rawData.dropFirst(start).prefix(8).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        }
      guard !numbers.isEmpty else { return }
      numbers[below(numbers.count)] = integer()
      tensor.rawData = Data()
      tensor.int64Data = numbers
    case .float:
      guard tensor.rawData.count >= 4 else { return }
      let start = tensor.rawData.startIndex + below(tensor.rawData.count / 4) * 4
      withUnsafeBytes(of: number()) { tensor.rawData.replaceSubrange(start..<(start + 4), with: $0) }
    default: break
    }
  }

  private mutating func damageExternalData(_ tensor: inout Onnx_TensorProto) {
    func entry(_ key: String, _ value: String) -> Onnx_StringStringEntryProto {
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    let places = [
      "", ".", "..", "/", "/etc/passwd", "../../../etc/passwd", "a/../../..", "conv_groups.onnx",
      "./conv_groups.onnx",
      "no\u{0}thing", "/dev/zero", "conv_groups.onnx/x", String(repeating: "d/", count: 3000),
    ]
    tensor.dataLocation = pick([1, 1, 1, 0, 2])
    tensor.externalData = [
      entry("location", pick(places)),
      entry("offset", pick(["0", "8", "-1", "99999999999", "x", "9223372036854775807"])),
      entry("length", pick(["", "0", "16", "-1", "9223372036854775807"])),
    ]
  }
}
