import CertifyAttacks
import CertifyData
import Foundation

/// Two classes in a square whose chances change over a wavy line: P[y = 1 | x] = 1/(1 + exp(−(x₂ − a sin kx₁)/w)).
///
/// Inputs are uniform on [−R, R]², R = 1.2; two waves of the height a = .35 lie side by side.
enum WavyClasses {
  /// R.
  static let reach = 1.2
  /// a.
  static let height = 0.35
  /// k.
  static let waveNumber = 2 * Double.pi / reach
  /// w.
  static let width = 0.1

  /// Where both classes are equally likely, above x₁.
  static func middle(_ x: Double) -> Double { height * sin(waveNumber * x) }

  /// P[y = 1 | x].
  static func chance(_ x: Double, _ y: Double) -> Double { 1 / (1 + exp((middle(x) - y) / width)) }

  /// ρ₀ and ρ₁ up to a common factor: the chances in the square, 0 outside.
  static func densities(_ x: Double, _ y: Double) -> (zero: Double, one: Double) {
    guard max(abs(x), abs(y)) <= reach else { return (0, 0) }
    let one = chance(x, y)
    return (1 - one, one)
  }

  static func draw(_ count: Int, using generator: inout SplitMix64) throws -> Dataset {
    var (points, labels): ([Float], [Int]) = ([], [])
    for _ in 0..<count {
      let (x, y) = (reach * (2 * generator.unit() - 1), reach * (2 * generator.unit() - 1))
      points += [Float(x), Float(y)]
      labels.append(generator.unit() < chance(x, y) ? 1 : 0)
    }
    return try Dataset(samples: .floats(points), sampleShape: [2], labels: labels, source: "wavy classes")
  }
}
