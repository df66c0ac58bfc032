import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

@Suite struct L1NoiseTests {
  @Test func closedForms() throws {
    let uniform = try #require(try L1Noise.uniformRadius(probabilityLower: 0.75, lambda: 0.4))
    #expect(uniform < 0.2 && uniform > 0.2 * (1 - 1e-15))
    let between = try #require(
      try L1Noise.uniformRadius(probabilityLower: 0.5, probabilityUpper: 0.25, lambda: 0.4))
    #expect(between < 0.1 && between > 0.1 * (1 - 1e-14))
    // 2(1 − p) = e⁻¹ at p = 1 − e⁻¹/2.
    let laplace = try #require(try L1Noise.laplaceRadius(probabilityLower: 0.8160602794142788, lambda: 3))
    #expect(laplace < 3 && laplace > 3 * (1 - 1e-14))
    // ½ ln(0.45/0.2) = 0.405 is more than −ln 0.75 = 0.288; −ln(1 − 0.9 + 0.05) = 1.897 more than ½ ln 18 = 1.445.
    for (p, q, expected) in [(0.45, 0.2, 0.40546510810816438), (0.9, 0.05, 1.8971199848858813)] {
      let radius = try #require(
        try L1Noise.laplaceRadius(probabilityLower: p, probabilityUpper: q, lambda: 2))
      #expect(radius < 2 * expected && radius > 2 * expected * (1 - 1e-13))
    }
    #expect(try L1Noise.uniformRadius(probabilityLower: 0.5, lambda: 1) == nil)
    #expect(try L1Noise.uniformRadius(probabilityLower: 0.3, probabilityUpper: 0.3, lambda: 1) == nil)
    #expect(try L1Noise.laplaceRadius(probabilityLower: 0.4, lambda: 1) == nil)
    #expect(try L1Noise.laplaceRadius(probabilityLower: 0.4, probabilityUpper: 0.41, lambda: 1) == nil)
  }

  @Test func badArgumentsAreRefused() {
    #expect(throws: CertificateError.self) { try L1Noise.laplaceRadius(probabilityLower: 1, lambda: 1) }
    #expect(throws: CertificateError.self) { try L1Noise.uniformRadius(probabilityLower: .nan, lambda: 1) }
    #expect(throws: CertificateError.self) { try L1Noise.uniformRadius(probabilityLower: 0.7, lambda: 0) }
    #expect(throws: CertificateError.self) {
      try L1Noise.laplaceRadius(probabilityLower: 0.7, probabilityUpper: 0, lambda: 1)
    }
    #expect(throws: CertificateError.self) { try L1Noise.uniformProbability(radius: -1, lambda: 1) }
    #expect(throws: CertificateError.self) { try L1Noise.laplaceProbability(radius: 1, lambda: .nan) }
  }

  /// The probability that a radius takes is just above what certifies it.
  @Test func probabilitiesInvertTheRadii() throws {
    for radius in [0, 0.001, 0.1, 0.37, 0.9] {
      let uniform = try L1Noise.uniformProbability(radius: radius, lambda: 1)
      let laplace = try L1Noise.laplaceProbability(radius: radius, lambda: 0.5)
      #expect(try L1Noise.uniformRadius(probabilityLower: uniform, lambda: 1) ?? 0 >= radius - 1e-15)
      #expect(try L1Noise.uniformRadius(probabilityLower: uniform - 1e-14, lambda: 1) ?? 0 <= radius)
      #expect(try L1Noise.laplaceRadius(probabilityLower: laplace, lambda: 0.5) ?? 0 >= radius - 1e-13)
      #expect(try L1Noise.laplaceRadius(probabilityLower: laplace - 1e-13, lambda: 0.5) ?? 0 <= radius)
    }
    #expect(try L1Noise.uniformProbability(radius: 1, lambda: 1) >= 1)
  }

  @Test(arguments: L1Certificate.Method.allCases)
  func certificatesComeFromTheirBounds(method: L1Certificate.Method) throws {
    let counts = ClassCounts(counts: [20, 940, 30], failed: 10)
    let certificate = try L1Certificate(
      counts: counts, candidate: 1, method: method, lambda: 0.5, alpha: 0.01)
    let level = method.boundsRunnerUp ? 0.005 : 0.01
    let p = try ClopperPearson.lowerBound(successes: 940, trials: 1000, alpha: level)
    #expect(certificate.probabilityLower == p)
    if method.boundsRunnerUp {
      // Failed samples are the runner-up's.
      #expect(
        certificate.probabilityUpper
          == (try ClopperPearson.upperBound(successes: 40, trials: 1000, alpha: level)))
    }
    let radius = try #require(certificate.radius)
    #expect(radius > 0.3 && certificate.confidence == 0.99)
    #expect(certificate.radius(norm: .l1, inputCount: 100) == radius)
    let (euclidean, maximum) = (
      try #require(certificate.radius(norm: .l2, inputCount: 100)),
      try #require(certificate.radius(norm: .linf, inputCount: 100))
    )
    #expect(euclidean <= radius / 10 && euclidean > radius / 10 * (1 - 1e-14))
    #expect(maximum <= radius / 100 && maximum > radius / 100 * (1 - 1e-14))
    let lost = try L1Certificate(
      counts: ClassCounts(counts: [500, 400], failed: 100), candidate: 1, method: method, lambda: 0.5,
      alpha: 0.01)
    #expect(lost.radius == nil)
  }
}

