import CertifyModel
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

@Suite struct LipschitzTests {
  private func matrix(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Double) -> TermMatrix {
    let elements = (0..<rows).flatMap { i in (0..<columns).map { element(i, $0) } }
    let map = AffineMap(
      forEachTerm: { body in
        for (k, weight) in elements.enumerated() { body(0, k / columns, k % columns, weight) }
      }, shift: [], roundings: 1)
    return TermMatrix.operands(of: map, outputCount: rows, inputCounts: [columns])[0]
  }

  /// Diagonal, rank-one and orthogonal matrices have norms that are known.
  @Test func knownNorms() {
    let diagonal = matrix(3, 3) { $0 == $1 ? [2.0, -5, 1][$0] : 0 }
    let ones = matrix(4, 9) { _, _ in 1 }
    let rotation = matrix(2, 2) { [[0.6, -0.8], [0.8, 0.6]][$0][$1] }
    for (matrix, rows, columns, norm) in [
      (diagonal, 3, 3, 5.0), (ones, 4, 9, 6), (rotation, 2, 2, 1),
    ] {
      let bound = SpectralNorm.upperBound(matrix, rows: rows, columns: columns)
      #expect(bound >= norm && bound < norm * 1.05, "\(bound), \(norm)")
    }
  }

  /// Never below what power iteration, which converges from below, has found, and not far above.
  @Test func powerIterationIsBelow() {
    var random = SplitMix(seed: 8)
    for (rows, columns) in [(5, 5), (30, 12), (12, 40), (64, 64)] {
      let elements = (0..<rows * columns).map { _ in 2 * random.unit() - 1 }
      let bound = SpectralNorm.upperBound(
        matrix(rows, columns) { elements[$0 * columns + $1] }, rows: rows, columns: columns)
      var v = (0..<columns).map { _ in random.unit() }
      var norm = 0.0
      for _ in 0..<300 {
        let w = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + elements[i * columns + $1] * v[$1] } }
        let u = (0..<columns).map { j in (0..<rows).reduce(0) { $0 + elements[$1 * columns + j] * w[$1] } }
        let length = Norm.l2.length(u)
        norm = length.squareRoot()
        v = u.map { $0 / length }
      }
      #expect(bound >= norm && bound < norm * 1.1, "\(rows) × \(columns): \(bound), \(norm)")
    }
  }

  /// Of an affine model the radius is the exact one in ℓ₂, up to rounding.
  @Test func affineModelsAreExact() throws {
    var numbers = Numbers(state: 12)
    let graph = Graph(
      values: [Value(name: "x", shape: [1, 20]), Value(name: "z", shape: [1, 3])],
      nodes: [
        Node(
          name: "fc",
          operation: .linear(Linear(weights: numbers.tensor([3, 20]), bias: numbers.tensor([3]))),
          inputs: [0], output: 1)
      ], input: 0, output: 1)
    let exact = try LinearModel(graph: graph)
    let model = try LipschitzModel(graph: graph)
    let x = numbers.tensor([20]).elements
    let logits = try exact.logits(of: x)
    let label = try #require(logits.indices.max { logits[$0] < logits[$1] })
    let radius = try model.certificate(input: x, label: label, norm: .l2).radius
    let real = try exact.certificate(input: x, label: label, norm: .l2).realRadius
    #expect(radius <= real && radius > 0.995 * real, "\(radius), \(real)")
    let linf = try model.certificate(input: x, label: label, norm: .linf).radius
    #expect(abs(linf * 20.0.squareRoot() / radius - 1) < 0.01)
  }
}
