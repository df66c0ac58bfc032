import CertifyKernels
import CertifyStatistics
import Foundation
import Testing

@testable import CertifySmoothing

private func generator(
  _ noise: NoiseFamily, sigma: Double, dimension: Int, path: certify_path, seed: UInt64 = 20
) throws -> NoiseGenerator {
  try NoiseGenerator(
    smoothing: Smoothing(noise: noise, sigma: sigma), dimension: dimension, seed: seed, path: path)
}

/// The portable path is the reference of the others, bit for bit.
@Test(arguments: [1, 15, 63, 64, 65, 200, 784, 3072])
func pathsAgreeBitForBit(dimension: Int) throws {
  let integers = (0..<dimension).map { UInt8(truncatingIfNeeded: $0 &* 37) }
  let reals = integers.map { Float($0) * 0.037 - 3 }
  for noise in NoiseFamily.allCases {
    for x in [SmoothingInput.grid(integers), .real(reals)] {
      if noise.needsGrid, case .real = x { continue }
      let reference = try generator(noise, sigma: 0.25, dimension: dimension, path: certify_path_portable)
      for path in paths.dropFirst() {
        let other = try generator(noise, sigma: 0.25, dimension: dimension, path: path)
        for sample in 0..<50 {
          let expected = reference.row(x, input: 3, sample: sample)?.map(\.bitPattern)
          #expect(other.row(x, input: 3, sample: sample)?.map(\.bitPattern) == expected)
        }
      }
    }
  }
}

/// Every value is that of Box–Muller in double precision within 10⁻⁶ of the radius.
@Test(arguments: paths)
func gaussianNoiseIsBoxMullerOfItsWords(path: certify_path) throws {
  let dimension = 1 << 16
  let zero = SmoothingInput.real([Float](repeating: 0, count: dimension))
  let noise = try generator(.gaussian, sigma: 1, dimension: dimension, path: path)
  var worst = 0.0
  for sample in 0..<16 {
    let row = try #require(noise.row(zero, input: 5, sample: sample))
    var address = certify_noise_address(
      seed: 20, sample: UInt32(sample), input: 5, purpose: SamplePurpose.estimation.word)
    var words = [UInt32](repeating: 0, count: dimension)
    certify_words(path, &address, &words, dimension)
    for i in stride(from: 0, to: dimension, by: 32) {
      for first in i..<i + 16 {
        let u = Double(Float(words[first] >> 1) + 0.5) / 0x1p31
        let angle = 2 * Double.pi * Double(words[first + 16]) / 0x1p32
        let radius = (-2 * log(u)).squareRoot()
        let scale = max(radius, .leastNormalMagnitude)
        worst = max(worst, abs(Double(row[first]) - radius * cos(angle)) / scale)
        worst = max(worst, abs(Double(row[first + 16]) - radius * sin(angle)) / scale)
      }
    }
  }
  #expect(worst < 1e-6)
}

/// Moments within 5 of their standard deviations, Kolmogorov's test against Φ, and the farthest of 2²⁰
/// draws where it must be: P[η > 4] · 2²⁰ = 33, P[|η| > 6] · 2²⁰ = 0.002.
@Test func gaussianNoiseIsStandardNormal() throws {
  let count = 1 << 20
  let zero = SmoothingInput.real([Float](repeating: 0, count: count))
  let noise = try generator(.gaussian, sigma: 1, dimension: count, path: certify_best_path())
  var row = try #require(noise.row(zero, sample: 0))
  var sums = [0.0, 0.0, 0.0, 0.0]
  for value in row {
    let x = Double(value)
    sums[0] += x
    sums[1] += x * x
    sums[2] += x * x * x
    sums[3] += x * x * x * x
  }
  let n = Double(count)
  // Variances of x, x², x³, x⁴ of a standard normal: 1, 2, 15, 96.
  for (sum, (mean, variance)) in zip(sums, [(0, 1), (1, 2), (0, 15), (3, 96)] as [(Double, Double)]) {
    #expect(abs(sum / n - mean) < 5 * (variance / n).squareRoot())
  }
  row.sort()
  var distance = 0.0
  for (i, value) in row.enumerated() {
    let p = normalCDF(Double(value))
    distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
  }
  #expect(kolmogorovTail(distance * n.squareRoot()) > 1e-4)
  #expect(row[0] < -4 && row[count - 1] > 4)
  #expect(row[0] > -6 && row[count - 1] < 6)
}

