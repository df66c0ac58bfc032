import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// The gradients of parameters against central differences of the reference interpreter in double precision, and
/// plans whose parameters change against plans made for them.
struct ParameterGradientTests {
  static let cases =
    (OperationCase.all + layers + (0..<12).map { OperationCase(name: "random \($0)", graph: .random($0)) })
    .filter { !$0.graph.parameterViews.isEmpty }

  /// Layers joined to what follows them, channels in whole blocks, and maps of channels.
  static let layers: [OperationCase] = [
    chain(
      "convolution + relu",
      [
        (OperationCase.convolution([16, 3, 3, 3], begin: [1, 1], end: [1, 1]), [3, 16, 6, 6]),
        (.unary(.relu), [3, 16, 6, 6]),
        (
          OperationCase.convolution([32, 16, 3, 3], strides: [2, 2], begin: [1, 1], end: [1, 1]),
          [3, 32, 3, 3]
        ),
        (.unary(.relu), [3, 32, 3, 3]), (.reshape, [3, 288]),
        (
          .linear(Linear(weights: OperationCase.weights([10, 288]), bias: OperationCase.weights([10]))),
          [3, 10]
        ),
      ], from: [3, 3, 6, 6]),
    chain(
      "map of channels",
      [
        (OperationCase.convolution([5, 2, 3, 3]), [7, 5, 3, 4]),
        (
          .affine(
            Affine(
              scale: OperationCase.weights([5, 1, 1]), shift: OperationCase.weights([1, 5, 1, 1], seed: 3))),
          [7, 5, 3, 4]
        ), (.unary(.relu), [7, 5, 3, 4]),
        (.affine(Affine(scale: OperationCase.weights([5, 1, 1], seed: 4), shift: nil)), [7, 5, 3, 4]),
        (.unary(.tanh), [7, 5, 3, 4]),
        (.affine(Affine(scale: nil, shift: OperationCase.weights([5, 1, 1], seed: 5))), [7, 5, 3, 4]),
      ], from: [7, 2, 5, 6]),
    chain(
      "linear layers of a batch that fills no blocks",
      [
        (.linear(Linear(weights: OperationCase.weights([9, 4]), bias: OperationCase.weights([9]))), [7, 9]),
        (.unary(.relu), [7, 9]),
        (.linear(Linear(weights: OperationCase.weights([3, 9], seed: 6), bias: nil)), [7, 3]),
      ], from: [7, 4]),
  ]

  static func chain(
    _ name: String, _ operations: [(CertifyModel.Operation, [Int])], from shape: [Int]
  ) -> OperationCase {
    let graph = Graph(
      values: [Value(name: "x", shape: shape)] + operations.map { Value(name: $0.0.name, shape: $0.1) },
      nodes: operations.enumerated().map { index, entry in
        Node(name: "", operation: entry.0, inputs: [index], output: index + 1)
      }, input: 0, output: operations.count)
    return OperationCase(name: name, graph: graph)
  }

