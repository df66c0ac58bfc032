/// A family of smoothing noise.
public enum NoiseFamily: String, Sendable, Codable, CaseIterable {
  /// N(0, σ²I) rounded to the grid of 8-bit data and sampled exactly; certificates hold for the program that runs.
  case gaussianSound = "gaussian-sound"
  /// N(0, σ²I) in floating point; certificates hold in real arithmetic.
  case gaussian
}

/// Everything besides f that defines the smoothed classifier g(x) = argmax_c P[f(x + η) = c].
public struct Smoothing: Sendable, Equatable, Codable {
  public var noise: NoiseFamily
  /// The standard deviation of a coordinate, in the units of the input; > 0.
  public var sigma: Double

  public init(noise: NoiseFamily, sigma: Double) {
    self.noise = noise
    self.sigma = sigma
  }

  /// k of the range [−255k, 255(k+1)] to which noisy 8-bit inputs are clipped: max(1, ⌊6σ⌋); `nil` without a clip.
  ///
  /// 1 for a σ that ``validate()`` refuses.
  public var rangeFactor: Int? {
    guard noise == .gaussianSound else { return nil }
    guard sigma.isFinite, noise.sigmas.contains(sigma) else { return 1 }
    return max(1, Int((6 * sigma).rounded(.down)))
  }

  /// The integers to which noisy 8-bit inputs are clipped, [−255k, 255(k+1)]; `nil` without a clip.
  public var integerRange: ClosedRange<Int>? {
    rangeFactor.map { -255 * $0...255 * ($0 + 1) }
  }

  /// Refuses a σ that is not a number within ``NoiseFamily/sigmas``.
  public func validate() throws(SmoothingError) {
    guard noise.sigmas.contains(sigma) else { throw .sigmaOutOfRange(sigma, noise) }
  }
}

extension NoiseFamily {
  /// The standard deviations that can be sampled, in units of the input.
  ///
  /// The alias table of the exact noise has up to 2¹⁶ columns, which bounds its σ.
  public var sigmas: ClosedRange<Double> {
    switch self {
    case .gaussianSound: 5e-4...16
    case .gaussian: 1e-6...1e6
    }
  }
}
