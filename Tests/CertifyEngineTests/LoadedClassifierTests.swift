import CertifyEngine
import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// What a classifier makes of a model: logits before the head, two classes of one number, NaN refused.
struct LoadedClassifierTests {
  static func load(_ name: String) throws -> LoadedClassifier {
    try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
  }

  /// A function of each coordinate as a classifier of two classes.
  static func unary(_ function: UnaryFunction, batchSize: Int) -> Graph {
    Graph(
      values: [Value(name: "x", shape: [batchSize, 2]), Value(name: "y", shape: [batchSize, 2])],
      nodes: [Node(name: "f", operation: .unary(function), inputs: [0], output: 1)], input: 0, output: 1)
  }

  @Test func logitThatIsNaNIsNamed() throws {
    let classifier = try GraphClassifier(graph: Self.unary(.log, batchSize: 4), gradients: false)
    _ = classifier.inputs.update(fromContentsOf: [1, 2, 3, 4, 5, -1, 7, 8])
    #expect(throws: EngineError.logitIsNaN(row: 2, classIndex: 1)) { try classifier.forward(count: 4) }
    #expect(throws: EngineError.logitIsNaN(row: 2, classIndex: 1)) { try classifier.forward(count: 3) }
    // Rows beyond those asked for are nobody's.
    try classifier.forward(count: 2)
  }

  /// An infinite logit is a number: the class is decided.
  @Test func infiniteLogitIsDecided() throws {
    let classifier = try GraphClassifier(graph: Self.unary(.log, batchSize: 1), gradients: false)
    _ = classifier.inputs.update(fromContentsOf: [0, 1])
    try classifier.forward(count: 1)
    #expect(classifier.logits[0] == -.infinity)
    #expect(classifier.decision(row: 0) == 1)
  }