  @Test(arguments: cases)
  func agreesWithCentralDifferences(_ testCase: OperationCase) throws {
    let graph = testCase.graph
    let evaluator = try GraphEvaluator(graph: graph, gradients: true, isTrainable: true)
    var random = SplitMix(seed: 11)
    let x = (0..<evaluator.inputs.count).map { _ in testCase.range.map(random.unit()) }
    let v = (0..<evaluator.outputs.count).map { _ in Float(2 * random.unit() - 1) }
    _ = evaluator.inputs.update(fromContentsOf: x)
    try evaluator.forward()
    _ = evaluator.outputGradients.update(fromContentsOf: v)
    try evaluator.backwardToParameters(inputs: true)
    let gradient = Array(evaluator.parameterGradients)
    try evaluator.backwardToParameters(inputs: false)
    #expect(Array(evaluator.parameterGradients) == gradient, "the input's gradient must not change these")
    #expect(gradient.count == graph.parameters.count)

    func objective(_ parameters: [Float]) -> Double {
      let interpreter = ReferenceInterpreter(graph.replacingParameters(parameters))
      return zip(interpreter.output(for: x.map(Double.init)).elements, v).reduce(0) {
        $0 + $1.0 * Double($1.1)
      }
    }
    let parameters = graph.parameters
    for view in graph.parameterViews {
      let scale = Double(gradient[view.range].map(abs).max() ?? 0)
      for i in stride(
        from: view.range.lowerBound, to: view.range.upperBound, by: max(1, view.range.count / 8))
      {
        var (up, down) = (parameters, parameters)
        up[i] += 0x1p-14
        down[i] -= 0x1p-14
        let slope = (objective(up) - objective(down)) / (Double(up[i]) - Double(down[i]))
        #expect(
          abs(slope - Double(gradient[i])) <= 2e-4 * scale + 1e-6,
          "\(view.name)[\(i - view.range.lowerBound)]: \(gradient[i]) but the slope is \(slope)")
      }
    }
  }

  @Test(arguments: cases)
  func changedParametersGiveTheSameBitsAsAPlanMadeForThem(_ testCase: OperationCase) throws {
    let trained = try GraphEvaluator(graph: testCase.graph, gradients: true, isTrainable: true)
    var random = SplitMix(seed: 5)
    let x = (0..<trained.inputs.count).map { _ in testCase.range.map(random.unit()) }
    let parameters = testCase.graph.parameters.map { $0 + Float(random.unit() - 0.5) }
    let graph = testCase.graph.replacingParameters(parameters)
    #expect(graph.parameters == parameters)
    let made = try GraphEvaluator(graph: graph, gradients: true)

    _ = trained.parameters.update(fromContentsOf: parameters)
    try trained.loadParameters()
    for evaluator in [trained, made] {
      _ = evaluator.inputs.update(fromContentsOf: x)
      try evaluator.forward()
      evaluator.outputGradients.update(repeating: 1)
      try evaluator.backward()
    }
    #expect(Array(trained.outputs) == Array(made.outputs))
    #expect(Array(trained.inputGradients) == Array(made.inputGradients))
    try trained.backwardToParameters(inputs: true)
    #expect(Array(trained.inputGradients) == Array(made.inputGradients))
  }

  @Test func rowsWithoutAGradientAddNothing() throws {
    let graph = Self.layers[2].graph
    let evaluator = try GraphEvaluator(graph: graph, gradients: true, isTrainable: true)
    func gradient(of rows: Range<Int>) throws -> [Float] {
      evaluator.outputGradients.update(repeating: 0)
      for i in rows.lowerBound * 3..<rows.upperBound * 3 { evaluator.outputGradients[i] = Float(i % 5) - 2 }
      try evaluator.backwardToParameters(inputs: false)
      return Array(evaluator.parameterGradients)
    }
    for i in evaluator.inputs.indices { evaluator.inputs[i] = Float(i % 7) / 7 - 0.4 }
    try evaluator.forward()
    let (first, second, both) = (try gradient(of: 0..<4), try gradient(of: 4..<7), try gradient(of: 0..<7))
    for (index, sum) in both.enumerated() { #expect(abs(first[index] + second[index] - sum) <= 1e-5) }
  }

  @Test func namesAreDistinctAndDataNormalisationStays() {
    let normalised = Self.chain(
      "normalised",
      [
        (.affine(Affine(scale: OperationCase.weights([3, 1, 1]), shift: nil)), [2, 3, 4, 4]),
        (OperationCase.convolution([4, 3, 3, 3]), [2, 4, 2, 2]),
        (OperationCase.convolution([4, 4, 1, 1], bias: false), [2, 4, 2, 2]),
      ], from: [2, 3, 4, 4])
    #expect(
      normalised.graph.parameterViews.map(\.name)
        == ["convolution.weight", "convolution.bias", "convolution.2.weight"])
  }
}

extension Graph {
  fileprivate static func random(_ seed: UInt64) -> Graph { RandomGraph.make(seed: seed) }
}
