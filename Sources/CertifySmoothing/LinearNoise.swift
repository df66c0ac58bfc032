import CertifyEngine
import CertifyKernels

/// The noise of a leading linear layer, drawn where it arrives: z₁ = W(x + ση) + b ~ N(Wx + b, σ²WWᵀ).
///
/// With LLᵀ = σ²WWᵀ and n ~ N(0, I) of as many numbers as L has columns, Ln + (Wx + b) has that law: r ≤ h
/// numbers and a matrix of h × r in place of d numbers and one of h × d. The law is exact in real arithmetic, as
/// that of the noise `gaussian` itself. L is made in double precision and rounded to single.
///
/// The random bits are addressed as those of ``NoiseGenerator`` are, in a stream of their own.
///
/// A value with immutable tables; threads may share it.
public struct LinearNoise: Sendable {
  /// The noise η of the input, whose law is kept: `gaussian`, and σ.
  public let smoothing: Smoothing
  /// W, [h, d], and b, [h], with h < d.
  public let layer: LeadingLayer
  /// The key of the random bits.
  public let seed: UInt64
  /// r, the numbers drawn a sample; at least 1.
  public let rank: Int
  /// L, [h, r], row-major.
  public let factor: [Float]
  private let zeros: [Float]
  private let path = certify_best_path()

  /// The largest h²d for which L is made: some seconds of work.
  private static let largestWork = 1 << 33

  /// Whether the noise is `gaussian`, the layer narrower than its input, and L made within seconds.
  ///
  /// - Parameters:
  ///   - layer: The first layer of the model.
  ///   - smoothing: The noise before it.
  public static func applies(to layer: LeadingLayer, smoothing: Smoothing) -> Bool {
    let (h, d) = (layer.outputCount, layer.inputCount)
    let (square, isLarge) = h.multipliedReportingOverflow(by: h)
    let (work, isLarger) = square.multipliedReportingOverflow(by: d)
    return smoothing.noise == .gaussian && (1..<d).contains(h) && !isLarge && !isLarger && work <= largestWork
      && layer.weights.count == h * d && layer.bias.count == h
  }

  /// Makes L, or returns `nil` where ``applies(to:smoothing:)`` says no or a weight is not finite.
  ///
  /// - Parameters:
  ///   - layer: The first layer of the model.
  ///   - smoothing: The noise before it.
  ///   - seed: The key of all noise.
  /// - Throws: ``SmoothingError`` when σ is out of range.
  public init?(layer: LeadingLayer, smoothing: Smoothing, seed: UInt64) throws(SmoothingError) {
    try smoothing.validate()
    let (h, d) = (layer.outputCount, layer.inputCount)
    guard Self.applies(to: layer, smoothing: smoothing) else { return nil }
    let weights = layer.weights.map(Double.init)
    var gram = [Double](repeating: 0, count: h * h)
    weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      for row in 0..<h {
        for column in 0...row {
          gram[row * h + column] = innerProduct(base + row * d, base + column * d, count: d)
        }
      }
    }
    guard gram.allSatisfy(\.isFinite) else { return nil }
    let cholesky = PivotedCholesky(gram: gram, order: h)
    self.smoothing = smoothing
    self.layer = layer
    self.seed = seed
    rank = max(cholesky.rank, 1)
    factor =
      cholesky.rank == 0
      ? [Float](repeating: 0, count: h) : cholesky.factor.map { Float(smoothing.sigma * $0) }
    zeros = [Float](repeating: 0, count: rank)
  }

  /// Wx + b, in double precision and rounded once.
  ///
  /// - Precondition: x has the layer's d coordinates.
  public func mean(at x: SmoothingInput) -> [Float] {
    let point: [Double] =
      switch x {
      case .grid(let integers): integers.map { Double($0) / 255 }
      case .real(let values): values.map(Double.init)
      }
    precondition(point.count == layer.inputCount)
    return (0..<layer.outputCount).map { row in
      var sum = Double(layer.bias[row])
      let start = row * layer.inputCount
      for i in point.indices { sum += Double(layer.weights[start + i]) * point[i] }
      return Float(sum)
    }
  }

  /// Writes n of sample `sample` of (input, purpose) into `row`, which holds `rank` values.
  func write(input: Int, purpose: SamplePurpose, sample: Int, into row: UnsafeMutableBufferPointer<Float>) {
    precondition(row.count == rank)
    var address = certify_noise_address(
      seed: seed, sample: UInt32(sample), input: UInt32(input), purpose: purpose.linearWord)
    zeros.withUnsafeBufferPointer {
      certify_gaussian_row(path, &address, 1, $0.baseAddress, row.baseAddress, rank)
    }
  }
}
