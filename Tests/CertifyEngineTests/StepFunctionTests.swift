import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// Functions without a useful derivative: their values, and what gradients do with them.
struct StepFunctionTests {
  static let functions: [UnaryFunction] = [
    .sign, .floor, .ceiling, .round, .truncate, .isPositive, .isNonNegative, .isZero, .isNaN,
    .isInfinite(negative: true, positive: false), .isInfinite(negative: false, positive: true),
  ]
  static let numbers: [Float] = [
    -.infinity, -2.5, -1.5, -1, -0.5, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 0.4, 0.5, 1.5, 2.5,
    3, 8_388_609, .infinity, .nan,
  ]

  static func graph(_ operation: CertifyModel.Operation, count: Int) -> Graph {
    Graph(
      values: [Value(name: "x", shape: [1, count]), Value(name: "y", shape: [1, count])],
      nodes: [Node(name: "step", operation: operation, inputs: [0], output: 1)], input: 0, output: 1)
  }

  @Test(arguments: functions) func jumpsWhereItShould(_ function: UnaryFunction) throws {
    let graph = Self.graph(.unary(function), count: Self.numbers.count)
    let evaluator = try GraphEvaluator(graph: graph, gradients: true)
    _ = evaluator.inputs.update(fromContentsOf: Self.numbers)
    try evaluator.forward()
    let expected = ReferenceInterpreter(graph).output(for: Self.numbers.map(Double.init)).elements
    for (index, expected) in expected.enumerated() where !expected.isNaN {
      // The sign of NaN is whatever the machine makes of it.
      guard !(function == .sign && Self.numbers[index].isNaN) else { continue }
      #expect(Double(evaluator.outputs[index]) == expected, "\(function) of \(Self.numbers[index])")
    }
    evaluator.outputGradients.update(repeating: 1)
    try evaluator.backward()
    #expect(evaluator.inputGradients.allSatisfy { $0 == 0 })
    #expect(
      graph.gradientSupport
        == .none(because: [GradientSite(node: "step", operation: String("\(function)".prefix { $0 != "(" }))])
    )
  }

  /// scale·(clamp(round(x/scale) + zero) − zero), and v where nothing is cut off.
  @Test(arguments: [(Float(0.1), Float(3)), (0.25, -4), (1e-3, 0)])
  func quantiserRoundsAndPassesGradients(scale: Float, zeroPoint: Float) throws {
    let quantization = Quantization(
      scale: Tensor(shape: [], elements: [scale]), zeroPoint: Tensor(shape: [], elements: [zeroPoint]),
      lowest: -128, highest: 127)
    // Halves between levels, the ends of the range, and beyond them.
    let steps: [Float] = (-140...140).flatMap { [Float($0), Float($0) + 0.5] }
    let x: [Float] = steps.map { $0 * scale } + [1e30, -1e30]
    let graph = Self.graph(.quantization(quantization), count: x.count)
    let evaluator = try GraphEvaluator(graph: graph, gradients: true)
    _ = evaluator.inputs.update(fromContentsOf: x)
    try evaluator.forward()
    let v = x.indices.map { Float($0 + 1) }
    _ = evaluator.outputGradients.update(fromContentsOf: v)
    try evaluator.backward()
    for i in x.indices {
      let level = (x[i] / scale).rounded(.toNearestOrEven) + zeroPoint
      let expected = (min(max(level, -128), 127) - zeroPoint) * scale
      #expect(evaluator.outputs[i] == expected, "\(x[i])")
      #expect(evaluator.inputGradients[i] == ((-128...127).contains(level) ? v[i] : 0), "\(x[i])")
    }
    let site = GradientSite(node: "step", operation: "quantisation")
    #expect(graph.gradientSupport == .approximate(straightThrough: [site], stopped: []))
  }

  /// A length has no derivative at 0: a zero patch of an image must not make the gradient NaN.
  @Test(arguments: ["reducel2_input", "lpnorm_2", "lpnorm_1"])
  func gradientOfALengthAtZeroIsFinite(_ name: String) throws {
    let model = try OnnxModel.load(path: Fixtures.path("models/operators/\(name).onnx"))
    let evaluator = try GraphEvaluator(graph: model.graph(batchSize: 1), gradients: true)
    evaluator.inputs.update(repeating: 0)
    try evaluator.forward()
    evaluator.outputGradients.update(repeating: 1)
    try evaluator.backward()
    #expect(evaluator.outputs.allSatisfy { abs($0) < 1e-18 })
    #expect(evaluator.inputGradients.allSatisfy { $0.isFinite })
  }

  /// One scale a channel, in a layout that a convolution chose.
  @Test func quantiserHasAScaleAChannel() throws {
    let weights = OperationCase.weights([16, 3, 3, 3])
    let quantization = Quantization(
      scale: Tensor(shape: [16, 1, 1], elements: (1...16).map { Float($0) / 64 }),
      zeroPoint: Tensor(shape: [16, 1, 1], elements: (1...16).map { Float($0) }), lowest: 0, highest: 255)
    func graph(_ last: CertifyModel.Operation) -> Graph {
      Graph(
        values: [
          Value(name: "x", shape: [2, 3, 6, 6]), Value(name: "c", shape: [2, 16, 4, 4]),
          Value(name: "y", shape: [2, 16, 4, 4]),
        ],
        nodes: [
          Node(
            name: "c",
            operation: .convolution(
              Convolution(
                weights: weights, bias: nil, strides: [1, 1], dilations: [1, 1], padsBegin: [0, 0],
                padsEnd: [0, 0], groups: 1)), inputs: [0], output: 1),
          Node(name: "q", operation: last, inputs: [1], output: 2),
        ], input: 0, output: 2)
    }
    var random = SplitMix(seed: 3)
    let x = (0..<216).map { _ in Float(2 * random.unit() - 1) }
    func outputs(_ graph: Graph) throws -> [Float] {
      let evaluator = try GraphEvaluator(graph: graph, gradients: false)
      _ = evaluator.inputs.update(fromContentsOf: x)
      try evaluator.forward()
      return Array(evaluator.outputs)
    }
    let plain = try outputs(graph(.unary(.clip(lower: -.infinity, upper: .infinity))))
    let quantized = try outputs(graph(.quantization(quantization)))
    for i in plain.indices {
      let channel = Float(i / 16 % 16 + 1)
      let level = (plain[i] / (channel / 64)).rounded(.toNearestOrEven) + channel
      #expect(quantized[i] == (min(max(level, 0), 255) - channel) * (channel / 64))
    }
  }
}