@Test func gaussianNoiseIsAddedToTheInput() throws {
  let integers: [UInt8] = [0, 1, 127, 128, 254, 255]
  let noise = try generator(.gaussian, sigma: 0.5, dimension: 6, path: certify_best_path())
  let zero = try #require(noise.row(.real([0, 0, 0, 0, 0, 0]), sample: 4))
  let grid = try #require(noise.row(.grid(integers), sample: 4))
  let real = try #require(noise.row(.real(integers.map { Float($0) / 255 }), sample: 4))
  #expect(grid == real)
  #expect(grid == zip(zero, integers).map { $0 + Float($1) / 255 })
}

/// Each draw is the outcome of its whole 60 bits, whether its first 32 decided or tied: among 2²⁰ draws from
/// a table of 2¹⁶ columns about 16 tie.
@Test(arguments: paths)
func integerDrawsAreTheOutcomesOfSixtyBits(path: certify_path) throws {
  var masses = (0..<(1 << 16)).map { UInt64($0) * (1 << 29 - 12_345) }
  masses[40_000] += AliasTable.total - masses.reduce(0, +)
  let table = try AliasTable(masses: masses)
  #expect(table.bits == 16)
  let dimension = 1 << 15
  let x = [UInt8](repeating: 0, count: dimension)
  var row = [Float](repeating: 0, count: dimension)
  var ties = 0
  for sample in 0..<32 as Range<UInt32> {
    var address = certify_noise_address(seed: 9, sample: sample, input: 1, purpose: 2)
    let drawn = table.entries.withUnsafeBufferPointer { entries in
      table.low.withUnsafeBufferPointer { low in
        var view = certify_integer_table(
          entries: entries.baseAddress, low: low.baseAddress, bits: 16, offset: 0, failed: -1, lower: 0,
          upper: 1 << 16)
        return certify_integer_row(path, &address, &view, x, &row, dimension)
      }
    }
    #expect(drawn)
    for i in 0..<dimension {
      let bits = referenceBits(address, coordinate: i)
      let outcome = referenceOutcome(table, bits: bits)
      if row[i] != Float(outcome) / 255 { Issue.record("coordinate \(i) of sample \(sample)") }
      let column = Int(bits >> 44)
      if bits >> 28 & 0xffff == UInt64(table.entries[column] & 0xffff), table.low[column] != 0 { ties += 1 }
    }
  }
  #expect(ties > 0)
}

/// χ² of 2²⁰ draws against the exact masses, over cells of at least 50 expected draws.
@Test(arguments: [NoiseFamily.gaussianSound, .uniformSound, .laplaceSound], [0.01, 0.25, 1.0])
func integerNoiseHasItsMasses(family: NoiseFamily, sigma: Double) throws {
  let count = 1 << 20
  let noise = try generator(family, sigma: sigma, dimension: count, path: certify_best_path())
  let row = try #require(noise.row(.grid([UInt8](repeating: 128, count: count)), sample: 0))
  let range = try #require(noise.smoothing.integerRange)
  var found = [Int: Int]()
  for value in row {
    let integer = (value * 255).rounded()
    #expect(value == integer / 255)
    found[Int(integer) - 128, default: 0] += 1
  }
  let lambda = noise.smoothing.lambda ?? 0
  let law: any RoundedLaw =
    switch family {
    case .uniformSound: try RoundedUniform(lambda: lambda, reach: range.upperBound)
    case .laplaceSound: try RoundedLaplace(lambda: lambda, reach: range.upperBound)
    default: try RoundedNormal(sigma: sigma)
    }
  // The clip gathers what lies beyond it in its end cells.
  var expected: [Int: Double] = [:]
  for k in -law.reach...law.reach {
    let clipped = min(max(k, range.lowerBound - 128), range.upperBound - 128)
    expected[clipped, default: 0] += Double(law.mass(of: k)) * 0x1p-60 * Double(count)
  }
  var (statistic, cells, restExpected, restFound) = (0.0, 0, Double(count), count)
  for (k, mean) in expected where mean >= 50 {
    let hits = found[k] ?? 0
    statistic += (Double(hits) - mean) * (Double(hits) - mean) / mean
    restExpected -= mean
    restFound -= hits
    cells += 1
  }
  if restExpected > 5 {
    statistic += (Double(restFound) - restExpected) * (Double(restFound) - restExpected) / restExpected
  } else {
    cells -= 1
  }
  let tail = chiSquareTail(statistic, degrees: cells)
  #expect(tail > 1e-3 && tail < 1 - 1e-3, "χ² = \(statistic) with \(cells) degrees of freedom")
}

