import Testing
import _CertifyTestSupport

@testable import CertifyModel

struct HeadTests {
  static let linear = CertifyModel.Operation.linear(
    Linear(weights: SimplificationTests.random([3, 4], seed: 1), bias: nil))

  @Test(arguments: [
    (CertifyModel.Operation.softmax(axis: 1), Head.softmax), (.logSoftmax(axis: 1), .logSoftmax),
    (.unary(.sigmoid), .sigmoid),
  ])
  func peels(operation: CertifyModel.Operation, head: Head) {
    let graph = SimplificationTests.chain([2, 4], [(Self.linear, [2, 3]), (operation, [2, 3])])
    let peeled = graph.withoutHead()
    #expect(peeled.head == head)
    #expect(peeled.graph.nodes.count == 1)
    #expect(peeled.graph.values[peeled.graph.output].shape == [2, 3])
  }

  @Test func seesThroughReshapes() {
    let graph = SimplificationTests.chain(
      [2, 4],
      [(Self.linear, [2, 3]), (.reshape, [2, 3, 1]), (.softmax(axis: 1), [2, 3, 1]), (.reshape, [2, 3])])
    let peeled = graph.withoutHead()
    #expect(peeled.head == .softmax)
    #expect(peeled.graph.values[peeled.graph.output].shape == [2, 3])
    #expect(peeled.graph.nodes.count == 3)
    let x = SimplificationTests.random([2, 4], seed: 5).elements.map(Double.init)
    let logits = ReferenceInterpreter(peeled.graph).output(for: x)
    let expected = ReferenceInterpreter(SimplificationTests.chain([2, 4], [(Self.linear, [2, 3])])).output(
      for: x)
    #expect(logits == expected)
  }

  /// A softmax over pairs of classes does not keep the order of all of them.
  @Test func leavesPartialSoftmax() {
    let graph = SimplificationTests.chain(
      [2, 4], [(.reshape, [2, 2, 2]), (.softmax(axis: 2), [2, 2, 2]), (.reshape, [2, 4])])
    #expect(graph.withoutHead().head == .none)
    #expect(graph.withoutHead().graph.nodes.count == 3)
  }

  @Test func leavesLogits() {
    let graph = SimplificationTests.chain([2, 4], [(.softmax(axis: 1), [2, 4]), (Self.linear, [2, 3])])
    #expect(graph.withoutHead().head == .none)
  }

  @Test func warns() throws {
    var builder = ModelBuilder()
    builder.node("Softmax", ["x"], ["y"])
    #expect(try builder.model().warnings == [.probabilities(head: .softmax)])
  }
}
