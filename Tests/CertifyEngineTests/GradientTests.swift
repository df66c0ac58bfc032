import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// Every operation's vector–Jacobian product against central differences of its own forward pass.
struct GradientTests {
  @Test(arguments: OperationCase.all)
  func productAgreesWithCentralDifferences(_ testCase: OperationCase) throws {
    let evaluator = try GraphEvaluator(graph: testCase.graph, gradients: true)
    var random = SplitMix(seed: 7)
    let x = (0..<evaluator.inputs.count).map { _ in testCase.range.map(random.unit()) }
    let v = (0..<evaluator.outputs.count).map { _ in Float(2 * random.unit() - 1) }

    func objective(_ point: [Float]) throws -> Double {
      _ = evaluator.inputs.update(fromContentsOf: point)
      try evaluator.forward()
      return zip(evaluator.outputs, v).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    _ = try objective(x)
    _ = evaluator.outputGradients.update(fromContentsOf: v)
    try evaluator.backward()
    let gradient = Array(evaluator.inputGradients)
    try evaluator.backward()
    #expect(Array(evaluator.inputGradients) == gradient, "a second backward run must repeat the first")

    let scale = gradient.map(abs).max() ?? 0
    #expect(scale > 0)
    let h: Float = 0x1p-7
    for i in stride(from: 0, to: x.count, by: max(1, x.count / 24)) {
      var (up, down) = (x, x)
      up[i] += h
      down[i] -= h
      let slope = try (objective(up) - objective(down)) / Double(up[i] - down[i])
      #expect(
        abs(slope - Double(gradient[i])) <= 2e-3 * Double(max(scale, 1)),
        "coordinate \(i): \(gradient[i]) but the slope is \(slope)")
    }
  }

  @Test func gradientOfAPlanWithoutOneIsRefused() throws {
    let classifier = try GraphClassifier(graph: OperationCase.linear[0].graph, gradients: false)
    #expect(throws: EngineError.self) { try classifier.backward(count: 1) }
  }
}
