import CertifyCertificates
import CertifyModel
import CertifyStatistics
import CertifyThreat
import Foundation
import Testing

/// A graph of one linear layer.
func linearGraph(_ weights: [[Float]], bias: [Float]?) -> Graph {
  let (outputs, inputs) = (weights.count, weights[0].count)
  let linear = Linear(
    weights: Tensor(shape: [outputs, inputs], elements: weights.flatMap { $0 }),
    bias: bias.map { Tensor(shape: [outputs], elements: $0) })
  return Graph(
    values: [Value(name: "x", shape: [1, inputs]), Value(name: "z", shape: [1, outputs])],
    nodes: [Node(name: "fc", operation: .linear(linear), inputs: [0], output: 1)], input: 0, output: 1)
}

@Suite struct LinearModelTests {
  /// Margin 2·1 − 1·2 + 5 = 5 against class 1 and w = (3, −4) for the only pair.
  @Test(arguments: [(Norm.l2, 5.0 / 5), (.linf, 5.0 / 7), (.l1, 5.0 / 4)])
  func closedForm(norm: Norm, expected: Double) throws {
    let model = try LinearModel(graph: linearGraph([[2, -1], [-1, 3]], bias: [6, 0]))
    // m = 3x₀ − 4x₁ + 6 at (1, 1).
    let certificate = try model.certificate(input: [1, 1], label: 0, norm: norm)
    #expect(abs(certificate.realRadius - expected) < 1e-15)
    #expect(certificate.radius < expected && certificate.radius > expected * (1 - 1e-5))
    #expect(certificate.nearestClass == 1 && certificate.floatSound)
    let wrong = try model.certificate(input: [1, 1], label: 1, norm: norm)
    #expect(wrong.radius == 0 && wrong.realRadius == 0)
  }

  @Test func theNearestOfSeveralClassesDecides() throws {
    let model = try LinearModel(graph: linearGraph([[1, 0], [0, 1], [-1, -1]], bias: nil))
    let certificate = try model.certificate(input: [2, 1], label: 0, norm: .l2)
    // Against class 1: 1/√2; against class 2: 5/√5.
    #expect(abs(certificate.realRadius - 0.5.squareRoot()) < 1e-15 && certificate.nearestClass == 1)
    #expect(model.classCount == 3 && model.inputCount == 2)
  }

  /// z ≤ 0 is class 0, z > 0 class 1.
  @Test func singleOutput() throws {
    let model = try LinearModel(graph: linearGraph([[3, 4]], bias: [-2]))
    #expect(model.classCount == 2)
    #expect(try model.logits(of: [1, 1]) == [0, 5])
    let positive = try model.certificate(input: [1, 1], label: 1, norm: .l2)
    #expect(abs(positive.realRadius - 1) < 1e-15 && positive.radius > 0.9999)
    let negative = try model.certificate(input: [0, 0], label: 0, norm: .l2)
    #expect(abs(negative.realRadius - 0.4) < 1e-15 && negative.radius > 0.39999)
    #expect(try model.certificate(input: [0, 0], label: 1, norm: .l2).radius == 0)
  }

  /// Equal rows never change places; equal logits never separate.
  @Test func equalRows() throws {
    let apart = try LinearModel(graph: linearGraph([[1, 0], [1, 0]], bias: [1, 0]))
    // Finite, because the rounding of the program, and of the composed rows, grows with the distance.
    #expect(try apart.certificate(input: [1, 1], label: 0, norm: .l2).radius > 1e4)
    #expect(
      try apart.certificate(input: [1, 1], label: 0, norm: .l2, bounds: .init(lower: 0, upper: 1)).radius
        > 1e10)
    let tied = try LinearModel(graph: linearGraph([[1, 0], [1, 0]], bias: nil))
    #expect(try tied.certificate(input: [1, 1], label: 0, norm: .l2).radius == 0)
  }

  /// No point of a fine grid inside the radius is given another class, and one just outside is.
  @Test(arguments: Norm.allCases) func bruteForceInTwoDimensions(norm: Norm) throws {
    let weights: [[Float]] = [[0.7, -0.2], [-0.4, 0.9], [0.1, -1.1]]
    let bias: [Float] = [0.3, 0.05, -0.2]
    let model = try LinearModel(graph: linearGraph(weights, bias: bias))
    let x: [Float] = [0.4, 0.1]
    let certificate = try model.certificate(input: x, label: 0, norm: norm)
    var nearest = Double.infinity
    let steps = 400
    for i in -steps...steps {
      for j in -steps...steps {
        let (a, b) = (Float(i) / Float(steps), Float(j) / Float(steps))
        let logits = weights.indices.map {
          weights[$0][0] * (x[0] + a) + weights[$0][1] * (x[1] + b) + bias[$0]
        }
        guard logits[1] >= logits[0] || logits[2] >= logits[0] else { continue }
        let (p, q) = (abs(Double(x[0] + a) - Double(x[0])), abs(Double(x[1] + b) - Double(x[1])))
        let distance =
          switch norm {
          case .l1: p + q
          case .l2: (p * p + q * q).squareRoot()
          case .linf: max(p, q)
          }
        nearest = min(nearest, distance)
      }
    }
    #expect(nearest >= certificate.radius)
    #expect(nearest < certificate.radius + 4 / Double(steps))
  }

  /// With three classes the smoothed classifier is another one: f is robust where g answers something else.
  @Test func saysNothingOfTheSmoothedClassifier() throws {
    let model = try LinearModel(graph: linearGraph([[-1], [0], [1]], bias: [0, 0.01, 0]))
    let certificate = try model.certificate(input: [0.005], label: 1, norm: .l2)
    #expect(certificate.radius > 0.0049)
    // P[f(x + η) = 1] = P[|x + η| < 0.01] for η ~ N(0, 1), against P[x + η > 0.01] for class 2.
    let middle = try Normal.cdf(0.005) - Normal.cdf(-0.015)
    let right = 1 - (try Normal.cdf(0.005))
    #expect(middle < right)
  }

  @Test func badInputIsRefused() throws {
    let model = try LinearModel(graph: linearGraph([[1, 2], [3, 4]], bias: nil))
    #expect(throws: CertificateError.self) { try model.certificate(input: [1], label: 0, norm: .l2) }
    #expect(throws: CertificateError.self) { try model.certificate(input: [1, .nan], label: 0, norm: .l2) }
    #expect(throws: CertificateError.self) {
      try model.certificate(input: [1, .infinity], label: 0, norm: .l2)
    }
    #expect(throws: CertificateError.self) { try model.certificate(input: [1, 1], label: 2, norm: .l2) }
    #expect(throws: CertificateError.self) { try model.certificate(input: [1, 1], label: -1, norm: .l2) }
    let error = #expect(throws: CertificateError.self) {
      try model.certificate(input: [0, 1.5], label: 0, norm: .l2, bounds: .init(lower: 0, upper: 1))
    }
    #expect(error?.description.contains("coordinate 1 of the input is 1.5") == true)
  }
}
