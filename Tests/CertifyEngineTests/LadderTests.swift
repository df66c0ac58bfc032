import Testing
import _CertifyTestSupport

@testable import CertifyEngine

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
    for count in [48, 3, 12, 13, 1, 30, 2, 12, 8, 5, 4, 10, 7] {
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

  /// No number of rows up to a dozen leaves more than a quarter of its plan empty.
  @Test func plansAreNearlyFull() {
    for count in 1...12 {
      let size = LadderClassifier.steps.first { $0 >= count } ?? .max
      #expect(4 * (size - count) <= size, "\(count) rows in a plan of \(size)")
    }
  }

  /// A row is answered by the plan that the number of rows chooses, wherever it stands and whatever is beside it.
  @Test(arguments: ["digits_mlp", "digits_cnn"]) func placesDoNotMatter(_ name: String) throws {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
    let classifier = try #require(try source.makeDifferentiableClassifier(batchSize: 24))
    let (d, k) = (classifier.inputCount, classifier.classCount)
    var random = SplitMix(seed: 5)
    let row = (0..<d).map { _ in Float(random.unit()) }
    let loss = (0..<k).map { _ in Float(random.unit()) }
    for count in [2, 5, 9, 11, 24] {
      var answers: Set<[Float]> = []
      for place in [0, count / 2, count - 1] {
        for i in 0..<count * d { classifier.inputs[i] = Float(random.unit()) }
        for i in 0..<d { classifier.inputs[place * d + i] = row[i] }
        try classifier.forward(count: count)
        for i in 0..<count * k { classifier.logitGradients[i] = Float(random.unit()) }
        for i in 0..<k { classifier.logitGradients[place * k + i] = loss[i] }
        try classifier.backward(count: count)
        answers.insert(
          Array(classifier.logits[place * k..<(place + 1) * k])
            + Array(classifier.inputGradients[place * d..<(place + 1) * d]))
      }
      #expect(answers.count == 1, "\(count) rows")
    }
  }

  /// Rows of several inputs get the same answers from however many they are asked about with.
  @Test(arguments: ["digits_mlp", "digits_logistic"]) func sharedRowsDoNotDependOnTheirNumber(_ name: String)
    throws
  {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
    let classifier = try #require(try source.makeSharedClassifier())
    let (d, k) = (classifier.inputCount, classifier.classCount)
    var random = SplitMix(seed: 6)
    for i in 0..<classifier.batchSize * d { classifier.inputs[i] = Float(random.unit()) }
    for i in 0..<classifier.batchSize * k { classifier.logitGradients[i] = Float(random.unit()) }
    var answers: Set<[Float]> = []
    for count in 1...classifier.batchSize {
      try classifier.forward(count: count)
      try classifier.backward(count: count)
      answers.insert(Array(classifier.logits[..<k]) + Array(classifier.inputGradients[..<d]))
    }
    #expect(answers.count == 1)
  }

  /// Where a row uses each weight often, batches are not worth sharing.
  @Test func convolutionsDoNotShare() throws {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/digits_cnn.onnx")))
    #expect(try source.makeSharedClassifier() == nil)
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
