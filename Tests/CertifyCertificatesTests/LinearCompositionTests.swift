import CertifyCertificates
import CertifyModel
import Testing

/// Numbers in [−1, 1) from a linear congruence.
struct Numbers {
  var state: UInt64

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
  }

  mutating func tensor(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in next() })
  }
}

@Suite struct LinearCompositionTests {
  /// Grouped, strided, dilated, padded convolution, average pooling, batch-norm-like affine map, a residual sum,
  /// transpose, reshape and a linear layer: the same logits as a plain evaluation.
  @Test func aConvolutionalGraphComposes() throws {
    var numbers = Numbers(state: 5)
    let weights = numbers.tensor([4, 1, 3, 3])
    let bias = numbers.tensor([4])
    let scale = numbers.tensor([1, 4, 1, 1])
    let shift = numbers.tensor([4, 1, 1])
    let last = numbers.tensor([3, 16])
    let input = numbers.tensor([1, 2, 8, 8])
    let convolution = Convolution(
      weights: weights, bias: bias, strides: [2, 2], dilations: [2, 2], padsBegin: [2, 2], padsEnd: [2, 2],
      groups: 2)
    let pooling = Pooling(
      kind: .average(countsPadding: false), kernel: [3, 3], strides: [2, 2], dilations: [1, 1],
      padsBegin: [1, 1],
      padsEnd: [1, 1])
    let graph = Graph(
      values: [
        Value(name: "x", shape: [1, 2, 8, 8]), Value(name: "conv", shape: [1, 4, 4, 4]),
        Value(name: "affine", shape: [1, 4, 4, 4]), Value(name: "sum", shape: [1, 4, 4, 4]),
        Value(name: "pool", shape: [1, 4, 2, 2]), Value(name: "turned", shape: [1, 2, 2, 4]),
        Value(name: "flat", shape: [1, 16]), Value(name: "z", shape: [1, 3]),
      ],
      nodes: [
        Node(name: "conv", operation: .convolution(convolution), inputs: [0], output: 1),
        Node(name: "bn", operation: .affine(Affine(scale: scale, shift: shift)), inputs: [1], output: 2),
        Node(name: "add", operation: .binary(.add), inputs: [1, 2], output: 3),
        Node(name: "pool", operation: .pooling(pooling), inputs: [3], output: 4),
        Node(name: "turn", operation: .transpose(permutation: [0, 2, 3, 1]), inputs: [4], output: 5),
        Node(name: "flat", operation: .reshape, inputs: [5], output: 6),
        Node(name: "fc", operation: .linear(Linear(weights: last, bias: nil)), inputs: [6], output: 7),
      ], input: 0, output: 7)
    let model = try LinearModel(graph: graph)
    #expect(model.inputCount == 128 && model.classCount == 3)

    // The same by nested loops over coordinates.
    func at(_ c: Int, _ h: Int, _ w: Int) -> Double {
      (0..<8).contains(h) && (0..<8).contains(w) ? Double(input.elements[(c * 8 + h) * 8 + w]) : 0
    }
    var sums = [[[Double]]](repeating: [[Double]](repeating: [0, 0, 0, 0], count: 4), count: 4)
    for o in 0..<4 {
      for h in 0..<4 {
        for w in 0..<4 {
          var y = Double(bias.elements[o])
          for i in 0..<3 {
            for j in 0..<3 {
              y +=
                Double(weights.elements[o * 9 + i * 3 + j]) * at(o / 2, 2 * h + 2 * i - 2, 2 * w + 2 * j - 2)
            }
          }
          sums[o][h][w] = y + y * Double(scale.elements[o]) + Double(shift.elements[o])
        }
      }
    }
    var flat = [Double](repeating: 0, count: 16)
    for o in 0..<4 {
      for h in 0..<2 {
        for w in 0..<2 {
          let rows = (2 * h - 1...2 * h + 1).filter { $0 >= 0 }
          let columns = (2 * w - 1...2 * w + 1).filter { $0 >= 0 }
          let total = rows.flatMap { r in columns.map { sums[o][r][$0] } }.reduce(0, +)
          flat[(h * 2 + w) * 4 + o] = total / Double(rows.count * columns.count)
        }
      }
    }
    let found = try model.logits(of: input.elements)
    for k in 0..<3 {
      let expected = (0..<16).reduce(0) { $0 + Double(last.elements[k * 16 + $1]) * flat[$1] }
      #expect(abs(found[k] - expected) < 1e-12)
    }
  }

