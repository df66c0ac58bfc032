import CertifyData
import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// Whole models with quantisers around every layer, against ONNX Runtime computing them as they are written.
struct QuantisedModelTests {
  /// Sums in another order may end on the other side of a half, which moves a number by one step of its quantiser;
  /// the logits are themselves quantised, so that most must be equal.
  @Test(arguments: try Fixtures.names(in: "models/quantised", ending: "onnx"))
  func agreesUpToSingleSteps(_ name: String) throws {
    let arrays = try NamedArrays(npz: Fixtures.path("golden/quantised/\(name).npz")).entries
    let (x, y) = (try #require(arrays["x"]), try #require(arrays["y"]))
    let rows = x.shape[0]
    let model = try OnnxModel.load(path: Fixtures.path("models/quantised/\(name).onnx"))
    let loaded = try LoadedClassifier(model: model)
    let classifier = try loaded.makeClassifier(batchSize: rows)
    _ = classifier.inputs.update(fromContentsOf: x.numbers)
    try classifier.forward(count: rows)

    let distinct = Set(y.numbers).sorted()
    let step = try #require(zip(distinct, distinct.dropFirst()).map { $1 - $0 }.min())
    let differences = zip(classifier.logits, y.numbers).map { ($0 - $1) / step }
    #expect(differences.allSatisfy { abs($0) < 1.5 }, "\(differences.map(abs).max() ?? 0) steps")
    #expect(differences.count { abs($0) < 0.5 } >= differences.count * 9 / 10)
    for difference in differences {
      #expect(abs(difference - difference.rounded()) < 1e-2, "the logits are on the same grid")
    }
  }

  /// Gradients pass as if nothing were rounded, and say so.
  @Test(arguments: try Fixtures.names(in: "models/quantised", ending: "onnx"))
  func gradientIsThatOfTheModelBefore(_ name: String) throws {
    let quantised = try LoadedClassifier(
      model: .load(path: Fixtures.path("models/quantised/\(name).onnx")))
    guard case .approximate(let straightThrough, let stopped) = quantised.gradientSupport else {
      Issue.record("\(quantised.gradientSupport)")
      return
    }
    #expect(straightThrough.count >= 4 && stopped.isEmpty)
    let plain = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
    let arrays = try NamedArrays(npz: Fixtures.path("golden/quantised/\(name).npz")).entries
    let x = try #require(arrays["x"])
    let rows = x.shape[0]
    let gradients = try [quantised, plain].map { source -> [Float] in
      let made = try source.makeDifferentiableClassifier(batchSize: rows)
      let classifier = try #require(made)
      _ = classifier.inputs.update(fromContentsOf: x.numbers)
      try classifier.forward(count: rows)
      for row in 0..<rows { classifier.logitGradients[row * classifier.classCount] = 1 }
      try classifier.backward(count: rows)
      return Array(classifier.inputGradients)
    }
    // The angle between them: rounding changes which units are on, here and there.
    let product = zip(gradients[0], gradients[1]).reduce(Float(0)) { $0 + $1.0 * $1.1 }
    let lengths = gradients.map { $0.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() }
    #expect(product >= 0.95 * lengths[0] * lengths[1], "cosine \(product / (lengths[0] * lengths[1]))")
  }
}
