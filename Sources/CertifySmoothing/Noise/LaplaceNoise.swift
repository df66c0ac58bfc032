import CertifyKernels

/// x + λe with e of Laplace's law of scale 1, λ = σ/√2, in float32.
///
/// |e| is the logarithm of a uniform number of 24 significant bits; |e| ≤ 22.2, beyond which it lies with probability
/// 2·10⁻¹⁰.
struct LaplaceNoise: FloatNoise {
  static let family = NoiseFamily.laplace
  static let kernels = FloatKernels(
    real: { certify_laplace_row($0, $1, $2, $3, $4, $5) },
    grid: { certify_laplace_grid_row($0, $1, $2, $3, $4, $5) })
  let scale: Float
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) {
    scale = Float(smoothing.lambda ?? smoothing.sigma)
    self.path = path
  }
}