/// Smoothed classifiers computed exactly, by summing masses over the grid.
@Suite struct L1EnumerationTests {
  struct Law: CustomTestStringConvertible, Sendable {
    var isUniform: Bool
    var sigma: Double
    var testDescription: String { "\(isUniform ? "uniform" : "laplace"), σ = \(sigma)" }
    var smoothing: Smoothing { Smoothing(noise: isUniform ? .uniformSound : .laplaceSound, sigma: sigma) }
    var lambda: Double { smoothing.lambda ?? 0 }

    /// Probabilities of the noise −K…K.
    func probabilities() throws -> [Double] {
      let upper = smoothing.integerRange?.upperBound ?? 510
      let law: any RoundedLaw =
        isUniform
        ? try RoundedUniform(lambda: lambda, reach: upper) : try RoundedLaplace(lambda: lambda, reach: upper)
      return law.masses.map { Double($0) * 0x1p-60 }
    }

    /// Both certificates of exactly known probabilities, a hair below them.
    func radii(_ p: [Double]) throws -> [Double] {
      let top = p.indices.reduce(0) { p[$1] > p[$0] ? $1 : $0 }
      let next = p.enumerated().filter { $0.offset != top }.map(\.element).max() ?? 0
      let (lower, upper) = (min(p[top] - 1e-12, 1 - 1e-12), max(next + 1e-12, 1e-12))
      guard lower > 0 else { return [] }
      return isUniform
        ? [
          try L1Noise.uniformRadius(probabilityLower: lower, lambda: lambda) ?? 0,
          try L1Noise.uniformRadius(probabilityLower: lower, probabilityUpper: upper, lambda: lambda) ?? 0,
        ]
        : [
          try L1Noise.laplaceRadius(probabilityLower: lower, lambda: lambda) ?? 0,
          try L1Noise.laplaceRadius(probabilityLower: lower, probabilityUpper: upper, lambda: lambda) ?? 0,
        ]
    }
  }

  private static func decision(_ p: [Double]) -> Int { p.indices.reduce(0) { p[$1] > p[$0] ? $1 : $0 } }