  /// Padding, slicing, concatenation, broadcasting, sums and means.
  @Test func movementsCompose() throws {
    let graph = Graph(
      values: [
        Value(name: "x", shape: [1, 3]), Value(name: "padded", shape: [1, 5]),
        Value(name: "back", shape: [1, 3]),
        Value(name: "both", shape: [1, 6]), Value(name: "column", shape: [1, 6, 1]),
        Value(name: "wide", shape: [1, 6, 2]), Value(name: "mean", shape: [1, 2]),
        Value(name: "head", shape: [1, 2]), Value(name: "z", shape: [1, 2]),
      ],
      nodes: [
        Node(
          name: "pad", operation: .padding(Padding(mode: .constant(7), before: [0, 1], after: [0, 1])),
          inputs: [0],
          output: 1),
        // padded = (7, x₀, x₁, x₂, 7) → (x₂, x₁, x₀)
        Node(
          name: "slice", operation: .slice(Slice(starts: [0, 3], steps: [1, -1])), inputs: [1], output: 2),
        Node(name: "cat", operation: .concatenation(axis: 1), inputs: [0, 2], output: 3),
        Node(name: "column", operation: .reshape, inputs: [3], output: 4),
        Node(name: "wide", operation: .broadcast, inputs: [4], output: 5),
        Node(name: "mean", operation: .reduction(Reduction(kind: .mean, axes: [1])), inputs: [5], output: 6),
        // (7, x₁)
        Node(name: "head", operation: .slice(Slice(starts: [0, 0], steps: [1, 2])), inputs: [1], output: 7),
        Node(name: "less", operation: .binary(.subtract), inputs: [6, 7], output: 8),
      ], input: 0, output: 8)
    let model = try LinearModel(graph: graph)
    let z = try model.logits(of: [1, 2, 6])
    // The mean of (1, 2, 6, 6, 2, 1) is 3.
    #expect(abs(z[0] - (3 - 7)) < 1e-14 && abs(z[1] - (3 - 2)) < 1e-14)
  }

  /// y[c][p] = Σ w[c][t]·x[c][i] over 2i + t − 1 = p, then a sparse matrix along the last axis.
  @Test func transposedConvolutionsAndSparseMatricesCompose() throws {
    let convolution = Convolution(
      weights: Tensor(shape: [2, 1, 3], elements: [1, 10, 100, 2, 20, 200]), bias: nil, strides: [2],
      dilations: [1], padsBegin: [1], padsEnd: [0], groups: 2)
    let matrix = SparseMatrix(columnCount: 4, rows: [[(0, 1), (3, 0.5)], [(1, 2)]])
    let graph = Graph(
      values: [
        Value(name: "x", shape: [1, 2, 2]), Value(name: "wide", shape: [1, 2, 4]),
        Value(name: "few", shape: [1, 2, 2]), Value(name: "z", shape: [1, 4]),
      ],
      nodes: [
        Node(name: "up", operation: .transposedConvolution(convolution), inputs: [0], output: 1),
        Node(
          name: "take", operation: .modeProduct(ModeProduct(axis: 2, matrix: matrix)), inputs: [1], output: 2),
        Node(name: "flat", operation: .reshape, inputs: [2], output: 3),
      ], input: 0, output: 3)
    // wide = (10, 102, 20, 200), (60, 610, 100, 1000)
    #expect(try LinearModel(graph: graph).logits(of: [1, 2, 3, 5]) == [110, 204, 560, 1220])
  }

  @Test(arguments: [
    (Operation.unary(.relu), "relu"), (.softmax(axis: 1), "softmax"), (.matrixProduct, "product"),
    (.binary(.multiply), "multiply"),
  ])
  func otherOperationsAreRefusedByName(operation: Operation, word: String) {
    var graph = linearGraph([[1, 2], [3, 4]], bias: nil)
    graph.values.append(Value(name: "y", shape: [1, 2]))
    graph.nodes.append(Node(name: "act_7", operation: operation, inputs: [1], output: 2))
    graph.output = 2
    let error = #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    #expect(error?.description.contains("act_7") == true && error?.description.contains(word) == true)
  }

  @Test func damagedGraphsAreRefused() {
    let fine = linearGraph([[1, 2], [3, 4]], bias: nil)
    var graph = fine
    graph.values[0].shape = [2, 2]
    #expect(throws: LinearModelError.batched(extent: 2)) { try LinearModel(graph: graph) }
    for shape in [[1, 3], [1, .max], [1, -1], [1, 1 << 40]] {
      graph = fine
      graph.values[0].shape = shape
      #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    }
    graph = fine
    graph.values[0].shape = []
    #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    graph = fine
    graph.output = 9
    #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    graph = fine
    graph.nodes[0].inputs = [-1]
    #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    graph = fine
    graph.nodes = []
    #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    // A second node that nothing has computed the input of, and a sum with it.
    graph = fine
    graph.values += [Value(name: "lost", shape: [1, 2]), Value(name: "sum", shape: [1, 2])]
    graph.nodes.append(Node(name: "add", operation: .binary(.add), inputs: [1, 2], output: 3))
    graph.output = 3
    #expect(throws: LinearModelError.self) { try LinearModel(graph: graph) }
    let error = #expect(throws: LinearModelError.self) {
      try LinearModel(graph: linearGraph([[1, .nan], [3, 4]], bias: nil))
    }
    #expect(error == .notFinite(node: "fc"))
    #expect(throws: LinearModelError.notFinite(node: "fc")) {
      try LinearModel(graph: linearGraph([[1, 2], [3, 4]], bias: [0, .infinity]))
    }
  }
}
