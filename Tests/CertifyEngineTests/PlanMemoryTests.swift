import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyEngine

/// Plans for different batch sizes share memory, and compute what they compute alone.
struct PlanMemoryTests {
  private static func source(_ name: String) throws -> LoadedClassifier {
    try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
  }

  @Test(arguments: ["digits_mlp", "digits_cnn", "digits_logistic"])
  func sharedPlansComputeTheSame(_ name: String) throws {
    let source = try Self.source(name)
    let memory = PlanMemory()
    let sizes = [12, 1, 3, 6]
    func make(_ rows: Int, _ memory: PlanMemory?) throws -> GraphClassifier {
      try GraphClassifier(
        graph: source.graph(batchSize: rows), gradients: true, convolutions: .winograd, memory: memory)
    }
    let shared = try sizes.map { try make($0, memory) }
    let alone = try sizes.map { try make($0, nil) }
    // Round after round, so that each plan finds what another has left in the temporary buffers.
    for round in 0..<3 {
      for (one, other) in zip(shared, alone) {
        for classifier in [one, other] {
          var random = SplitMix(seed: UInt64(round * 100 + classifier.batchSize))
          for i in classifier.inputs.indices { classifier.inputs[i] = Float(random.unit()) }
          for i in classifier.logitGradients.indices { classifier.logitGradients[i] = Float(random.unit()) }
          try classifier.forward(count: classifier.batchSize)
          try classifier.backward(count: classifier.batchSize)
        }
        #expect(Array(one.logits) == Array(other.logits))
        #expect(Array(one.inputGradients) == Array(other.inputGradients))
        #expect(one.inputGradients.contains { $0 != 0 })
      }
    }
  }

  /// Weights are kept once, and one block holds every plan's temporary buffers, the largest one's first.
  @Test func plansOfManySizesCostLittleMoreThanTheLargest() throws {
    let weights = 256 * 256 * 4
    func graph(_ rows: Int) -> Graph {
      var values = [Value(name: "x", shape: [rows, 256])]
      var nodes: [Node] = []
      for layer in 0..<6 {
        values.append(Value(name: "v", shape: [rows, 256]))
        nodes.append(
          Node(
            name: "n",
            operation: .linear(
              Linear(weights: OperationCase.weights([256, 256], seed: UInt64(layer)), bias: nil)),
            inputs: [layer], output: layer + 1))
      }
      return Graph(values: values, nodes: nodes, input: 0, output: 6)
    }
    let memory = PlanMemory()
    func add(_ rows: Int) throws -> Plan {
      try Plan(graph: graph(rows), gradients: true, memory: memory)
    }
    let largest = try add(48)
    let once = memory.byteCount
    #expect(once >= 6 * weights)
    let others = try [1, 2, 3, 6, 12, 24].map(add)
    // A size whose kernel wants the weights in another order has them for itself, forward and backward.
    #expect(memory.byteCount <= once + 2 * 6 * weights)
    let alone = try Plan(graph: graph(48), gradients: true)
    #expect(alone.byteCount >= 6 * weights + largest.byteCount)
    for plan in others { #expect(plan.byteCount <= 4 * 24 * 256 * 4 + 4096) }
  }

  /// What differs in one number is not taken for the same constant.
  @Test func constantsAreTheSameOnlyByAllTheirNumbers() {
    let memory = PlanMemory()
    func constant(_ numbers: [Float]) -> UnsafeMutableRawPointer {
      memory.constant(byteCount: numbers.count * 4) { address in
        for (i, number) in numbers.enumerated() {
          address.storeBytes(of: number, toByteOffset: 4 * i, as: Float.self)
        }
      }
    }
    let numbers = (0..<1000).map { Float($0) }
    let first = constant(numbers)
    #expect(constant(numbers) == first)
    for i in [0, 499, 999] {
      var changed = numbers
      changed[i] += 1
      let other = constant(changed)
      #expect(other != first)
      #expect(other.load(fromByteOffset: 4 * i, as: Float.self) == changed[i])
    }
    #expect(first.load(fromByteOffset: 4 * 999, as: Float.self) == 999)
    let known = memory.byteCount
    #expect(throws: CancellationError.self) {
      try memory.constant(byteCount: 64) { _ in throw CancellationError() }
    }
    #expect(memory.byteCount == known)
  }
}
