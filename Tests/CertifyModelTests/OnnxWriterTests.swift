import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// Graphs that are written and read again.
struct OnnxWriterTests {
  /// Every fixture whose operations can be written computes the same after a round trip.
  @Test(arguments: Fixtures.models(in: "operators"))
  func readsBackAsTheSameFunction(_ name: String) throws {
    let model = try OnnxModel.load(path: Fixtures.path("models/operators/\(name).onnx"))
    let bytes: Data
    do {
      bytes = try OnnxWriter.bytes { try model.graph(batchSize: $0) }
    } catch ModelError.unsupportedUse(_, let operation, _, _, let help) {
      #expect(!operation.isEmpty && !help.isEmpty)
      return
    } catch ModelError.notONNX {
      let graph = try model.graph(batchSize: 1)
      #expect(graph.input == graph.output)
      return
    }
    let copy = try OnnxModel(bytes: bytes)
    #expect(copy.inputShape == model.inputShape)
    let (first, second) = (try model.graph(batchSize: 3), try copy.graph(batchSize: 3))
    var random = SplitMix(seed: 3)
    let x = (0..<first.values[first.input].shape.reduce(1, *)).map { _ in 0.5 + random.unit() }
    let expected = ReferenceInterpreter(first).output(for: x)
    let found = ReferenceInterpreter(second).output(for: x)
    #expect(found.shape == expected.shape)
    for (a, b) in zip(found.elements, expected.elements) where a.isFinite || b.isFinite {
      #expect(abs(a - b) <= 1e-6 * max(1, abs(b)))
    }
  }

  /// Most operations are written: the refusals are these, by name.
  @Test func refusalsAreKnown() throws {
    var refused: Set<String> = []
    var written = 0
    for name in Fixtures.models(in: "operators") {
      let model = try OnnxModel.load(path: Fixtures.path("models/operators/\(name).onnx"))
      do {
        _ = try OnnxWriter.bytes { try model.graph(batchSize: $0) }
        written += 1
      } catch ModelError.unsupportedUse(_, let operation, _, _, _) {
        refused.insert(operation)
      } catch ModelError.notONNX {
        refused.insert("none")
      }
    }
    #expect(written > refused.count)
    #expect(refused.isDisjoint(with: ["convolution", "linear", "pooling", "softmax"]))
  }

  @Test(arguments: ["digits_logistic", "digits_mlp", "digits_cnn"])
  func parametersKeepTheirNamesAndBits(_ name: String) throws {
    let model = try OnnxModel.load(path: Fixtures.path("models/\(name).onnx"))
    let graph = try model.graph(batchSize: 2)
    let parameters = graph.parameters.map { $0 * 1.5 }
    let copy = try OnnxModel(
      bytes: OnnxWriter.bytes { try model.graph(batchSize: $0).replacingParameters(parameters) })
    let read = try copy.graph(batchSize: 2)
    #expect(read.parameters == parameters)
    #expect(read.parameterViews.map(\.shape) == graph.parameterViews.map(\.shape))
    #expect(copy.fileBatchSize == nil)
    #expect(copy.producer == "certify")
  }

  /// The digests of training data come back, and words that are none do not.
  @Test func trainingDataIsNamed() throws {
    let model = try OnnxModel.load(path: Fixtures.path("models/digits_logistic.onnx"))
    #expect(model.trainingData.isEmpty)
    let digest = [String](repeating: "0a", count: 32).joined()
    let other = [String](repeating: "f", count: 64).joined()
    func named(_ words: [String]) throws -> [String] {
      try OnnxModel(
        bytes: OnnxWriter.bytes(trainingData: words) { try model.graph(batchSize: $0) }
      ).trainingData
    }
    #expect(try named([digest, other]) == [digest, other])
    #expect(try named(["", "short", digest.uppercased(), digest + "0", other]) == [other])
    #expect(try named([String](repeating: other, count: 2000)).count == 1024)
  }
}
