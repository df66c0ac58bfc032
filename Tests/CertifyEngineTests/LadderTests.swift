import CertifyEngine
import Testing
import _CertifyTestSupport

/// A classifier with gradients evaluates any number of rows alike, up to rounding, by whichever plan.
struct LadderTests {
  @Test(arguments: ["digits_mlp", "digits_cnn"]) func rowsAreAnsweredAlike(_ name: String) throws {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
    let classifier = try #require(try source.makeDifferentiableClassifier(batchSize: 48))
    let reference = try source.makeClassifier(batchSize: 48)
    let single = try GraphClassifier(graph: source.graph(batchSize: 1), gradients: true)
    let (d, k) = (classifier.inputCount, classifier.classCount)
    #expect(classifier.batchSize == 48)
    // Up and down the ladder, so that nothing of an earlier pass is read.
    for count in [48, 3, 12, 13, 1, 30, 12] {
      var random = SplitMix(seed: UInt64(count))
      for i in 0..<count * d { classifier.inputs[i] = Float(random.unit()) }
      for i in 0..<count * k { classifier.logitGradients[i] = Float(random.unit()) }
      let (rows, gradients) = (Array(classifier.inputs), Array(classifier.logitGradients))
      try classifier.forward(count: count)
      try classifier.backward(count: count)
      _ = reference.inputs.update(fromContentsOf: rows)
      try reference.forward(count: count)
      for i in 0..<count * k { #expect(abs(classifier.logits[i] - reference.logits[i]) <= 1e-4) }
      for row in Set([0, count - 1]) {
        _ = single.inputs.update(fromContentsOf: rows[row * d..<(row + 1) * d])
        _ = single.logitGradients.update(fromContentsOf: gradients[row * k..<(row + 1) * k])
        try single.forward(count: 1)
        try single.backward(count: 1)
        let scale = single.inputGradients.map(abs).max() ?? 0
        for i in 0..<d {
          #expect(abs(classifier.inputGradients[row * d + i] - single.inputGradients[i]) <= 1e-4 * scale)
        }
      }
    }
  }

  @Test func rowsOutOfRangeAreRefused() throws {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/digits_mlp.onnx")))
    let classifier = try #require(try source.makeDifferentiableClassifier(batchSize: 48))
    for count in [0, -1, 49] {
      #expect(throws: EngineError.self) { try classifier.forward(count: count) }
    }
    try classifier.forward(count: 3)
    for count in [0, 49] { #expect(throws: EngineError.self) { try classifier.backward(count: count) } }
  }
}
