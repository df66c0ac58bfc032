import CertifyKernels

/// Draws the noise of a smoothed classifier: any sample of any input, on its own, always the same.
///
/// The random bits are Philox 4×32-10 (Salmon et al. 2011, DOI 10.1145/2063384.2063405) of the counter
/// (block, sample, input, purpose) under the key `seed`: nothing depends on what was drawn before, on the
/// thread, or on the instruction set, whose kernels agree bit for bit. Two generators of one seed give
/// *dependent* noise for the same address: claims made from both hold each at its own level, and jointly by
/// the union bound.
///
/// A value with immutable tables; threads may share it.
public struct NoiseGenerator: Sendable {
  /// The family of the noise, and σ in the units of the input.
  public let smoothing: Smoothing
  /// The number of coordinates d.
  public let dimension: Int
  /// The key of the random bits.
  public let seed: UInt64
  private let law: any NoiseLaw

  /// Makes the generator of `smoothing` for inputs of `dimension` coordinates.
  ///
  /// - Parameters:
  ///   - smoothing: The noise, with its σ.
  ///   - dimension: d, the number of coordinates of an input.
  ///   - seed: The key of all noise.
  /// - Throws: ``SmoothingError`` when σ or `dimension` is out of range.
  public init(smoothing: Smoothing, dimension: Int, seed: UInt64) throws {
    try self.init(smoothing: smoothing, dimension: dimension, seed: seed, path: certify_best_path())
  }

  init(
    smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path, law: (any NoiseLaw)? = nil
  ) throws {
    try smoothing.validate()
    guard (1...Int(Int32.max)).contains(dimension) else {
      throw SmoothingError.dimensionOutOfRange(dimension)
    }
    self.smoothing = smoothing
    self.dimension = dimension
    self.seed = seed
    self.law =
      try law ?? smoothing.noise.law.init(smoothing: smoothing, dimension: dimension, seed: seed, path: path)
  }

  /// Writes x + η of sample `sample` of (input, purpose) into `row`; x = k/255 for grid data.
  ///
  /// - Precondition: ``check(_:input:samples:)`` accepts the input and the sample; `row` holds `dimension`
  ///   values.
  /// - Returns: `false` when the exact draw failed: the row is undefined, and the sample counts against every
  ///   claim.
  public func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    precondition(x.count == dimension && row.count == dimension)
    return law.write(x, input: input, purpose: purpose, sample: sample, seed: seed, into: row)
  }

  /// t_i of the splitting noise, which are part of what defines g; `nil` of the others.
  public var splittingOffsets: [Int]? { (law as? SplittingNoise)?.offsets }

  /// Refuses what ``write(_:input:purpose:sample:into:)`` cannot draw.
  ///
  /// - Parameters:
  ///   - x: The input.
  ///   - input: Its index, 0 ..< 2³².
  ///   - samples: The numbers of the samples, within 0 ..< 2³².
  /// - Throws: ``SmoothingError`` when x has another size, is not on the grid that the noise needs, or when an
  ///   index does not fit the 32 bits of a noise address.
  public func check(_ x: SmoothingInput, input: Int, samples: Range<Int>) throws(SmoothingError) {
    if case .real = x, smoothing.noise.needsGrid { throw .gridRequired(smoothing.noise) }
    guard x.count == dimension else { throw .inputSize(expected: dimension, found: x.count) }
    guard UInt32(exactly: input) != nil else { throw .inputIndexOutOfRange(input) }
    guard samples.lowerBound >= 0, samples.upperBound <= 1 << 32 else { throw .samplesOutOfRange(samples) }
  }
}
