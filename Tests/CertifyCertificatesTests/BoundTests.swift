import CertifyEngine
import CertifyModel
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

@Suite struct BoundTests {
  /// On an affine model the linear bounds are the exact radius, up to what each pays for rounding.
  @Test func linearBoundsOfALinearModelAreExact() throws {
    var numbers = Numbers(state: 3)
    let weights = numbers.tensor([4, 30])
    let graph = Graph(
      values: [Value(name: "x", shape: [1, 30]), Value(name: "z", shape: [1, 4])],
      nodes: [
        Node(
          name: "fc", operation: .linear(Linear(weights: weights, bias: numbers.tensor([4]))), inputs: [0],
          output: 1)
      ], input: 0, output: 1)
    let linear = try LinearModel(graph: graph)
    let bounded = try BoundedModel(graph: graph)
    let x = numbers.tensor([30]).elements
    let logits = try linear.logits(of: x)
    let label = try #require(logits.indices.max { logits[$0] < logits[$1] })
    for norm in Norm.allCases {
      let exact = try linear.certificate(input: x, label: label, norm: norm)
      let found = try bounded.certificate(.linear, input: x, label: label, norm: norm)
      #expect(found.radius <= exact.realRadius)
      #expect(found.radius > exact.realRadius * 0.998, "\(norm): \(found.radius), \(exact.realRadius)")
      #expect(found.nearestClass == exact.nearestClass)
    }
  }

