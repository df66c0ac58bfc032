import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Each pass on graphs made for it: the values and shapes stay, the nodes become fewer.
struct SimplificationTests {
  /// A chain of operations from an input of the given shape, with the shapes of their outputs.
  static func chain(_ input: [Int], _ steps: [(CertifyModel.Operation, [Int])]) -> Graph {
    var graph = Graph(values: [Value(name: "x", shape: input)], nodes: [], input: 0, output: 0)
    for (operation, shape) in steps { append(operation, [graph.output], shape, to: &graph) }
    return graph
  }

  @discardableResult
  static func append(
    _ operation: CertifyModel.Operation, _ inputs: [ValueID], _ shape: [Int], to graph: inout Graph
  ) -> ValueID {
    graph.values.append(Value(name: "v\(graph.values.count)", shape: shape))
    graph.output = graph.values.count - 1
    graph.nodes.append(
      Node(name: "n\(graph.output)", operation: operation, inputs: inputs, output: graph.output))
    return graph.output
  }

  static func random(_ shape: [Int], seed: UInt64) -> Tensor {
    var generator = SplitMix(seed: seed)
    return Tensor(
      shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.unit() * 4 - 2) })
  }

  static func number(_ value: Float) -> Tensor { Tensor(shape: [], elements: [value]) }

  /// Simplifies with the batch along axis 0 of every value and compares outputs; returns what is left.
  @discardableResult
  func check(_ graph: Graph, tolerance: Double = 1e-6, sourceLocation: SourceLocation = #_sourceLocation)
    -> Graph
  {
    let axes = Dictionary(uniqueKeysWithValues: graph.values.indices.map { ($0, 0) })
    let simplified = graph.simplified(batchAxes: axes)
    let shape = graph.values[graph.input].shape
    let x = Self.random(shape, seed: 99).elements.map(Double.init)
    let before = ReferenceInterpreter(graph).output(for: x)
    let after = ReferenceInterpreter(simplified).output(for: x)
    #expect(before.shape == after.shape, sourceLocation: sourceLocation)
    #expect(relativeError(after.elements, before.elements) < tolerance, sourceLocation: sourceLocation)
    let compact = simplified.compacted().graph
    let again = ReferenceInterpreter(compact).output(for: x)
    #expect(again == after, sourceLocation: sourceLocation)
    return compact
  }

  @Test func mergesAffines() {
    let graph = Self.chain(
      [2, 3, 4],
      [
        (.affine(Affine(scale: nil, shift: Self.random([3, 1], seed: 1))), [2, 3, 4]),
        (.affine(Affine(scale: Self.random([4], seed: 2), shift: nil)), [2, 3, 4]),
        (.affine(Affine(scale: Self.random([1, 3, 4], seed: 3), shift: Self.number(0.5))), [2, 3, 4]),
        (.unary(.tanh), [2, 3, 4]),
      ])
    #expect(check(graph).nodes.count == 2)
  }

  /// x − 2000 is exact near 2000; x/s − 2000/s is not.
  @Test func keepsLargeShiftsBeforeScales() {
    let graph = Self.chain(
      [2, 3],
      [
        (.affine(Affine(scale: nil, shift: Self.number(-2000))), [2, 3]),
        (.affine(Affine(scale: Self.number(3), shift: nil)), [2, 3]),
        (.linear(Linear(weights: Self.random([2, 3], seed: 1), bias: nil)), [2, 2]),
      ])
    #expect(check(graph).nodes.count == 2)
    guard case .affine(let affine)? = check(graph).nodes.first?.operation else {
      Issue.record("the shift is gone")
      return
    }
    #expect(affine.scale == nil)
  }

  @Test func keepsAffineThatIsReadTwice() {
    var graph = Self.chain([2, 3], [(.affine(Affine(scale: Self.number(2), shift: nil)), [2, 3])])
    let shared = graph.output
    let other = Self.append(
      .affine(Affine(scale: Self.number(3), shift: Self.number(1))), [shared], [2, 3], to: &graph)
    Self.append(.binary(.multiply), [shared, other], [2, 3], to: &graph)
    #expect(check(graph).nodes.count == 3)
  }

  @Test func keepsAffineThatIsTheOutput() {
    var graph = Self.chain([2, 3], [(.affine(Affine(scale: Self.number(2), shift: nil)), [2, 3])])
    let shared = graph.output
    Self.append(
      .linear(Linear(weights: Self.random([2, 3], seed: 1), bias: nil)), [shared], [2, 2], to: &graph)
    graph.output = shared
    #expect(check(graph).nodes.count == 1)
  }

  @Test(arguments: [false, true])
  func foldsAffinesAroundLinear(hasBias: Bool) {
    let bias = hasBias ? Self.random([5], seed: 7) : nil
    let graph = Self.chain(
      [2, 3, 4],
      [
        (.affine(Affine(scale: Self.random([4], seed: 1), shift: Self.random([1], seed: 2))), [2, 3, 4]),
        (.linear(Linear(weights: Self.random([5, 4], seed: 3), bias: bias)), [2, 3, 5]),
        (
          .affine(Affine(scale: Self.random([1, 1, 5], seed: 4), shift: Self.random([5], seed: 5))),
          [2, 3, 5]
        ),
      ])
    #expect(check(graph).nodes.count == 1)
  }

  /// A constant that differs along another axis than the layer's cannot be folded.
  @Test func keepsAffinesAlongOtherAxes() {
    let graph = Self.chain(
      [2, 4, 4],
      [
        (.affine(Affine(scale: Self.random([4, 1], seed: 1), shift: nil)), [2, 4, 4]),
        (.linear(Linear(weights: Self.random([4, 4], seed: 3), bias: nil)), [2, 4, 4]),
        (.affine(Affine(scale: nil, shift: Self.random([4, 1], seed: 4))), [2, 4, 4]),
      ])
    #expect(check(graph).nodes.count == 3)
  }

  static func convolution(groups: Int, pad: Int, bias: Bool) -> CertifyModel.Operation {
    .convolution(
      Convolution(
        weights: random([6, 4 / groups, 2, 3], seed: 11), bias: bias ? random([6], seed: 12) : nil,
        strides: [1, 1], dilations: [1, 1], padsBegin: [pad, 0], padsEnd: [0, 0], groups: groups))
  }

  @Test(arguments: [1, 2], [false, true])
  func foldsAffinesAroundConvolution(groups: Int, bias: Bool) {
    let graph = Self.chain(
      [2, 4, 5, 5],
      [
        (
          .affine(
            Affine(scale: Self.random([4, 1, 1], seed: 1), shift: Self.random([1, 4, 1, 1], seed: 2))),
          [2, 4, 5, 5]
        ),
        (Self.convolution(groups: groups, pad: 0, bias: bias), [2, 6, 4, 3]),
        (
          .affine(Affine(scale: Self.random([6, 1, 1], seed: 3), shift: Self.random([6, 1, 1], seed: 4))),
          [2, 6, 4, 3]
        ),
      ])
    #expect(check(graph).nodes.count == 1)
  }

  /// Zeros are padded after the shift, so it stays; a scale alone leaves zeros as they are.
  @Test(arguments: [false, true])
  func foldsOnlyScalesBeforePadding(shifts: Bool) {
    let shift = shifts ? Self.random([4, 1, 1], seed: 2) : nil
    let graph = Self.chain(
      [2, 4, 5, 5],
      [
        (.affine(Affine(scale: Self.random([4, 1, 1], seed: 1), shift: shift)), [2, 4, 5, 5]),
        (Self.convolution(groups: 1, pad: 1, bias: true), [2, 6, 5, 3]),
      ])
    #expect(check(graph).nodes.count == (shifts ? 2 : 1))
  }

  /// Normalisation before a flattening ends in the first layer.
  @Test func sinksAffineBelowReshape() {
    let graph = Self.chain(
      [2, 3, 2, 2],
      [
        (
          .affine(
            Affine(scale: Self.random([3, 1, 1], seed: 1), shift: Self.random([1, 3, 1, 2], seed: 2))),
          [2, 3, 2, 2]
        ),
        (.reshape, [2, 12]),
        (.linear(Linear(weights: Self.random([5, 12], seed: 3), bias: nil)), [2, 5]),
      ])
    #expect(check(graph).nodes.count == 2)
  }

  @Test func dropsAndMergesShapeOperations() {
    let graph = Self.chain(
      [2, 3, 4],
      [
        (.reshape, [2, 12]), (.reshape, [2, 4, 3]), (.transpose(permutation: [0, 2, 1]), [2, 3, 4]),
        (.transpose(permutation: [0, 2, 1]), [2, 4, 3]), (.reshape, [2, 4, 3]), (.unary(.relu), [2, 4, 3]),
        (.affine(Affine(scale: Self.number(1), shift: Self.number(0))), [2, 4, 3]),
        (.reshape, [2, 1, 12]), (.transpose(permutation: [0, 2, 1]), [2, 12, 1]),
      ])
    let simplified = check(graph)
    #expect(simplified.nodes.count == 3)
  }

  @Test func composesTransposes() {
    let graph = Self.chain(
      [2, 3, 4, 5],
      [
        (.transpose(permutation: [0, 2, 3, 1]), [2, 4, 5, 3]),
        (.transpose(permutation: [0, 2, 3, 1]), [2, 5, 3, 4]),
        (.unary(.relu), [2, 5, 3, 4]),
      ])
    #expect(check(graph).nodes.count == 2)
  }

  @Test func dropsDeadNodes() {
    var graph = Self.chain([2, 3], [(.unary(.relu), [2, 3])])
    let output = graph.output
    Self.append(.unary(.exp), [0], [2, 3], to: &graph)
    graph.output = output
    let simplified = check(graph)
    #expect(simplified.nodes.count == 1)
    #expect(simplified.values.count == 2)
  }

  /// A fold that would give an infinity is left undone.
  @Test func keepsScalesThatOverflow() {
    let graph = Self.chain(
      [2, 2],
      [
        (.affine(Affine(scale: Self.number(1e30), shift: nil)), [2, 2]),
        (.affine(Affine(scale: Self.number(1e30), shift: nil)), [2, 2]),
      ])
    #expect(check(graph).nodes.count == 2)
  }
}
