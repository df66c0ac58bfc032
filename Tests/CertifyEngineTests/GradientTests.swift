import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

/// Every operation against the reference interpreter, and its vector–Jacobian product against central
/// differences of that interpreter in double precision.
struct GradientTests {
  @Test(arguments: OperationCase.all)
  func agreesWithTheInterpreter(_ testCase: OperationCase) throws {
    let evaluator = try GraphEvaluator(graph: testCase.graph, gradients: true)
    let interpreter = ReferenceInterpreter(testCase.graph)
    var random = SplitMix(seed: 7)
    let x = (0..<evaluator.inputs.count).map { _ in testCase.range.map(random.unit()) }
    let v = (0..<evaluator.outputs.count).map { _ in Float(2 * random.unit() - 1) }

    _ = evaluator.inputs.update(fromContentsOf: x)
    try evaluator.forward()
    let expected = interpreter.output(for: x.map(Double.init)).elements
    let largest = expected.map(abs).max() ?? 0
    for (found, expected) in zip(evaluator.outputs, expected) {
      #expect(abs(Double(found) - expected) <= 1e-5 * max(largest, 1e-3))
    }

    _ = evaluator.outputGradients.update(fromContentsOf: v)
    try evaluator.backward()
    let gradient = Array(evaluator.inputGradients)
    try evaluator.backward()
    #expect(Array(evaluator.inputGradients) == gradient, "a second backward run must repeat the first")
    let scale = Double(gradient.map(abs).max() ?? 0)
    #expect(scale > 0)
    func objective(_ point: [Double]) -> Double {
      zip(interpreter.output(for: point).elements, v).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let h = 0x1p-17
    for i in stride(from: 0, to: x.count, by: max(1, x.count / 24)) {
      var (up, down) = (x.map(Double.init), x.map(Double.init))
      up[i] += h
      down[i] -= h
      let slope = (objective(up) - objective(down)) / (2 * h)
      #expect(
        abs(slope - Double(gradient[i])) <= 1e-4 * scale,
        "coordinate \(i): \(gradient[i]) but the slope is \(slope)")
    }
  }

  @Test func gradientOfAPlanWithoutOneIsRefused() throws {
    let classifier = try GraphClassifier(graph: OperationCase.linear[0].graph, gradients: false)
    #expect(throws: EngineError.self) { try classifier.backward(count: 1) }
  }
}
