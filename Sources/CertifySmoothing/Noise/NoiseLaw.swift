import CertifyKernels

/// A family of smoothing noise: what σ and which data it takes, and how a row of noisy input is drawn.
protocol NoiseLaw: Sendable {
  static var family: NoiseFamily { get }
  /// The standard deviations that can be sampled, in units of the input.
  static var sigmas: ClosedRange<Double> { get }

  /// Prepares to draw for inputs of `dimension` coordinates.
  ///
  /// - Parameter path: the instruction set of the kernels; the rows do not depend on it.
  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) throws

  /// Writes sample `sample` of (input, purpose) at x into `row`; `false` when it could not be drawn exactly.
  ///
  /// - Precondition: the input and the sample are ones that ``NoiseGenerator/check(_:input:samples:)`` accepts.
  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int, seed: UInt64,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool
}

extension NoiseFamily {
  var law: any NoiseLaw.Type {
    switch self {
    case .gaussianSound: SoundGaussianNoise.self
    case .gaussian: GaussianNoise.self
    case .uniformSound: SoundUniformNoise.self
    case .uniform: UniformNoise.self
    case .laplaceSound: SoundLaplaceNoise.self
    case .laplace: LaplaceNoise.self
    case .splitting: SplittingNoise.self
    }
  }

  /// The standard deviations that can be sampled, in units of the input.
  public var sigmas: ClosedRange<Double> { law.sigmas }
}

extension certify_noise_address {
  init(seed: UInt64, input: Int, purpose: SamplePurpose, sample: Int) {
    self.init(seed: seed, sample: UInt32(sample), input: UInt32(input), purpose: purpose.word)
  }
}
