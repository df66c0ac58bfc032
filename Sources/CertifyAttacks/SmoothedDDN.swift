import CertifySmoothing
import CertifyThreat
import Foundation

/// Decoupled direction and norm through the mean of a smoothed classifier, for ℓ₂ (Rony et al. 2019, arXiv
/// 1811.09600; Salman et al. 2019, arXiv 1906.04584).
///
/// δ ← δ + α‖δ‖ g/‖g‖₂ with g the gradient of −log of the mean softmax on fresh noise, then δ is scaled to the length
/// ε, which shrinks by γ where most answers are a rival's and grows by γ elsewhere. α falls from 1 to .05 and γ from .2
/// to .02 along a cosine; the directions of the second half of the steps are averaged.
struct SmoothedDDN {
  static let name = "smoothed-ddn"

  let oracle: SmoothedOracle
  private var gradient: [Float]

  init(oracle: SmoothedOracle) {
    self.oracle = oracle
    gradient = Array(repeating: 0, count: oracle.dimension)
  }

  /// Looks for the direction in which the boundary is nearest, and where it is.
  ///
  /// - Parameters:
  ///   - clean: f's answers under noise at x.
  ///   - start: What another search has found, to go on from.
  mutating func search(clean: ClassCounts, from start: SmoothedCrossing?) throws -> SmoothedCrossing? {
    let x = oracle.input.point
    let steps = 4 * oracle.parameters.smoothedSteps
    var point = start?.point ?? x
    var length = start?.distance ?? oracle.firstGuess(clean)
    var average = [Double](repeating: 0, count: oracle.dimension)
    for k in 0..<steps {
      let wave = (1 + cos(.pi * Double(k) / Double(steps))) / 2
      let (alpha, gamma) = (0.05 + 0.95 * wave, 0.02 + 0.18 * wave)
      guard
        let counts = try oracle.gradient(
          at: point, round: oracle.nextRound(), samples: oracle.parameters.noiseSamples, into: &gradient)
      else { break }
      let seen = SegmentSearch.observation(t: length, counts: counts, label: oracle.input.label)
      length *= seen.rivalHits > seen.labelHits ? 1 - gamma : 1 + gamma
      length = min(max(length, oracle.neighbourhood.resolution), oracle.neighbourhood.farthest)
      step(&point, alpha: alpha * length, length: length)
      guard 2 * k >= steps else { continue }
      for i in x.indices { average[i] += (Double(point[i]) - Double(x[i])) / length }
    }
    let size = average.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard size > 0 else { return nil }
    let end = oracle.inBox(x.indices.map { Float(Double(x[$0]) + average[$0] / size * length) })
    return try SmoothedCrossing(oracle: oracle, towards: end, samples: 512, attack: Self.name)
  }

  private func step(_ point: inout [Float], alpha: Double, length: Double) {
    let x = oracle.input.point
    point.withUnsafeMutableBufferPointer { row in
      gradient.withUnsafeBufferPointer { FMN.step(row, along: $0, length: alpha) }
    }
    let size = Norm.l2.distance(point, x)
    if size > 0 { for i in x.indices { point[i] = x[i] + Float(length / size) * (point[i] - x[i]) } }
    point = oracle.inBox(point)
  }
}