  @Test(arguments: [0, -1, 5]) func countOutsideTheBatchIsRefused(_ count: Int) throws {
    let classifier = try GraphClassifier(graph: Self.unary(.tanh, batchSize: 4), gradients: true)
    #expect(throws: EngineError.batchOutOfRange(count: count, batchSize: 4)) {
      try classifier.forward(count: count)
    }
    try classifier.forward(count: 4)
    #expect(throws: EngineError.batchOutOfRange(count: count, batchSize: 4)) {
      try classifier.backward(count: count)
    }
  }

  @Test func tieGoesToTheLowestClass() throws {
    let classifier = try GraphClassifier(graph: Self.unary(.relu, batchSize: 2), gradients: false)
    _ = classifier.inputs.update(fromContentsOf: [-1, -2, 3, 3])
    try classifier.forward(count: 2)
    #expect(classifier.decision(row: 0) == 0)
    #expect(classifier.decision(row: 1) == 0)
  }

  /// σ(z) > ½ exactly when z > 0: the file's probability and the two logits agree.
  @Test func singleOutputIsTwoClasses() throws {
    let loaded = try Self.load("digits_binary_sigmoid")
    #expect(loaded.isBinary)
    #expect(loaded.head == .sigmoid)
    #expect(loaded.classCount == 2)
    let batchSize = loaded.preferredBatchSize
    let classifier = try loaded.makeClassifier(batchSize: batchSize)
    let whole = try GraphEvaluator(graph: loaded.model.graph(batchSize: batchSize), gradients: false)
    var random = SplitMix(seed: 5)
    for i in classifier.inputs.indices {
      classifier.inputs[i] = Float(random.unit())
      whole.inputs[i] = classifier.inputs[i]
    }
    try classifier.forward(count: batchSize)
    try whole.forward()
    var decided = Set<Int>()
    for row in 0..<batchSize {
      let z = classifier.logits[2 * row + 1]
      #expect(classifier.logits[2 * row] == 0)
      #expect(abs(1 / (1 + exp(-z)) - whole.outputs[row]) <= 1e-6)
      #expect(classifier.decision(row: row) == (z > 0 ? 1 : 0))
      decided.insert(classifier.decision(row: row))
    }
    #expect(decided == [0, 1], "the inputs must reach both classes")
  }

  /// vᵀ ∂(0, z)/∂x is v₁ ∂z/∂x, whatever v₀ is.
  @Test func singleOutputHasTheGradientOfItsLogit() throws {
    let loaded = try Self.load("digits_binary_sigmoid")
    let made = try loaded.makeDifferentiableClassifier(batchSize: 2)
    let classifier = try #require(made)
    let d = classifier.inputCount
    var random = SplitMix(seed: 6)
    let x = (0..<d).map { _ in Float(random.unit()) }
    func logit(_ point: [Float]) throws -> Double {
      for i in 0..<d {
        classifier.inputs[i] = point[i]
        classifier.inputs[d + i] = point[i]
      }
      try classifier.forward(count: 2)
      return Double(classifier.logits[1])
    }
    func pull(_ v: [Float]) throws -> [Float] {
      _ = classifier.logitGradients.update(fromContentsOf: v)
      try classifier.backward(count: 2)
      return Array(classifier.inputGradients)
    }
    _ = try logit(x)
    let gradient = try pull([7, 1, -3, 2])
    #expect(zip(gradient[..<d], gradient[d...]).allSatisfy { 2 * $0 == $1 }, "v₁ scales the gradient")
    #expect(try pull([7, 0, -3, 0]).allSatisfy { $0 == 0 }, "the first logit is constant")
    let scale = Double(gradient[..<d].map(abs).max() ?? 0)
    #expect(scale > 0)
    let h: Float = 0x1p-8
    for i in 0..<d {
      var (up, down) = (x, x)
      up[i] += h
      down[i] -= h
      let slope = try (logit(up) - logit(down)) / Double(up[i] - down[i])
      #expect(abs(slope - Double(gradient[i])) <= 2e-3 * max(scale, 1), "coordinate \(i)")
    }
  }

  /// The head of a net is left out, and what is left has the order of what the file computes.
  @Test(arguments: try Fixtures.names(in: "models/operators", ending: "onnx"))
  func headIsLeftOut(_ name: String) throws {
    guard let loaded = try? Self.load("operators/\(name)"), loaded.head != .none else { return }
    let classifier = try loaded.makeClassifier(batchSize: 6)
    let whole = try GraphEvaluator(graph: loaded.model.graph(batchSize: 6), gradients: false)
    var random = SplitMix(seed: 8)
    for i in classifier.inputs.indices {
      classifier.inputs[i] = Float(2 * random.unit() - 1)
      whole.inputs[i] = classifier.inputs[i]
    }
    try classifier.forward(count: 6)
    try whole.forward()
    let width = whole.outputs.count / 6
    for row in 0..<6 {
      let z = classifier.logits[row * classifier.classCount..<(row + 1) * classifier.classCount].map(
        Double.init)
      let top = z.max() ?? 0
      let total = z.reduce(0) { $0 + exp($1 - top) }
      let expected =
        switch loaded.head {
        case .none: z
        case .softmax: z.map { exp($0 - top) / total }
        case .logSoftmax: z.map { $0 - top - log(total) }
        case .sigmoid: z.suffix(width).map { 1 / (1 + exp(-$0)) }
        }
      for (k, value) in expected.enumerated() {
        #expect(abs(value - Double(whole.outputs[row * width + k])) <= 1e-5 * max(1, abs(value)))
      }
    }
  }

  @Test func everyKindOfHeadIsAmongTheNets() throws {
    let heads = try Fixtures.names(in: "models/operators", ending: "onnx").compactMap {
      try? Self.load("operators/\($0)").head
    }
    for head in [Head.none, .softmax, .logSoftmax, .sigmoid] {
      #expect(heads.contains(head), "\(head.name)")
    }
  }

  @Test func outputThatIsNoRowOfLogitsIsRefused() throws {
    let graph = Graph(
      values: [Value(name: "x", shape: [2, 3, 4]), Value(name: "y", shape: [2, 3, 4])],
      nodes: [Node(name: "f", operation: .unary(.tanh), inputs: [0], output: 1)], input: 0, output: 1)
    #expect(throws: EngineError.notAClassifier(outputShape: [3, 4])) {
      try GraphClassifier(graph: graph, gradients: false)
    }
  }
}
