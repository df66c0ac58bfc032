import CertifyEngine
import CertifyKernels
import Foundation

@testable import CertifySmoothing

/// A classifier written as a function of one row.
final class FunctionClassifier: Classifier {
  let inputShape: [Int]
  let classCount: Int
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  let logits: UnsafeBufferPointer<Float>
  private let output: UnsafeMutableBufferPointer<Float>
  private let function: (UnsafeBufferPointer<Float>) -> [Float]
  /// The rows of each forward pass so far.
  private(set) var passes: [Int] = []

  struct NotANumber: Error {}

  init(
    dimension: Int, classCount: Int, batchSize: Int,
    function: @escaping (UnsafeBufferPointer<Float>) -> [Float]
  ) {
    inputShape = [dimension]
    self.classCount = classCount
    self.batchSize = batchSize
    self.function = function
    inputs = .allocate(capacity: dimension * batchSize)
    inputs.initialize(repeating: .nan)
    output = .allocate(capacity: classCount * batchSize)
    output.initialize(repeating: .nan)
    logits = UnsafeBufferPointer(output)
  }

  deinit {
    inputs.deallocate()
    output.deallocate()
  }

  func forward(count: Int) throws {
    passes.append(count)
    let dimension = inputShape[0]
    for row in 0..<count {
      let start = row * dimension
      let input = UnsafeBufferPointer(inputs)[start..<start + dimension]
      let values = function(UnsafeBufferPointer(rebasing: input))
      for (k, value) in values.enumerated() {
        guard !value.isNaN else { throw NotANumber() }
        output[row * classCount + k] = value
      }
    }
  }
}

/// Class 1 where w·x > threshold, else class 0.
func linearClassifier(weights: [Float], threshold: Float, batchSize: Int = 64) -> FunctionClassifier {
  FunctionClassifier(dimension: weights.count, classCount: 2, batchSize: batchSize) { row in
    var sum = -threshold
    for i in row.indices { sum += weights[i] * row[i] }
    return [0, sum]
  }
}

extension NoiseFamily {
  /// Those whose samples are drawn at random.
  static let sampled = allCases.filter { !$0.isDeterministic }
}

/// The paths this machine can run.
let paths: [certify_path] = [certify_path_portable, certify_path_avx2, certify_path_avx512].filter {
  certify_path_is_available($0)
}

extension NoiseGenerator {
  /// One row as an array, or `nil` when the draw failed.
  func row(_ x: SmoothingInput, input: Int = 0, purpose: SamplePurpose = .estimation, sample: Int) -> [Float]?
  {
    var row = [Float](repeating: .nan, count: dimension)
    let drawn = row.withUnsafeMutableBufferPointer {
      write(x, input: input, purpose: purpose, sample: sample, into: $0)
    }
    return drawn ? row : nil
  }
}

/// Φ, to the accuracy of `erfc`.
func normalCDF(_ x: Double) -> Double { erfc(-x / 2.squareRoot()) / 2 }

/// P[χ² ≥ x] with `degrees` degrees of freedom: the upper incomplete gamma function, as a series below
/// its mean and Lentz's continued fraction above.
func chiSquareTail(_ x: Double, degrees: Int) -> Double {
  let (a, x) = (Double(degrees) / 2, x / 2)
  let scale = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var (term, sum, k) = (1 / a, 1 / a, a)
    while term > sum * 1e-16 {
      k += 1
      term *= x / k
      sum += term
    }
    return 1 - scale * sum
  }
  var b = x + 1 - a
  var (c, d) = (1e300, 1 / b)
  var h = d
  for i in 1..<100_000 {
    let an = -Double(i) * (Double(i) - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    h *= d * c
    if abs(d * c - 1) < 1e-15 { break }
  }
  return scale * h
}

/// The asymptotic P[√n D ≥ x] of Kolmogorov's statistic.
func kolmogorovTail(_ x: Double) -> Double {
  var sum = 0.0
  for k in 1...100 {
    let term = exp(-2 * Double(k * k) * x * x)
    sum += k % 2 == 1 ? term : -term
  }
  return 2 * sum
}

/// How many standard deviations a Binomial(n, p) count is away from its mean.
func binomialScore(_ count: Int, _ n: Int, _ p: Double) -> Double {
  (Double(count) - Double(n) * p) / (Double(n) * p * (1 - p)).squareRoot()
}

/// 60 random bits of a coordinate, by the scalar generator alone.
func referenceBits(_ address: certify_noise_address, coordinate: Int) -> UInt64 {
  let key = [UInt32(truncatingIfNeeded: address.seed), UInt32(address.seed >> 32)]
  func words(_ block: Int, _ purpose: UInt32) -> [UInt32] {
    var output = [UInt32](repeating: 0, count: 4)
    certify_philox4x32([UInt32(block), address.sample, address.input, purpose], key, &output)
    return output
  }
  let word = words(coordinate / 64 * 16 + coordinate % 16, address.purpose)[coordinate % 64 / 16]
  let refinement = words(coordinate, address.purpose | 1 << 31)[0]
  return UInt64(word) << 28 | UInt64(refinement >> 4)
}

/// The outcome of 60 bits, from the whole of them.
func referenceOutcome(_ table: AliasTable, bits: UInt64) -> Int {
  let column = Int(bits >> UInt64(60 - table.bits))
  let rest = bits & (1 << UInt64(60 - table.bits) - 1)
  let shift = UInt32(32 - table.bits)
  let threshold = UInt64(table.entries[column] & (1 << shift - 1)) << 28 | UInt64(table.low[column])
  return rest < threshold ? column : Int(table.entries[column] >> shift)
}
