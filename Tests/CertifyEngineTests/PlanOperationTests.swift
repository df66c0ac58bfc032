import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyEngine

/// What a plan does when it runs: one kernel a layer, everything else fused, and layouts kept between layers.
struct PlanOperationTests {
  /// Blocks of conv–relu–conv–add–relu after a first convolution of few channels.
  private static func residualNet(blocks: Int, batch: Int = 12) -> Graph {
    var net = NetBuilder(shape: [batch, 3, 16, 16])
    net.add(OperationCase.convolution([16, 3, 3, 3], begin: [1, 1], end: [1, 1]), channels: 16)
    net.add(.unary(.relu))
    for _ in 0..<blocks {
      let start = net.last
      net.add(OperationCase.convolution([16, 16, 3, 3], begin: [1, 1], end: [1, 1]))
      net.add(.unary(.relu))
      net.add(OperationCase.convolution([16, 16, 3, 3], begin: [1, 1], end: [1, 1]))
      net.add(.binary(.add), with: start)
      net.add(.unary(.relu))
    }
    return net.graph
  }

  @Test(arguments: [ConvolutionArithmetic.direct, .winograd])
  func layersOfAResidualNetAreOneKernelEach(_ arithmetic: ConvolutionArithmetic) throws {
    for blocks in [2, 9] {
      let plan = try Plan(
        graph: Self.residualNet(blocks: blocks), gradients: false, convolutions: arithmetic)
      let operations = plan.forwardOperations
      #expect(operations.filter { $0 == "a convolution" }.count == 2 * blocks + 1)
      // One into the first kernel's layout, where it wants another, and one out of the last one's.
      #expect(operations.filter { $0 == "a reorder" }.count <= 2)
      #expect(operations.count <= 2 * blocks + 3, "\(operations)")
    }
  }

  /// A normalisation that cannot be folded, before its activation: one pass.
  @Test func mapOfChannelsAndReluAreOnePass() throws {
    var net = NetBuilder(shape: [4, 16, 8, 8])
    for _ in 0..<3 {
      let start = net.last
      net.add(
        .affine(
          Affine(
            scale: OperationCase.weights([16, 1, 1], seed: 1),
            shift: OperationCase.weights([16, 1, 1], seed: 2)))
      )
      net.add(.unary(.relu))
      net.add(OperationCase.convolution([16, 16, 3, 3], begin: [1, 1], end: [1, 1]))
      net.add(.binary(.add), with: start)
    }
    let operations = try Plan(graph: net.graph, gradients: false).forwardOperations
    #expect(operations.filter { $0 == "a map of channels" }.count == 3)
    #expect(operations.filter { $0 == "a convolution" }.count == 3)
    #expect(!operations.contains("a function"), "the activations are fused")
    #expect(!operations.contains("a function of two values"), "the additions are fused")
  }

  @Test(.enabled(if: Fixtures.externalModels != nil))
  func publishedResNetHasNoReordersInside() throws {
    let root = try #require(Fixtures.externalModels)
    let classifier = try LoadedClassifier(
      model: .load(path: "\(root)/models/mnist_resnet8_s025_dynamo.onnx"))
    let plan = try Plan(
      graph: classifier.graph(batchSize: classifier.preferredBatchSize), gradients: false,
      convolutions: .winograd)
    let operations = plan.forwardOperations
    #expect(operations.filter { $0 == "a convolution" }.count == 9)
    // Into the first convolution on some machines, into the linear layer, out to the logits.
    #expect(operations.filter { $0 == "a reorder" }.count <= 3, "\(operations)")
    #expect(operations.count <= 9 + 3 + 3, "\(operations)")
  }

  /// A constant is kept once, in the layout of its kernel.
  @Test func weightsAreKeptOnce() throws {
    func net(layers: Int) -> Graph {
      var net = NetBuilder(shape: [6, 256])
      for _ in 0..<layers {
        net.add(.linear(Linear(weights: OperationCase.weights([256, 256]), bias: nil)))
      }
      return net.graph
    }
    let few = try Plan(graph: net(layers: 2), gradients: false).byteCount
    let many = try Plan(graph: net(layers: 10), gradients: false).byteCount
    #expect(many - few <= 8 * (256 * 256 * 4 + 4096))
  }
}

/// A chain of operations, one value after another.
private struct NetBuilder {
  private(set) var values: [Value]
  private(set) var nodes: [Node] = []
  private(set) var last: ValueID = 0

  init(shape: [Int]) { values = [Value(name: "x", shape: shape)] }

  var graph: Graph { Graph(values: values, nodes: nodes, input: 0, output: last) }

  mutating func add(_ operation: CertifyModel.Operation, with other: ValueID? = nil, channels: Int? = nil) {
    var shape = values[last].shape
    if let channels { shape[1] = channels }
    values.append(Value(name: "v\(values.count)", shape: shape))
    nodes.append(
      Node(
        name: "n\(nodes.count)", operation: operation, inputs: [last] + (other.map { [$0] } ?? []),
        output: values.count - 1))
    last = values.count - 1
  }
}
