import CertifyData
import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyTraining

/// Files that a training wrote.
struct TrainedModelTests {
  /// What ONNX Runtime computes with them.
  @Test(arguments: try Fixtures.names(in: "models/trained", ending: "onnx"))
  func agreeWithONNXRuntime(_ name: String) throws {
    let golden = try NamedArrays(npz: Fixtures.path("golden/trained/\(name).npz")).entries
    let (x, y) = (try #require(golden["x"]).numbers, try #require(golden["y"]).numbers)
    let loaded = try LoadedClassifier(
      model: OnnxModel.load(path: Fixtures.path("models/trained/\(name).onnx")))
    let classifier = try loaded.makeClassifier(batchSize: 24)
    _ = classifier.inputs.update(fromContentsOf: x)
    try classifier.forward(count: 24)
    #expect(classifier.logits.count == y.count)
    let largest = y.map(abs).max() ?? 0
    for (found, expected) in zip(classifier.logits, y) {
      #expect(abs(found - expected) <= 2e-5 * largest)
    }
  }

  /// What is read back is the network that was trained: the same bits where nothing is folded, and up to rounding where
  /// a map of channels becomes part of the convolution before it.
  @Test(arguments: [
    Architecture.logistic, .mlp(hidden: [20, 12]), .mlp(hidden: [20, 12], activation: .gelu), .cnn, .resnet8,
  ])
  func readsBack(_ architecture: Architecture) throws {
    let model = try DigitsTraining.model(architecture)
    var random = SplitMix(seed: 8)
    let parameters = model.parameters.map { $0 + Float(0.1 * (random.unit() - 0.5)) }
    let bytes = try OnnxWriter.bytes { try model.graph(batchSize: $0, parameters: parameters) }
    let read = try LoadedClassifier(model: OnnxModel(bytes: bytes))
    #expect(read.inputShape == model.inputShape)
    #expect(read.classCount == model.classCount)
    let trained = try GraphClassifier(
      graph: model.graph(batchSize: 6, parameters: parameters), gradients: false)
    let copy = try read.makeClassifier(batchSize: 6)
    for index in trained.inputs.indices {
      trained.inputs[index] = Float(random.unit())
      copy.inputs[index] = trained.inputs[index]
    }
    try trained.forward(count: 6)
    try copy.forward(count: 6)
    for (found, expected) in zip(copy.logits, trained.logits) {
      if architecture == .resnet8 {
        #expect(abs(found - expected) <= 1e-4 * max(1, abs(expected)))
      } else {
        #expect(found == expected)
      }
    }
    let names = model.views.map(\.name)
    #expect(names.count == Set(names).count)
    if architecture == .cnn {
      #expect(names.first == "conv1.weight")
      #expect(names.last == "linear2.bias")
    }
  }
}
