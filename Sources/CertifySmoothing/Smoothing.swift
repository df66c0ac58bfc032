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
  public var rangeFactor: Int? {
    switch noise {
    case .gaussianSound: max(1, Int((6 * sigma).rounded(.down)))
    case .gaussian: nil
    }
  }
}

/// What a set of noise samples is drawn for; samples of different purposes are independent.
public enum SamplePurpose: Sendable, Hashable {
  /// Choosing the class to certify.
  case selection
  /// Estimating its probability.
  case estimation
  /// Searching for a witness; `round` separates searches.
  case search(round: UInt16)
  /// Testing the candidate witness of this number: `selection` picks the rival class, the rest decides.
  case flipSelection(candidate: UInt16)
  case flipDecision(candidate: UInt16)
  /// Testing a contradiction again.
  case retestSelection
  case retestEstimation
  case retestFlipSelection
  case retestFlipDecision
}

/// How often f answered each class under noise.
public struct ClassCounts: Sendable, Equatable, Codable {
  /// One number a class.
  public var counts: [Int]
  /// Samples whose noise could not be drawn exactly; they count against every claim.
  public var failed: Int

  public init(counts: [Int], failed: Int) {
    self.counts = counts
    self.failed = failed
  }

  /// All samples n, failed ones included.
  public var samples: Int { counts.reduce(failed, +) }
}
