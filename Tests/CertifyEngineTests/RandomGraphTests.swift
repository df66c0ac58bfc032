import CertifyEngine
import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// Whole plans of branching graphs against an interpreter that shares no memory between values.
///
/// A buffer that is written over while it is still needed, a wrong fusion or a lost gradient contribution
/// shows as a wrong number.
struct RandomGraphTests {
  static let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil

  @Test(arguments: 0..<(isLong ? 2000 : 240))
  func outputsAgreeWithTheInterpreter(_ seed: Int) throws {
    let graph = RandomGraph.make(seed: UInt64(seed))
    let x = Self.input(graph, seed: UInt64(seed))
    let expected = ReferenceInterpreter(graph).output(for: x.map(Double.init)).elements
    for gradients in [false, true] {
      let plan = try GraphEvaluator(graph: graph, gradients: gradients)
      _ = plan.inputs.update(fromContentsOf: x)
      try plan.forward()
      let found = Array(plan.outputs)
      Self.expectClose(found.map(Double.init), expected, 1e-5, "outputs, gradients: \(gradients)")
      try plan.forward()
      #expect(Array(plan.outputs) == found, "a second run must repeat the first")
    }
  }

  @Test(arguments: 0..<(isLong ? 500 : 80))
  func gradientsAgreeWithCentralDifferences(_ seed: Int) throws {
    let graph = RandomGraph.make(seed: UInt64(seed))
    let x = Self.input(graph, seed: UInt64(seed))
    let plan = try GraphEvaluator(graph: graph, gradients: true)
    var random = SplitMix(seed: UInt64(seed) ^ 0xabcd)
    let v = (0..<plan.outputs.count).map { _ in Float(2 * random.unit() - 1) }
    _ = plan.inputs.update(fromContentsOf: x)
    _ = plan.outputGradients.update(fromContentsOf: v)
    try plan.forward()
    try plan.backward()
    let gradient = Array(plan.inputGradients)
    try plan.backward()
    #expect(Array(plan.inputGradients) == gradient, "a second backward run must repeat the first")
    let outputs = Array(plan.outputs)
    try plan.forward()
    #expect(Array(plan.outputs) == outputs, "a backward run must leave the forward part usable")
    try plan.backward()
    #expect(Array(plan.inputGradients) == gradient, "so must another forward run")

    let interpreter = ReferenceInterpreter(graph)
    func objective(_ point: [Double]) -> Double {
      zip(interpreter.output(for: point).elements, v).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let h = 1e-6
    for _ in 0..<2 {
      let direction = x.map { _ in 2 * random.unit() - 1 }
      let slope =
        (objective(zip(x, direction).map { Double($0) + h * $1 })
          - objective(zip(x, direction).map { Double($0) - h * $1 })) / (2 * h)
      let terms = zip(gradient, direction).map { Double($0) * $1 }
      let scale = max(terms.reduce(0) { $0 + abs($1) }, abs(slope))
      #expect(abs(terms.reduce(0, +) - slope) <= 2e-5 * scale, "\(terms.reduce(0, +)) against \(slope)")
    }
  }

  static func input(_ graph: Graph, seed: UInt64) -> [Float] {
    var random = SplitMix(seed: seed ^ 0x1234)
    return (0..<graph.values[graph.input].shape.reduce(1, *)).map { _ in Float(2 * random.unit() - 1) }
  }

  static func expectClose(_ found: [Double], _ expected: [Double], _ tolerance: Double, _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    let scale = max(expected.map(abs).max() ?? 0, 1)
    let worst = zip(found, expected).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
    #expect(worst <= tolerance * scale, "\(what): off by \(worst) where the largest number is \(scale)")
  }
}
