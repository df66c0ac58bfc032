import CertifyKernels

/// x + ση with η ~ N(0, I), in float32, σ rounded to float32.
///
/// η comes from Box–Muller on uniform numbers of 24 significant bits and angles of 32, computed to 10⁻⁶ of the
/// radius; |η| ≤ 6.67, beyond which a normal number lies with probability 3·10⁻¹¹.
struct GaussianNoise: FloatNoise {
  static let family = NoiseFamily.gaussian
  static let kernels = FloatKernels(
    real: { certify_gaussian_row($0, $1, $2, $3, $4, $5) },
    grid: { certify_gaussian_grid_row($0, $1, $2, $3, $4, $5) })
  let scale: Float
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) {
    scale = Float(smoothing.sigma)
    self.path = path
  }
}