  /// Two inputs, two hidden units, worked by hand: h = relu(x₀ + x₁, x₀ − x₁), margin = 2 + h₀ − 2h₁ over |x| ≤ 1.
  /// Both units are free on [−2, 2]: h₀ ≥ 0 or h₀ ≥ x₀ + x₁ and h₁ ≤ (x₀ − x₁)/2 + 1, so that
  /// margin ≥ 2 + 0 − (x₀ − x₁) − 2 ≥ −2, and no better with slope 1: 2 + x₀ + x₁ − x₀ + x₁ − 2 = 2x₁ ≥ −2. With
  /// slope ½ it is −x₀/2 + 3x₁/2 ≥ −2, too; by intervals it is 2 + 0 − 4 = −2.
  @Test func handWorkedBounds() throws {
    let graph = Graph(
      values: [
        Value(name: "x", shape: [1, 2]), Value(name: "a", shape: [1, 2]), Value(name: "h", shape: [1, 2]),
        Value(name: "z", shape: [1, 1]),
      ],
      nodes: [
        Node(
          name: "first",
          operation: .linear(Linear(weights: Tensor(shape: [2, 2], elements: [1, 1, 1, -1]), bias: nil)),
          inputs: [0], output: 1),
        Node(name: "relu", operation: .unary(.relu), inputs: [1], output: 2),
        Node(
          name: "last",
          operation: .linear(
            Linear(
              weights: Tensor(shape: [1, 2], elements: [1, -2]), bias: Tensor(shape: [1], elements: [2]))),
          inputs: [2], output: 3),
      ], input: 0, output: 3)
    let model = try BoundedModel(graph: graph)
    for method in BoundMethod.allCases {
      let margin = try #require(
        model.margins(method, input: [0, 0], label: 1, radius: 1, norm: .linf).first)
      #expect(abs(margin + 2) < 1e-5, "\(method): \(margin)")
    }
    // In the ℓ₂ ball |x| ≤ 1 the units lie in [−√2, √2]: h₁ ≤ (x₀ − x₁)/2 + √2/2 and, with slope 0 for h₀,
    // margin ≥ 2 − √2·1 − √2; with slope 1: 2 + 2x₁ − √2 ≥ −√2.
    let margin = try #require(
      model.margins(.optimized, input: [0, 0], label: 1, radius: 1, norm: .l2).first)
    #expect(abs(margin - (2 - 2 * 2.0.squareRoot())) < 1e-4, "\(margin)")
  }

  /// The joint minimum over ball and box is that of a search over all corners and faces.
  @Test(arguments: [Norm.l1, .l2])
  func jointMinimum(norm: Norm) {
    var random = SplitMix(seed: 5)
    for _ in 0..<200 {
      let center = (0..<2).map { _ in Float(random.unit()) }
      let g = (0..<2).map { _ in 2 * random.unit() - 1 }
      let region = InputRegion(
        center: center, radius: 0.1 + random.unit(), norm: norm,
        bounds: InputSpace.Bounds(lower: 0, upper: 1))
      var form = [Lanes.zero, Lanes.zero]
      form[0][3] = g[0]
      form[1][3] = g[1]
      let bound = region.minimum(of: form)[3]
      let point = region.minimizer(of: form).map { $0[3] }
      let radius = region.ball?.radius ?? 0
      let attained = g[0] * point[0] + g[1] * point[1]
      #expect(bound <= attained + 1e-9)
      #expect(bound > attained - 1e-6, "\(bound) \(attained)")
      // No point of a fine grid of the region is lower.
      for i in 0...60 {
        for j in 0...60 {
          let x = [Double(i) / 60, Double(j) / 60]
          let difference = zip(x, center).map { $0 - Double($1) }
          guard norm.length(difference) <= radius else { continue }
          #expect(g[0] * x[0] + g[1] * x[1] >= bound)
        }
      }
    }
  }

  /// The lines around sigmoid and tanh, the kink and the maximum hold on fine grids of their intervals.
  @Test(arguments: [
    Activation.sigmoid, .tanh, .rectifier(slope: 0), .rectifier(slope: 0.2), .rectifier(slope: -0.5),
  ])
  func linesHold(activation: Activation) {
    var random = SplitMix(seed: 6)
    for trial in 0..<600 {
      let scale = [0.01, 1, 4, 40][trial % 4]
      let ends = [scale * (2 * random.unit() - 1), scale * (2 * random.unit() - 1)].sorted()
      let lines = Relaxation(activation, lower: [ends[0]], upper: [ends[1]])
      let range = activation.range(ends[0], ends[1])
      for k in 0...200 {
        let x = min(ends[0] + (ends[1] - ends[0]) * Double(k) / 200, ends[1])
        let y = activation.value(x)
        #expect(y >= lines.lowerSlope[0] * x + lines.lowerIntercept[0], "\(activation) \(ends) \(x)")
        #expect(y <= lines.upperSlope[0] * x + lines.upperIntercept[0], "\(activation) \(ends) \(x)")
        #expect(y >= range.lower && y <= range.upper)
      }
    }
  }

  /// A network of more products than could be listed is bounded in the memory of its weights, with the intervals of
  /// hidden values where refining them would take too long.
  @Test(arguments: BoundMethod.allCases)
  func largeConvolutionsAreBounded(method: BoundMethod) throws {
    var numbers = Numbers(state: 8)
    let (channels, extent) = (64, 24)
    let graph = Graph(
      values: [
        Value(name: "x", shape: [1, channels, extent, extent]),
        Value(name: "a", shape: [1, channels, extent, extent]),
        Value(name: "h", shape: [1, channels, extent, extent]), Value(name: "m", shape: [1, channels, 1, 1]),
        Value(name: "f", shape: [1, channels]), Value(name: "z", shape: [1, 3]),
      ],
      nodes: [
        Node(
          name: "conv",
          operation: .convolution(
            Convolution(
              weights: numbers.tensor([channels, channels, 3, 3]), bias: nil, strides: [1, 1],
              dilations: [1, 1],
              padsBegin: [1, 1], padsEnd: [1, 1], groups: 1)), inputs: [0], output: 1),
        Node(name: "relu", operation: .unary(.relu), inputs: [1], output: 2),
        Node(
          name: "mean", operation: .reduction(Reduction(kind: .mean, axes: [2, 3])), inputs: [2], output: 3),
        Node(name: "flat", operation: .reshape, inputs: [3], output: 4),
        Node(
          name: "last", operation: .linear(Linear(weights: numbers.tensor([3, channels]), bias: nil)),
          inputs: [4], output: 5),
      ], input: 0, output: 5)
    let model = try BoundedModel(graph: graph)
    #expect(model.intervalWork > 20_000_000)
    let input = numbers.tensor([channels * extent * extent]).elements
    let atInput = (0..<3).map { label in
      (try? model.margins(method, input: input, label: label, radius: 0, norm: .linf))?.min() ?? -1
    }
    let label = try #require(atInput.indices.max { atInput[$0] < atInput[$1] })
    #expect(atInput[label] > 0)
    for radius in [1e-6, 0.1] {
      let margins = try model.margins(method, input: input, label: label, radius: radius, norm: .linf)
      #expect(
        margins.allSatisfy { $0.isFinite } && margins.allSatisfy { $0 > 0 } == (radius < 1e-3), "\(margins)")
    }
  }

  /// What stands in the way is named.
  @Test func refusals() throws {
    let graph = Graph(
      values: [Value(name: "x", shape: [1, 2]), Value(name: "y", shape: [1, 2])],
      nodes: [Node(name: "act", operation: .unary(.gelu), inputs: [0], output: 1)], input: 0, output: 1)
    #expect(throws: BoundError.unsupported(node: "act", operation: "gelu")) {
      try BoundedModel(graph: graph)
    }
    var batched = graph
    batched.values = batched.values.map { Value(name: $0.name, shape: [3, 2]) }
    #expect(throws: BoundError.graph(.batched(extent: 3))) { try BoundedModel(graph: batched) }
    let model = try BoundedModel(graph: SmallNet.make(.rectifier, seed: 1, inputs: 3, classes: 2))
    #expect(throws: CertificateError.wrongInputCount(found: 2, expected: 3)) {
      try model.certificate(.intervals, input: [0, 0], label: 0, norm: .l2)
    }
    #expect(throws: CertificateError.countOutOfRange(name: "the label", value: 2, range: 0...1)) {
      try model.certificate(.intervals, input: [0, 0, 0], label: 2, norm: .l2)
    }
    #expect(throws: CertificateError.self) {
      try model.certificate(.linear, input: [0, .nan, 0], label: 0, norm: .l2)
    }
  }

  /// A model whose sums could overflow, and one whose input is misclassified, are not certified.
  @Test func nothingIsProvenOfOverflowsAndMistakes() throws {
    let graph = Graph(
      values: [Value(name: "x", shape: [1, 1]), Value(name: "z", shape: [1, 2])],
      nodes: [
        Node(
          name: "fc",
          operation: .linear(Linear(weights: Tensor(shape: [2, 1], elements: [3e38, 1]), bias: nil)),
          inputs: [0], output: 1)
      ], input: 0, output: 1)
    let model = try BoundedModel(graph: graph)
    for method in BoundMethod.allCases {
      #expect(try model.certificate(method, input: [0.5], label: 0, norm: .l2).radius == 0)
      #expect(try model.certificate(method, input: [-1e-9], label: 0, norm: .l2).radius == 0)
    }
  }
}
