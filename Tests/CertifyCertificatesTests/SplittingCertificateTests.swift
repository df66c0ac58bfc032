import CertifyCertificates
import CertifySmoothing
import CertifyThreat
import Foundation
import Testing

@Suite struct SplittingCertificateTests {
  private func steps(_ counts: [Int]) throws -> Int {
    try SplittingCertificate(counts: ClassCounts(counts: counts, failed: 0)).steps
  }

  /// D over all classes, zero counts included; a tie goes to the lower index, which costs the higher one a step.
  @Test func differencesAreHalved() throws {
    #expect(try steps([10, 4, 0]) == 3)
    #expect(try steps([4, 10, 0]) == 2)
    #expect(try steps([0, 11, 4]) == 3)
    #expect(try steps([7, 7]) == 0)
    #expect(try steps([7, 8]) == 0)
    #expect(try steps([0, 0, 9]) == 4)
    let tie = try SplittingCertificate(counts: ClassCounts(counts: [3, 5, 5], failed: 0))
    #expect(tie.predicted == 1 && tie.steps == 0)
  }

  @Test func otherNorms() throws {
    let certificate = try SplittingCertificate(counts: ClassCounts(counts: [220, 0], failed: 0))
    #expect(certificate.radius(norm: .l1, inputCount: 64) == 110.0 / 255)
    let euclidean = try #require(certificate.radius(norm: .l2, inputCount: 784))
    #expect(euclidean < 110.0.squareRoot() / 255 && euclidean > 110.0.squareRoot() / 255 * (1 - 1e-15))
    // In few dimensions the ball of real vectors says more than that of integers.
    let few = try #require(certificate.radius(norm: .l2, inputCount: 4))
    #expect(few < 55.0 / 255 && few > 55.0 / 255 * (1 - 1e-14))
    let maximum = try #require(certificate.radius(norm: .linf, inputCount: 10))
    #expect(maximum < 11.0 / 255 && maximum > 11.0 / 255 * (1 - 1e-14))
    #expect(certificate.radius(norm: .l1, inputCount: 0) == nil)
  }

  @Test func badCountsAreRefused() {
    for counts in [[], [3], [0, 0], [-1, 3], [Int.max, 1]] {
      #expect(throws: (any Error).self) {
        try SplittingCertificate(counts: ClassCounts(counts: counts, failed: 0))
      }
    }
    #expect(throws: CertificateError.self) {
      try SplittingCertificate(counts: ClassCounts(counts: [3, 1], failed: 1))
    }
  }

  /// g on all 256² points of the plane.
  private struct Plane {
    var steps: [Int] = []
    var classes: [Int] = []

    init(sigma: Double, classCount: Int, _ f: (Float, Float) -> Int) throws {
      let smoothing = Smoothing(noise: .splitting, sigma: sigma)
      let noise = try NoiseGenerator(smoothing: smoothing, dimension: 2, seed: 12)
      let splits = try #require(smoothing.splits)
      var row: [Float] = [0, 0]
      for x in 0..<256 * 256 {
        var counts = ClassCounts(counts: [Int](repeating: 0, count: classCount), failed: 0)
        let point = SmoothingInput.grid([UInt8(x / 256), UInt8(x % 256)])
        for sample in 0..<splits {
          let drawn = row.withUnsafeMutableBufferPointer {
            noise.write(point, input: 0, purpose: .estimation, sample: sample, into: $0)
          }
          try #require(drawn)
          counts.counts[f(row[0], row[1])] += 1
        }
        let certificate = try SplittingCertificate(counts: counts)
        steps.append(certificate.steps)
        classes.append(certificate.predicted)
      }
    }

    /// Every point of another class at the ℓ₁ distance of `reach` steps or less, counted over all points.
    func violations(reach: (Int) -> Int) -> Int {
      var count = 0
      for x in stride(from: 0, to: 256 * 256, by: 7) {
        let reach = reach(steps[x])
        let (i, j) = (x / 256, x % 256)
        for a in max(0, i - reach)...min(255, i + reach) {
          let rest = reach - abs(a - i)
          for b in max(0, j - rest)...min(255, j + rest) where classes[a * 256 + b] != classes[x] {
            count += 1
          }
        }
      }
      return count
    }
  }

  @Test func noPointWithinTheStepsDiffers() throws {
    let plane = try Plane(sigma: 0.02, classCount: 3) { a, b in
      let value = 9 * a + 5 * b + 2 * sin(30 * a * b)
      return ((Int(value.rounded(.down)) % 3) + 3) % 3
    }
    #expect(plane.steps.max() ?? 0 >= 8 && Set(plane.classes).count == 3)
    #expect(plane.violations { $0 } == 0)
  }

  /// Where f is a threshold, a single step more would be claimed wrongly.
  @Test func aThresholdAttainsTheSteps() throws {
    let plane = try Plane(sigma: 0.02, classCount: 2) { a, _ in a > 0.4 ? 1 : 0 }
    #expect(plane.violations { $0 } == 0)
    #expect(plane.violations { $0 + 1 } > 0)
  }
}