/// Kolmogorov's test of uniform and Laplace noise against their laws, and the scale of their standard deviation.
@Test(arguments: [NoiseFamily.uniform, .laplace])
func floatNoiseHasItsLaw(family: NoiseFamily) throws {
  let count = 1 << 20
  let noise = try generator(family, sigma: 0.5, dimension: count, path: certify_best_path())
  let lambda = try #require(noise.smoothing.lambda)
  var row = try #require(noise.row(.real([Float](repeating: 0, count: count)), sample: 3))
  let variance = row.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
  // The variance of η² is (κ − 1)σ⁴ with kurtosis κ = 1.8 and 6.
  let spread = ((family == .uniform ? 0.8 : 5) / Double(count)).squareRoot() * 0.25
  #expect(abs(variance - 0.25) < 5 * spread)
  row.sort()
  var distance = 0.0
  for (i, value) in row.enumerated() {
    let t = Double(value) / lambda
    let p = family == .uniform ? (t + 1) / 2 : t < 0 ? exp(t) / 2 : 1 - exp(-t) / 2
    distance = max(distance, p - Double(i) / Double(count), Double(i + 1) / Double(count) - p)
  }
  #expect(kolmogorovTail(distance * Double(count).squareRoot()) > 1e-4)
}

/// The written value of every integer that can occur is the float nearest to integer / 255.
@Test(arguments: paths)
func integersAreWrittenAsTheNearestFloats(path: certify_path) throws {
  // One certain noise at a time: outcome 1, of noise 1 − offset.
  let table = try AliasTable(masses: [0, AliasTable.total])
  let x = (0...255).map { UInt8($0) }
  for noise in stride(from: -32_000, through: 32_000, by: 255) {
    var row = [Float](repeating: .nan, count: 256)
    var address = certify_noise_address(seed: 0, sample: 0, input: 0, purpose: 0)
    _ = table.entries.withUnsafeBufferPointer { entries in
      table.low.withUnsafeBufferPointer { low in
        var view = certify_integer_table(
          entries: entries.baseAddress, low: low.baseAddress, bits: 1, offset: Int32(1 - noise), failed: 7,
          lower: -40_000, upper: 40_000)
        return certify_integer_row(path, &address, &view, x, &row, 256)
      }
    }
    #expect(row == x.map { Float(Int($0) + noise) / 255 })
  }
}

/// A certain noise of −1 or 1 stays what it is; one beyond the range ends at its ends, whatever x is.
@Test(arguments: paths)
func noisyIntegersAreClippedToTheRange(path: certify_path) throws {
  for (outcome, expected) in [(0, -255), (2, 510)] {
    var masses: [UInt64] = [0, 0, 0]
    masses[outcome] = AliasTable.total
    let noise = try IntegerNoise(
      cells: [UInt64](repeating: 0, count: 599) + masses + [UInt64](repeating: 0, count: 599), failed: 0,
      range: -255...510)
    let generator = try NoiseGenerator(
      smoothing: Smoothing(noise: .gaussianSound, sigma: 0.25), dimension: 100, seed: 1, path: path,
      law: SoundGaussianNoise(integers: noise, path: path))
    let row = try #require(generator.row(.grid([UInt8](repeating: 7, count: 100)), sample: 0))
    #expect(row == [Float](repeating: Float(7 + outcome - 1) / 255, count: 100))
    let end = try IntegerNoise(
      cells: (-600...600).map { $0 == (expected < 0 ? -600 : 600) ? AliasTable.total : 0 }, failed: 0,
      range: -255...510)
    let extreme = try NoiseGenerator(
      smoothing: Smoothing(noise: .gaussianSound, sigma: 0.25), dimension: 100, seed: 1, path: path,
      law: SoundGaussianNoise(integers: end, path: path))
    for k in [0, 128, 255] as [UInt8] {
      let row = try #require(extreme.row(.grid([UInt8](repeating: k, count: 100)), sample: 0))
      #expect(row == [Float](repeating: Float(expected) / 255, count: 100))
    }
  }
}
