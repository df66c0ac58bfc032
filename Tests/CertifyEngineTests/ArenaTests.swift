import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyEngine

/// Buffers that live at the same time never share memory, and those that do not share it well.
struct ArenaTests {
  private struct Case {
    let arena = Arena()
    let buffers: [Buffer]
    let steps: [Step]
    let forwardCount: Int

    init(seed: UInt64) {
      var random = SplitMix(seed: seed)
      func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
      let unplaced = arena.allocate(byteCount: 64)
      let count = 2 + below(20)
      let buffers = (0..<count).map { _ in
        Buffer(byteCount: 1 + below(500), kind: .temporary, address: unplaced)
      }
      // Step i writes buffer i and reads some earlier ones.
      steps = buffers.indices.map { i in
        let reads = i == 0 ? [] : (0..<below(3)).map { _ in buffers[below(i)] }
        return Step(action: .function({}), reads: reads, writes: [buffers[i]])
      }
      self.buffers = buffers
      forwardCount = below(count + 1)
      arena.place(steps, forwardCount: forwardCount)
    }

    /// The steps at which a buffer holds something that is still needed.
    func life(_ index: Int) -> ClosedRange<Int> {
      let last = steps.lastIndex { step in step.reads.contains { $0 === buffers[index] } } ?? index
      // The backward part may run again: what it reads of the forward part must outlast it.
      return index...(index < forwardCount && last >= forwardCount ? steps.count : max(last, index))
    }
  }

  @Test(arguments: 0..<300) func liveBuffersAreApart(_ seed: Int) {
    let test = Case(seed: UInt64(seed))
    for i in test.buffers.indices {
      #expect(Int(bitPattern: test.buffers[i].address) % Arena.alignment == 0)
      for j in 0..<i where test.life(i).overlaps(test.life(j)) {
        let (a, b) = (test.buffers[i], test.buffers[j])
        #expect(
          a.address + a.byteCount <= b.address || b.address + b.byteCount <= a.address,
          "buffers \(j) and \(i) live together")
      }
    }
  }

  /// A chain needs the room of two neighbours, however long it is.
  @Test func lengthOfAChainCostsNothing() {
    func bytes(_ length: Int) -> Int {
      let arena = Arena()
      let unplaced = arena.allocate(byteCount: 64)
      let buffers = (0..<length).map { _ in Buffer(byteCount: 4096, kind: .temporary, address: unplaced) }
      let steps = buffers.indices.map { i in
        Step(action: .function({}), reads: i == 0 ? [] : [buffers[i - 1]], writes: [buffers[i]])
      }
      arena.place(steps, forwardCount: length)
      return arena.byteCount
    }
    #expect(bytes(50) == bytes(2))
    #expect(bytes(50) == 64 + 2 * 4096)
  }

  /// Residual blocks: activations share memory, so that depth costs weights only.
  @Test func depthOfAResidualNetCostsWeightsOnly() throws {
    let (channels, side, batch) = (16, 32, 8)
    func net(blocks: Int) -> Graph {
      let image = [batch, channels, side, side]
      var values = [Value(name: "x", shape: image)]
      var nodes: [Node] = []
      func add(_ operation: CertifyModel.Operation, _ inputs: [ValueID]) -> ValueID {
        values.append(Value(name: "v\(values.count)", shape: image))
        nodes.append(Node(name: "n", operation: operation, inputs: inputs, output: values.count - 1))
        return values.count - 1
      }
      var x = 0
      for _ in 0..<blocks {
        let layer = OperationCase.convolution([channels, channels, 3, 3], begin: [1, 1], end: [1, 1])
        let inner = add(.unary(.relu), [add(layer, [x])])
        x = add(.unary(.relu), [add(.binary(.add), [add(layer, [inner]), x])])
      }
      return Graph(values: values, nodes: nodes, input: 0, output: x)
    }
    let image = batch * channels * side * side * 4
    // Weights are kept once, as the kernel wants them; biases come on top.
    let block = 2 * (channels * channels * 9 * 4 + 1024)
    let sizes = try [4, 8, 16, 32].map { try Plan(graph: net(blocks: $0), gradients: false).byteCount }
    for (size, blocks) in zip(sizes, [4, 8, 16, 32]) {
      #expect(size <= 6 * image + blocks * block, "\(blocks) blocks")
    }
    // Backward, each block keeps its two results and has the weights in one more layout.
    let trained = try Plan(graph: net(blocks: 32), gradients: true).byteCount
    #expect(trained <= 12 * image + 32 * (2 * image + 2 * block))
    #expect(trained >= 32 * 2 * image, "the results that the backward part reads are kept")
  }
}
