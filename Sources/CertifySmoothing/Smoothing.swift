/// A family of smoothing noise.
public enum NoiseFamily: String, Sendable, Codable, CaseIterable {
  /// N(0, σ²I) rounded to the grid of 8-bit data and sampled exactly; certificates hold for the program that runs.
  case gaussianSound = "gaussian-sound"
  /// N(0, σ²I) in floating point; certificates hold in real arithmetic.
  case gaussian
  /// Uniform on [−λ, λ]ᵈ, rounded to the grid of 8-bit data and sampled exactly.
  case uniformSound = "uniform-sound"
  /// Uniform on [−λ, λ]ᵈ, in floating point.
  case uniform
  /// Laplace's law of scale λ in each coordinate, rounded to the grid of 8-bit data and sampled exactly.
  case laplaceSound = "laplace-sound"
  /// Laplace's law of scale λ in each coordinate, in floating point.
  case laplace
  /// Deterministic splitting noise of 8-bit data: M samples that are the whole law.
  case splitting
}

extension NoiseFamily {
  /// Whether it is defined on the grid of 8-bit data only.
  public var needsGrid: Bool { isRounded || self == .splitting }

  /// Whether noisy values are integers, clipped to ``Smoothing/integerRange``.
  var isRounded: Bool {
    switch self {
    case .gaussianSound, .uniformSound, .laplaceSound: true
    case .gaussian, .uniform, .laplace, .splitting: false
    }
  }

  /// Whether what is sampled has exactly the law that certificates speak of, in floating point too.
  public var isFloatSound: Bool { needsGrid }

  /// Whether the smoothed classifier is computed and not estimated: no probability of error is left.
  public var isDeterministic: Bool { self == .splitting }

  /// The family of the same law that any data can have.
  public var inFloatingPoint: NoiseFamily {
    switch self {
    case .gaussianSound, .gaussian: .gaussian
    case .uniformSound, .uniform, .splitting: .uniform
    case .laplaceSound, .laplace: .laplace
    }
  }
}

/// Everything besides f, and the seed of ``NoiseFamily/splitting``, that defines the smoothed classifier
/// g(x) = argmax_c P[f(x + η) = c].
public struct Smoothing: Sendable, Equatable, Codable {
  /// The law of η, up to its scale.
  public var noise: NoiseFamily
  /// The standard deviation of a coordinate of the noise, in the units of the input; > 0.
  ///
  /// Of the splitting noise, that of the uniform noise with the same ℓ₁ certificates.
  public var sigma: Double

  public init(noise: NoiseFamily, sigma: Double) {
    self.noise = noise
    self.sigma = sigma
  }

  /// λ, in double precision: √3σ of the uniform and of the splitting noise, σ/√2 of Laplace's; `nil` of the others.
  public var lambda: Double? {
    switch noise {
    case .gaussian, .gaussianSound: nil
    case .uniform, .uniformSound, .splitting: 3.0.squareRoot() * sigma
    case .laplace, .laplaceSound: sigma / 2.0.squareRoot()
    }
  }

  /// M = ⌊2λ·255⌋, the samples that the splitting noise has, at least 1; `nil` of the others.
  ///
  /// 1 for a σ that ``validate()`` refuses.
  public var splits: Int? {
    guard noise == .splitting, let lambda else { return nil }
    guard sigma.isFinite, noise.sigmas.contains(sigma) else { return 1 }
    return max(1, Int((2 * lambda * 255).rounded(.down)))
  }

  /// k of the range [−255k, 255(k+1)] to which noisy 8-bit inputs are clipped: max(1, ⌊6σ⌋); `nil` without a clip.
  ///
  /// 1 for a σ that ``validate()`` refuses.
  public var rangeFactor: Int? {
    guard noise.isRounded else { return nil }
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
