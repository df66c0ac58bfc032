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
  public let smoothing: Smoothing
  /// The number of coordinates d.
  public let dimension: Int
  public let seed: UInt64
  private let integerNoise: IntegerNoise?
  private let path: certify_path

  /// Makes the generator of `smoothing` for inputs of `dimension` coordinates.
  ///
  /// - Throws: ``SmoothingError`` when σ or `dimension` is out of range.
  public init(smoothing: Smoothing, dimension: Int, seed: UInt64) throws {
    try self.init(smoothing: smoothing, dimension: dimension, seed: seed, path: certify_best_path())
  }

  init(
    smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path, integerNoise: IntegerNoise? = nil
  ) throws {
    try smoothing.validate()
    guard (1...Int(Int32.max)).contains(dimension) else {
      throw SmoothingError.dimensionOutOfRange(dimension)
    }
    self.smoothing = smoothing
    self.dimension = dimension
    self.seed = seed
    self.path = path
    if let range = smoothing.integerRange {
      self.integerNoise = try integerNoise ?? IntegerNoise(sigma: smoothing.sigma, range: range)
    } else {
      self.integerNoise = nil
    }
  }

  /// Writes x + η of sample `sample` of (input, purpose) into `row`.
  ///
  /// - `gaussian`: x + ση in float32, x = k/255 for grid data and σ rounded to float32. η comes from
  ///   Box–Muller on uniform numbers of 24 significant bits and angles of 32, computed to 10⁻⁶ of the radius;
  ///   |η| ≤ 6.67, beyond which a normal number lies with probability 3·10⁻¹¹. The certificates of this
  ///   family hold in real arithmetic only.
  /// - `gaussian-sound`: clip(k + n)/255 where n is N(0, (255σ)²) rounded to integers, drawn exactly, and the
  ///   clip is ``Smoothing/integerRange``. An integer is written as the float32 nearest to it over 255.
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
    var address = certify_noise_address(
      seed: seed, sample: UInt32(sample), input: UInt32(input), purpose: purpose.word)
    switch (x, integerNoise) {
    case (.grid(let integers), let noise?):
      return noise.withKernelTable { table in
        integers.withUnsafeBufferPointer {
          certify_integer_row(path, &address, table, $0.baseAddress, row.baseAddress, dimension)
        }
      }
    case (.grid(let integers), nil):
      integers.withUnsafeBufferPointer {
        certify_gaussian_grid_row(
          path, &address, Float(smoothing.sigma), $0.baseAddress, row.baseAddress, dimension)
      }
    case (.real(let values), nil):
      values.withUnsafeBufferPointer {
        certify_gaussian_row(
          path, &address, Float(smoothing.sigma), $0.baseAddress, row.baseAddress, dimension)
      }
    case (.real, _?):
      precondition(integerNoise == nil, "gaussian-sound noise needs an input on the 8-bit grid")
    }
    return true
  }

  /// Refuses what ``write(_:input:purpose:sample:into:)`` cannot draw.
  ///
  /// - Throws: ``SmoothingError`` when x has another size, is not on the grid that the noise needs, or when an
  ///   index does not fit the 32 bits of a noise address.
  public func check(_ x: SmoothingInput, input: Int, samples: Range<Int>) throws(SmoothingError) {
    if case .real = x, integerNoise != nil { throw .gridRequired }
    guard x.count == dimension else { throw .inputSize(expected: dimension, found: x.count) }
    guard UInt32(exactly: input) != nil else { throw .inputIndexOutOfRange(input) }
    guard samples.lowerBound >= 0, samples.upperBound <= 1 << 32 else { throw .samplesOutOfRange(samples) }
  }
}
