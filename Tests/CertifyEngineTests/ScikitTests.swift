import CertifyData
import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// Classifiers of scikit-learn, as its converter writes them, against what it predicts itself.
struct ScikitTests {
  static func load(_ name: String) throws -> (LoadedClassifier, [String: NamedArrays.Entry]) {
    let model = try OnnxModel.load(path: Fixtures.path("models/sklearn/\(name).onnx"))
    return (
      try LoadedClassifier(model: model),
      try NamedArrays(npz: Fixtures.path("golden/sklearn/\(name).npz")).entries
    )
  }

  @Test func allAreThere() throws {
    #expect(try Fixtures.names(in: "models/sklearn", ending: "onnx").count >= 19)
  }

  @Test(arguments: try Fixtures.names(in: "models/sklearn", ending: "onnx"))
  func predictsTheSameClasses(_ name: String) throws {
    let (loaded, arrays) = try Self.load(name)
    let (x, y) = (try #require(arrays["x"]), try #require(arrays["y"]))
    let predicted = try #require(arrays["predicted"]).numbers.map { Int($0) }
    let rows = predicted.count
    let classifier = try loaded.makeClassifier(batchSize: rows)
    _ = classifier.inputs.update(fromContentsOf: x.numbers)
    try classifier.forward(count: rows)
    #expect((0..<rows).map { classifier.decision(row: $0) } == predicted)
    #expect(Set(predicted).count > 1)

    // The file's own output: probabilities, or values of the decision function.
    let whole = try GraphEvaluator(graph: loaded.model.graph(batchSize: rows), gradients: false)
    _ = whole.inputs.update(fromContentsOf: x.numbers)
    try whole.forward()
    #expect(whole.outputs.count == y.numbers.count)
    let largest = y.numbers.map(abs).max() ?? 0
    for (found, expected) in zip(whole.outputs, y.numbers) {
      #expect(abs(found - expected) <= 1e-5 * largest)
    }
  }

  /// Probabilities are left out, so that gradients do not vanish where the classifier is sure.
  @Test(arguments: try Fixtures.names(in: "models/sklearn", ending: "onnx"))
  func headIsLeftOut(_ name: String) throws {
    let (loaded, arrays) = try Self.load(name)
    let isProbability = try #require(arrays["y"]).numbers.allSatisfy { (0...1).contains($0) }
    #expect((loaded.head != .none) == isProbability)
    #expect((try loaded.makeDifferentiableClassifier(batchSize: 1) == nil) == name.hasPrefix("binarizer"))
  }
}