  /// One dimension, classes in random pieces: no point within a certified radius is of another class.
  @Test(arguments: [true, false], [0.02, 0.1, 0.25])
  func noPointWithinTheRadiusDiffers(isUniform: Bool, sigma: Double) throws {
    let law = Law(isUniform: isUniform, sigma: sigma)
    let probabilities = try law.probabilities()
    let range = try #require(law.smoothing.integerRange)
    var source = SplitMix(seed: 91)
    var certified = 0
    for pieces in [2, 5, 20, 60] {
      var classes: [Int] = []
      while classes.count < range.count {
        let length = 1 + Int(source.unit() * 2 * Double(range.count / pieces))
        classes += [Int](repeating: Int(source.unit() * 3), count: length)
      }
      let smoothed = (0...255).map { x in
        var p = [0.0, 0, 0]
        for (index, probability) in probabilities.enumerated() {
          let noisy = x + index - probabilities.count / 2
          p[classes[min(max(noisy, range.lowerBound), range.upperBound) - range.lowerBound]] += probability
        }
        return p
      }
      for x in 0...255 {
        for radius in try law.radii(smoothed[x]) where radius > 0 {
          certified += 1
          for other in 0...255 where Double(abs(other - x)) / 255 < radius {
            #expect(Self.decision(smoothed[other]) == Self.decision(smoothed[x]), "\(x), \(other), \(radius)")
          }
        }
      }
    }
    #expect(certified > 500)
  }

  /// A threshold attains the bound: the radius ends less than a step before the boundary, so that no larger one is true.
  @Test(arguments: [true, false], [0.05, 0.25])
  func thresholdsAttainTheRadius(isUniform: Bool, sigma: Double) throws {
    let law = Law(isUniform: isUniform, sigma: sigma)
    let probabilities = try law.probabilities()
    var compared = 0
    for x in stride(from: 128, through: 160, by: 3) {
      // Class 1 above 127.5: the boundary of g is there by symmetry.
      var p = [0.0, 0]
      for (index, probability) in probabilities.enumerated() {
        p[x + index - probabilities.count / 2 > 127 ? 1 : 0] += probability
      }
      guard p[1] < 1 - 1e-9 else { continue }
      let distance = (Double(x) - 127.5) / 255
      for radius in try law.radii(p) {
        #expect(radius <= distance + 1e-9 && radius > distance - 0.5 / 255, "\(x): \(radius), \(distance)")
        compared += 1
      }
    }
    #expect(compared >= 6)
  }

  /// Two dimensions, where a change may be split over the coordinates.
  @Test(arguments: [true, false])
  func noPairWithinTheRadiusDiffers(isUniform: Bool) throws {
    let law = Law(isUniform: isUniform, sigma: 0.01)
    let all = try law.probabilities()
    let middle = all.count / 2
    let reach = isUniform ? 6 : 24
    let kernel = (-reach...reach).map { all[middle + $0] }
    let side = 24
    let width = side + 2 * reach
    var source = SplitMix(seed: 17)
    var certified = 0
    for scale in [3, 7, 12] {
      let columns = width / scale + 1
      var cells = [Int](repeating: 0, count: columns * columns)
      for cell in cells.indices { cells[cell] = Int(source.unit() * 3) }
      func label(_ i: Int, _ j: Int) -> Int { cells[i / scale * columns + j / scale] }
      var smoothed: [[Double]] = []
      for x in 0..<side * side {
        var p = [0.0, 0, 0]
        for (i, first) in kernel.enumerated() {
          for (j, second) in kernel.enumerated() { p[label(x / side + i, x % side + j)] += first * second }
        }
        smoothed.append(p)
      }
      for x in smoothed.indices {
        // What the kernel leaves out may belong to any class.
        let left = 1 - smoothed[x].reduce(0, +)
        for radius in try law.radii(smoothed[x]) where radius > left * 10 {
          certified += 1
          for other in smoothed.indices {
            let steps = abs(other / side - x / side) + abs(other % side - x % side)
            guard Double(steps) / 255 < radius * (1 - 1e-3) else { continue }
            #expect(Self.decision(smoothed[other]) == Self.decision(smoothed[x]))
          }
        }
      }
    }
    #expect(certified > 500)
  }
}
