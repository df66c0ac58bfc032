import Foundation
import Testing

@testable import CertifyModel

/// Loading keeps one copy of the weights, and no more than one more on the way.
struct MemoryTests {
  private static let width = 2048
  private static let layers = 6
  /// The weights' size: 96 MiB.
  private static let weightMebibytes = (layers * width * width * 4) >> 20

  private static func model(_ weights: (_ layer: Int) -> Onnx_TensorProto) -> ModelBuilder {
    var builder = ModelBuilder(input: [nil, width], output: "h\(layers)")
    for layer in 0..<layers {
      builder.proto.graph.initializer.append(weights(layer))
      builder.node(
        "Gemm", [layer == 0 ? "x" : "h\(layer)", "w\(layer)"], ["h\(layer + 1)"], ["transB": .int(1)])
    }
    return builder
  }

  private static func tensor(_ layer: Int) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = "w\(layer)"
    tensor.dims = [Int64(width), Int64(width)]
    tensor.dataType = ElementType.float.rawValue
    return tensor
  }

  /// Mebibytes that a process needs to load the model, over what it needs for a small one.
  private func need(_ bytes: Data, directory: String) throws -> Int {
    let worker = try ModelWorker(directory: directory)
    let small = try worker.outcome(of: LoadTests.classifier().bytes, runs: false)
    let large = try worker.outcome(of: bytes, runs: false)
    try #require(small.kind == .loaded && large.kind == .loaded, "\(large)")
    return large.peakMebibytes - small.peakMebibytes
  }

  /// The file, what is decoded from it, and one tensor: the worker is sent the whole file.
  @Test func weightsInTheFile() throws {
    let raw = Data(repeating: 0, count: Self.width * Self.width * 4)
    let model = Self.model { layer in
      var tensor = Self.tensor(layer)
      tensor.rawData = raw
      return tensor
    }
    let need = try need(model.bytes, directory: NSTemporaryDirectory())
    #expect(need < Self.weightMebibytes * 16 / 5, "\(need) MiB")
  }

  /// The weights once, and one tensor's bytes.
  @Test func weightsInAnotherFile() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let size = Self.width * Self.width * 4
    try Data(count: size * Self.layers).write(to: directory.appendingPathComponent("weights"))
    let model = Self.model { layer in
      var tensor = Self.tensor(layer)
      tensor.dataLocation = 1
      tensor.externalData = [("location", "weights"), ("offset", "\(layer * size)"), ("length", "\(size)")]
        .map {
          var entry = Onnx_StringStringEntryProto()
          (entry.key, entry.value) = $0
          return entry
        }
      return tensor
    }
    let need = try need(model.bytes, directory: directory.path)
    #expect(need < Self.weightMebibytes * 3 / 2, "\(need) MiB")
  }
}
