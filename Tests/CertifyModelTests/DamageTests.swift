import Foundation
import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Damaged files give an error or a graph, never a crash.
struct DamageTests {
  static let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil
  static let models = [
    "conv_groups", "matmul_constant_left", "gelu_pattern_sum_first", "concat_constant", "expand_class_token",
    "averagepool_ceil", "batchnorm_4d_opset15", "torch_attention_old_opset17", "constant_of_shape_add",
    "split_equal",
  ].filter { FileManager.default.fileExists(atPath: Fixtures.path("models/operators/\($0).onnx")) }

  @Test(arguments: models)
  func survivesFlips(name: String) throws {
    let original = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models/operators/\(name).onnx")))
    var generator = SplitMix(seed: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xFFFF))
    // Weights are most of a file and boring; the structure is found by leaving runs of raw data to few flips.
    let rounds = Self.isLong ? 10_000 : 300
    var loaded = 0
    for _ in 0..<rounds {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch generator.next() % 4 {
        case 0: bytes[place] ^= 1 << UInt8(generator.next() % 8)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 2: bytes[place] = [0x00, 0x01, 0x7F, 0x80, 0xFF][Int(generator.next() % 5)]
        default: bytes.remove(at: place)
        }
      }
      if attempt(bytes) { loaded += 1 }
    }
    #expect(loaded < rounds)
  }

  @Test(arguments: models)
  func survivesTruncation(name: String) throws {
    let original = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models/operators/\(name).onnx")))
    let step = Self.isLong ? 1 : max(1, original.count / 200)
    for length in stride(from: 0, to: original.count, by: step) {
      _ = attempt(original.prefix(length))
    }
    #expect(throws: ModelError.self) { try OnnxModel(bytes: original.prefix(original.count / 2)) }
  }

  /// Integers of the structure replaced by hostile ones.
  @Test(arguments: models)
  func survivesHostileNumbers(name: String) throws {
    let original = try Onnx_ModelProto(
      serializedBytes: Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models/operators/\(name).onnx"))))
    var generator = SplitMix(seed: 7)
    let hostile: [Int64] = [
      0, 1, -1, 2, 3, 7, -7, 1 << 20, 1 << 31, -(1 << 31), 1 << 32, 1 << 40, 1 << 62, .max, .min, .max - 1,
    ]
    let rounds = Self.isLong ? 5000 : 200
    for _ in 0..<rounds {
      var proto = original
      func pick() -> Int64 { hostile[Int(generator.next() % UInt64(hostile.count))] }
      func any(_ count: Int) -> Int { Int(generator.next() % UInt64(max(count, 1))) }
      switch generator.next() % 4 {
      case 0:
        let node = any(proto.graph.node.count)
        guard !proto.graph.node[node].attribute.isEmpty else { continue }
        let attribute = any(proto.graph.node[node].attribute.count)
        proto.graph.node[node].attribute[attribute].i = pick()
        let count = proto.graph.node[node].attribute[attribute].ints.count
        if count > 0 { proto.graph.node[node].attribute[attribute].ints[any(count)] = pick() }
      case 1:
        guard !proto.graph.initializer.isEmpty else { continue }
        let tensor = any(proto.graph.initializer.count)
        let count = proto.graph.initializer[tensor].dims.count
        if count > 0 { proto.graph.initializer[tensor].dims[any(count)] = pick() }
      case 2:
        for tensor in proto.graph.initializer.indices where proto.graph.initializer[tensor].dataType == 7 {
          var numbers =
            proto.graph.initializer[tensor].rawData.isEmpty
            ? proto.graph.initializer[tensor].int64Data
            : proto.graph.initializer[tensor].rawData.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
          guard !numbers.isEmpty else { continue }
          numbers[any(numbers.count)] = pick()
          proto.graph.initializer[tensor].rawData = Data()
          proto.graph.initializer[tensor].int64Data = numbers
        }
      default:
        let dimension = any(proto.graph.input[0].type.tensorType.shape.dim.count)
        proto.graph.input[0].type.tensorType.shape.dim[dimension].dimValue = pick()
      }
      _ = attempt(try proto.serializedBytes())
    }
  }

  /// Whether the bytes load; anything thrown must be a ``ModelError``.
  private func attempt(_ bytes: Data) -> Bool {
    do {
      let model = try OnnxModel(bytes: bytes)
      for size in [1, 3] {
        let graph = try model.graph(batchSize: size)
        #expect(graph.values[graph.output].shape == [size] + model.outputShape)
        _ = graph.withoutHead()
      }
      return true
    } catch {
      #expect(error is ModelError, "\(error)")
      return false
    }
  }
}
