import CertifyAttacks
import CertifyData
import CertifyTraining
import Foundation

/// Two interleaved half circles with Gaussian noise, a class each.
///
/// Class 0 lies on the upper half of the unit circle, class 1 on the lower half of the one around (1, ½).
struct Moons {
  let points: [[Float]]
  let labels: [Int]

  init(points: [[Float]], labels: [Int]) { (self.points, self.labels) = (points, labels) }

  /// - Parameters:
  ///   - noise: the deviation of each coordinate.
  ///   - angle: by which all is turned around (½, ¼), in radians.
  init(_ count: Int, noise: Double = 0.1, angle: Double = 0, using generator: inout SplitMix64) {
    labels = (0..<count).map { $0 % 2 }
    var points: [[Float]] = []
    for label in labels {
      let t = .pi * generator.unit()
      let x = (label == 0 ? cos(t) : 1 - cos(t)) + noise * generator.normal() - 0.5
      let y = (label == 0 ? sin(t) : 0.5 - sin(t)) + noise * generator.normal() - 0.25
      points.append([
        Float(0.5 + cos(angle) * x - sin(angle) * y), Float(0.25 + sin(angle) * x + cos(angle) * y),
      ])
    }
    self.points = points
  }

  func dataset() throws -> Dataset {
    try Dataset(
      samples: .floats(points.flatMap { $0 }), sampleShape: [2], labels: labels, source: "two moons")
  }
}
