import CertifyKernels

/// Deterministic splitting noise (DSSN) for 8-bit data.
///
/// The interval [0, 1] of every coordinate is split at s_i + j·M/255, s_i = (τ_i + ½)/255 with
/// τ_i = (t_i + o) mod M, and a value is replaced by the middle of the part it falls into:
///
///     x̃_i = ½ [min(s_i + j·M/255, 1) + max(s_i + (j − 1)·M/255, 0)],   j = ⌈(k_i − τ_i − ½)/M⌉.
///
/// The M samples are the offsets o = 0 … M−1: all of them make g exactly. t_i ∈ {0 … M−1} is drawn once for all
/// inputs, from the seed. Between two points of the grid at a distance of D/255 in ℓ₁ at most D of the M samples
/// differ. (Levine and Feizi 2021, "Improved, deterministic smoothing for ℓ1 certified robustness",
/// arXiv:2103.10834.)
struct SplittingNoise: NoiseLaw {
  static let family = NoiseFamily.splitting
  static let sigmas = 2e-3...64.0
  /// M.
  let splits: Int
  /// t_i.
  let offsets: [Int]
  /// A step without a common divisor with M, near its golden section.
  private let stride: Int

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) {
    splits = smoothing.splits ?? 1
    offsets = Self.offsets(splits: splits, dimension: dimension, seed: seed, path: path)
    var stride = max(1, Int(Double(splits) * 0.6180339887))
    while Self.greatestDivisor(stride, splits) > 1 { stride += 1 }
    self.stride = stride
  }

  /// t_i = ⌊w_i M / 2³²⌋ for the random words w_i of the purpose that nothing else draws for.
  static func offsets(splits: Int, dimension: Int, seed: UInt64, path: certify_path) -> [Int] {
    var address = certify_noise_address(seed: seed, input: 0, purpose: .splittingOffsets, sample: 0)
    var words = [UInt32](repeating: 0, count: dimension)
    certify_words(path, &address, &words, dimension)
    return words.map { Int((UInt64($0) * UInt64(splits)) >> 32) }
  }

  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int, seed: UInt64,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard case .grid(let point) = x else { return false }
    let offset = offset(purpose, sample: sample)
    for i in row.indices {
      var tau = offsets[i] + offset
      if tau >= splits { tau -= splits }
      row[i] = Self.value(Int(point[i]), tau: tau, splits: splits)
    }
    return true
  }

  /// x̃_i of k_i = `k`; the float nearest to it.
  static func value(_ k: Int, tau: Int, splits: Int) -> Float {
    let j = k > tau ? (k - tau - 1) / splits + 1 : 0
    // In units of 1/510.
    let upper = min(2 * (tau + j * splits) + 1, 510)
    let lower = max(2 * (tau + (j - 1) * splits) + 1, 0)
    return Float(upper + lower) / 1020
  }

  /// Every M consecutive samples have every offset once; those of a search come in an order that spreads few of them.
  private func offset(_ purpose: SamplePurpose, sample: Int) -> Int {
    guard case .search(let round) = purpose else { return sample % splits }
    return (Int(round) * 7919 + sample % splits * stride) % splits
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
