import CertifyModel
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

/// The first linear layer over an ℓ₁ or ℓ₂ ball: W x₀ + b ± ε‖Wᵢ‖_q, against a dense brute force.
@Suite struct BallImageTests {
  /// Scaling by constants, as exporters write it, and a layer of 3 inputs or a convolution of a 2 × 2 image.
  enum Kind: CaseIterable {
    case linear, scaled, convolutional
  }

  private struct Problem {
    var graph: Graph
    var center: [Float]
    /// The element of the layer's output at a point, in double precision.
    var output: ([Double]) -> [Double]
  }

  private func problem(_ kind: Kind, seed: UInt64) -> Problem {
    var numbers = Numbers(state: seed)
    let isImage = kind == .convolutional
    let count = isImage ? 4 : 3
    let center = numbers.tensor([count]).elements
    let (scale, shift) = (Float(2.5), Float(-0.75))
    let weights = isImage ? numbers.tensor([2, 1, 2, 2]) : numbers.tensor([4, 3])
    let bias = numbers.tensor([isImage ? 2 : 4])
    var values = [Value(name: "x", shape: isImage ? [1, 1, 2, 2] : [1, 3])]
    var nodes: [Node] = []
    if kind != .linear {
      values.append(Value(name: "s", shape: values[0].shape))
      nodes.append(
        Node(
          name: "scale",
          operation: .affine(
            Affine(
              scale: Tensor(shape: [1], elements: [scale]), shift: Tensor(shape: [1], elements: [shift]))),
          inputs: [0], output: 1))
    }
    values.append(Value(name: "z", shape: isImage ? [1, 2, 1, 1] : [1, 4]))
    let layer: CertifyModel.Operation =
      isImage
      ? .convolution(
        Convolution(
          weights: weights, bias: bias, strides: [1, 1], dilations: [1, 1], padsBegin: [0, 0],
          padsEnd: [0, 0], groups: 1)) : .linear(Linear(weights: weights, bias: bias))
    nodes.append(
      Node(name: "first", operation: layer, inputs: [values.count - 2], output: values.count - 1))
    return Problem(
      graph: Graph(values: values, nodes: nodes, input: 0, output: values.count - 1), center: center,
      output: { point in
        bias.elements.indices.map { k in
          (0..<count).reduce(Double(bias.elements[k])) { sum, i in
            let x = kind == .linear ? point[i] : Double(scale) * point[i] + Double(shift)
            return sum + Double(weights.elements[k * count + i]) * x
          }
        }
      })
  }

  /// Points of the unit sphere in `count` dimensions, with all corners of the ℓ₁ ball.
  private func directions(_ count: Int, _ norm: Norm, random: inout SplitMix) -> [[Double]] {
    var result: [[Double]] = []
    for i in 0..<count {
      for sign in [1.0, -1] { result.append((0..<count).map { $0 == i ? sign : 0 }) }
    }
    for _ in 0..<20_000 {
      let direction = (0..<count).map { _ in 2 * random.unit() - 1 }
      let length = norm.length(direction)
      if length > 0.01 { result.append(direction.map { $0 / length }) }
    }
    return result
  }

  /// No point of the ball leaves the intervals, and some come as near to both ends as the density of the points allows.
  @Test(arguments: Kind.allCases, [Norm.l1, .l2])
  func intervalsAreThoseOfTheBall(kind: Kind, norm: Norm) throws {
    var random = SplitMix(seed: 31)
    for seed in 1...UInt64(3) {
      let problem = problem(kind, seed: seed)
      let radius = 0.1 * Double(seed)
      let region = InputRegion(center: problem.center, radius: radius, norm: norm, bounds: nil)
      let graph = try BoundGraph(graph: problem.graph)
      let bounds = BoundPropagation(graph: graph, method: .intervals).bounds(over: region)
      let (lower, upper) = (bounds.lower[graph.output], bounds.upper[graph.output])
      var (least, most) = (lower.map { _ in Double.infinity }, lower.map { _ in -Double.infinity })
      for direction in directions(problem.center.count, norm, random: &random) {
        let point = zip(problem.center, direction).map { Double($0) + radius * $1 }
        for (k, value) in problem.output(point).enumerated() {
          least[k] = min(least[k], value)
          most[k] = max(most[k], value)
        }
      }
      for k in lower.indices {
        #expect(lower[k] <= least[k] && most[k] <= upper[k], "\(kind) \(norm) \(seed): output \(k)")
        // The corners attain the ℓ₁ ends; among the other directions one is within ten degrees of the ℓ₂ ends'.
        let width = upper[k] - lower[k]
        let slack = (norm == .l1 ? 1e-5 : 0.01) * width + 1e-5
        #expect(
          least[k] - lower[k] < slack && upper[k] - most[k] < slack, "\(kind) \(norm) \(seed): output \(k)")
      }
    }
  }

  /// A rounding error is charged for what a point of the ball can add up to, not for all corners of its box at once.
  @Test(arguments: [Norm.l1, .l2])
  func roundingIsThatOfTheBall(norm: Norm) throws {
    var numbers = Numbers(state: 9)
    let count = 400
    let weights = numbers.tensor([1, count])
    let graph = try BoundGraph(
      graph: Graph(
        values: [Value(name: "x", shape: [1, count]), Value(name: "z", shape: [1, 1])],
        nodes: [
          Node(name: "first", operation: .linear(Linear(weights: weights, bias: nil)), inputs: [0], output: 1)
        ], input: 0, output: 1))
    let center = [Float](repeating: 0, count: count)
    let region = InputRegion(center: center, radius: 1, norm: norm, bounds: nil)
    let bounds = BoundPropagation(graph: graph, method: .intervals).bounds(over: region)
    let magnitudes = weights.elements.map { abs(Double($0)) }
    let dual = norm == .l1 ? magnitudes.max() ?? 0 : Norm.l2.length(magnitudes)
    let charge = try #require(bounds.charges.first?.first)
    // γ_N Σ|w||x| over the ball: N is the number of products and a few more.
    let unit = Double(count) * 0x1p-24 * dual
    #expect(charge >= unit && charge < 1.1 * unit + 1e-12, "\(charge), \(unit)")
  }
}
