import CertifyEngine
import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// f is one function: what a row gives depends on neither its place in the batch nor the other rows, bit for bit.
struct BatchInvarianceTests {
  @Test(arguments: try Fixtures.names(in: "models", ending: "onnx"))
  func digitsModelTreatsRowsAlike(_ name: String) throws {
    try check(path: Fixtures.path("models/\(name).onnx"))
  }

  @Test(arguments: try Fixtures.names(in: "models/operators", ending: "onnx"))
  func operatorNetTreatsRowsAlike(_ name: String) throws {
    try check(path: Fixtures.path("models/operators/\(name).onnx"))
  }

  /// Models that others made: CERTIFY_EXTERNAL_MODELS names their directory.
  @Test(.enabled(if: Fixtures.externalModels != nil), arguments: externalModels)
  func externalModelTreatsRowsAlike(_ path: String) throws {
    try check(path: path)
  }

  /// Sizes that leave every remainder in the kernels' blockings.
  @Test(arguments: [2, 3, 5, 7, 8, 9, 12, 16, 24, 32, 48, 50, 64, 96, 128, 192, 256], [1, 10, 43])
  func linearLayerTreatsRowsAlike(_ batchSize: Int, _ width: Int) throws {
    for inputs in [3, 64, 333, 1021] { try checkLinearLayer(batchSize, width, inputs) }
  }

  private func checkLinearLayer(_ batchSize: Int, _ width: Int, _ inputs: Int) throws {
    let graph = Graph(
      values: [Value(name: "x", shape: [batchSize, inputs]), Value(name: "y", shape: [batchSize, width])],
      nodes: [
        Node(
          name: "layer",
          operation: .linear(
            Linear(
              weights: OperationCase.weights([width, inputs]), bias: OperationCase.weights([width], seed: 2))),
          inputs: [0], output: 1)
      ], input: 0, output: 1)
    try check(graph: graph)
  }

  static var externalModels: [String] {
    guard let root = Fixtures.externalModels else { return [] }
    return ["models", "vnncomp2021"].flatMap { directory in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(directory)")) ?? []
      return names.filter { $0.hasSuffix(".onnx") }.sorted().map { "\(root)/\(directory)/\($0)" }
    }
  }

  private func check(path: String) throws {
    let model = try OnnxModel.load(path: path)
    // Nets that are no classifiers have no preferred size.
    guard let classifier = try? LoadedClassifier(model: model) else {
      try check(graph: model.graph(batchSize: 64))
      return
    }
    try check(graph: classifier.graph(batchSize: classifier.preferredBatchSize))
  }

  private func check(graph: Graph) throws {
    try RowProbe(GraphEvaluator(graph: graph, gradients: false)).check("the plan without gradients")
    try RowProbe(GraphEvaluator(graph: graph, gradients: true)).check("the plan with gradients")
    let hasConvolutions = graph.nodes.contains { node in
      if case .convolution = node.operation { return true }
      return false
    }
    guard hasConvolutions else { return }
    for gradients in [false, true] {
      try RowProbe(GraphEvaluator(graph: graph, gradients: gradients, convolutions: .winograd))
        .check("Winograd's plan, gradients: \(gradients)")
    }
  }
}

/// Compares what a plan computes for one row among different others.
private struct RowProbe {
  let plan: GraphEvaluator
  let inputCount: Int
  let outputCount: Int
  var hasGradients: Bool { !plan.outputGradients.isEmpty }

  init(_ plan: GraphEvaluator) {
    self.plan = plan
    inputCount = plan.inputs.count / plan.batchSize
    outputCount = plan.outputs.count / plan.batchSize
  }

  /// A row: its input and the gradient that is pulled back through it.
  struct Row {
    var x: [Float]
    var v: [Float]
  }

  func check(_ what: String) throws {
    var random = SplitMix(seed: 11)
    let pool = (0..<plan.batchSize).map { _ in
      Row(
        x: (0..<inputCount).map { _ in Float(random.unit() + 0.1) },
        v: (0..<outputCount).map { _ in Float(2 * random.unit() - 1) })
    }
    let expected = try run(pool)
    for shift in Set([1, 3, plan.batchSize / 2]).sorted() {
      let rows = pool.indices.map { pool[($0 + shift) % pool.count] }
      let found = try run(rows)
      for row in rows.indices {
        #expect(
          found[row] == expected[(row + shift) % pool.count],
          "\(what): row \(row) differs from what it gave \(shift) places later")
      }
    }
    for row in Set([0, 1, 2, 5, 7, plan.batchSize - 1].filter { $0 < plan.batchSize }).sorted() {
      for other in [Float(0), 1e6, .infinity, .nan] {
        let filler = Row(
          x: Array(repeating: other, count: inputCount), v: Array(repeating: other, count: outputCount))
        var rows = Array(repeating: filler, count: plan.batchSize)
        rows[row] = pool[row]
        #expect(
          try run(rows)[row] == expected[row], "\(what): row \(row) depends on others that are \(other)")
      }
    }
  }

  /// The bits of each row's outputs, and input gradients where there are any.
  private func run(_ rows: [Row]) throws -> [[UInt32]] {
    for (index, row) in rows.enumerated() {
      for i in 0..<inputCount { plan.inputs[index * inputCount + i] = row.x[i] }
    }
    try plan.forward()
    if hasGradients {
      for (index, row) in rows.enumerated() {
        for i in 0..<outputCount { plan.outputGradients[index * outputCount + i] = row.v[i] }
      }
      try plan.backward()
    }
    return rows.indices.map { row in
      let outputs = plan.outputs[row * outputCount..<(row + 1) * outputCount].map(\.bitPattern)
      guard hasGradients else { return outputs }
      return outputs + plan.inputGradients[row * inputCount..<(row + 1) * inputCount].map(\.bitPattern)
    }
  }
}
