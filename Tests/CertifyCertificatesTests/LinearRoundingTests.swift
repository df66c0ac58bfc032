import CertifyCertificates
import CertifyModel
import CertifyThreat
import Testing

/// The claim is about the single-precision program: attack it there.
@Suite struct LinearRoundingTests {
  /// Orders in which a program may sum products in single precision.
  enum Order: CaseIterable {
    case forward, backward, pairwise, lanes, fused

    func sum(_ w: ArraySlice<Float>, _ x: [Float], _ b: Float) -> Float {
      let products = zip(w, x).map { $0 * $1 }
      switch self {
      case .forward: return products.reduce(b, +)
      case .backward: return products.reversed().reduce(0, +) + b
      case .pairwise:
        var level = products
        while level.count > 1 {
          level = stride(from: 0, to: level.count, by: 2).map {
            $0 + 1 < level.count ? level[$0] + level[$0 + 1] : level[$0]
          }
        }
        return level[0] + b
      case .lanes:
        var lanes = [Float](repeating: 0, count: 8)
        for (i, product) in products.enumerated() { lanes[i % 8] += product }
        return lanes.reduce(0, +) + b
      case .fused:
        return zip(w, x).reduce(b) { $0.addingProduct($1.0, $1.1) }
      }
    }
  }

  /// Random models whose margin is small against the sums it is the difference of, attacked along the worst
  /// direction to just inside a radius: nothing breaks the certified one, while the radius of real arithmetic
  /// is broken in some cases.
  @Test func attacksJustInsideTheRadius() throws {
    var numbers = Numbers(state: 99)
    var (attacked, brokenCertified, brokenReal) = (0, 0, 0)
    for trial in 0..<48 {
      let d = [3, 17, 100, 784][trial % 4]
      let weights = numbers.tensor([2, d])
      let x = (0..<d).map { _ in abs(numbers.next()) }
      var bias: [Float] = [numbers.next(), 0]
      // A bias that leaves class 0 a small margin.
      let open = try LinearModel(graph: graph(weights, bias))
      let logits = try open.logits(of: x)
      let margin = Float(d).squareRoot() * [1e-5, 1e-4, 1e-2, 1][trial / 4 % 4]
      bias[1] = Float(logits[0] - logits[1]) - margin
      let model = try LinearModel(graph: graph(weights, bias))
      for norm in Norm.allCases {
        for bounds in [nil, InputSpace.Bounds(lower: -2, upper: 2)] {
          let certificate = try model.certificate(input: x, label: 0, norm: norm, bounds: bounds)
          #expect(certificate.radius <= certificate.realRadius)
          if certificate.radius > 0 {
            attacked += 1
            brokenCertified += breaks(weights, bias, x, norm, certificate.radius * (1 - 1e-7)) ? 1 : 0
          }
          brokenReal += breaks(weights, bias, x, norm, certificate.realRadius * (1 - 1e-7)) ? 1 : 0
          // The attack itself works: beyond the radius, and with a margin that rounding does not reach, it breaks.
          if trial / 4 % 4 >= 2 {
            let outside = breaks(weights, bias, x, norm, certificate.realRadius * 1.01)
            #expect(outside, "trial \(trial), \(norm), \(certificate)")
          }
        }
      }
    }
    print(
      "linear rounding: \(attacked) attacked, \(brokenCertified) certified broken, \(brokenReal) real broken")
    #expect(attacked > 150)
    #expect(brokenCertified == 0)
    #expect(brokenReal > 0)
  }

  /// No random direction of the certified length changes the class either.
  @Test func randomDirectionsStayInside() throws {
    var numbers = Numbers(state: 4)
    let weights = numbers.tensor([5, 30])
    let bias = numbers.tensor([5]).elements
    let model = try LinearModel(graph: graph(weights, bias))
    let x = numbers.tensor([30]).elements
    let logits = try model.logits(of: x)
    let label = try #require(logits.indices.max { logits[$0] < logits[$1] })
    for norm in Norm.allCases {
      let radius = try model.certificate(input: x, label: label, norm: norm).radius
      #expect(radius > 0)
      for _ in 0..<500 {
        let direction = (0..<30).map { _ in Double(numbers.next()) }
        let size = length(direction, norm)
        let moved = zip(x, direction).map { Float(Double($0) + $1 / size * radius * (1 - 1e-6)) }
        let z = (0..<5).map { k in Order.forward.sum(weights.elements[k * 30..<(k + 1) * 30], moved, bias[k])
        }
        #expect(z.indices.allSatisfy { $0 == label || z[$0] < z[label] })
      }
    }
  }

  private func graph(_ weights: Tensor, _ bias: [Float]) -> Graph {
    let (outputs, inputs) = (weights.shape[0], weights.shape[1])
    return Graph(
      values: [Value(name: "x", shape: [1, inputs]), Value(name: "z", shape: [1, outputs])],
      nodes: [
        Node(
          name: "fc",
          operation: .linear(Linear(weights: weights, bias: Tensor(shape: [outputs], elements: bias))),
          inputs: [0],
          output: 1)
      ], input: 0, output: 1)
  }

  private func length(_ v: [Double], _ norm: Norm) -> Double {
    switch norm {
    case .l1: v.reduce(0) { $0 + abs($1) }
    case .l2: v.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: v.reduce(0) { max($0, abs($1)) }
    }
  }

  /// Whether some order of summation gives class 1 (or a tie) to a point within `radius`, along the worst direction.
  private func breaks(_ weights: Tensor, _ bias: [Float], _ x: [Float], _ norm: Norm, _ radius: Double)
    -> Bool
  {
    let d = x.count
    let rows = [weights.elements[0..<d], weights.elements[d..<2 * d]]
    let gradient = (0..<d).map { Double(weights.elements[d + $0]) - Double(weights.elements[$0]) }
    let direction: [Double]
    switch norm {
    case .l1:
      let best = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? 0
      direction = gradient.indices.map { $0 == best ? (gradient[best] < 0 ? -1 : 1) : 0 }
    case .l2:
      let size = length(gradient, .l2)
      direction = gradient.map { $0 / size }
    case .linf: direction = gradient.map { $0 < 0 ? -1 : 1 }
    }
    var scale = radius
    for attempt in 0..<24 {
      let moved = zip(x, direction).map { Float(Double($0) + scale * $1) }
      let distance = length(zip(moved, x).map { Double($0) - Double($1) }, norm)
      guard distance <= radius else {
        // Rounding the point to single precision left the ball.
        scale -= (distance - radius) + radius * 1e-9 * Double(1 << attempt)
        continue
      }
      return Order.allCases.contains { order in
        order.sum(rows[1], moved, bias[1]) >= order.sum(rows[0], moved, bias[0])
      }
    }
    return false
  }
}
