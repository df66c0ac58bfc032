import CertifyKernels

/// x + λu with u uniform on [−1, 1]ᵈ, λ = √3σ, in float32; u has 24 significant bits.
struct UniformNoise: FloatNoise {
  static let family = NoiseFamily.uniform
  static let kernels = FloatKernels(
    real: { certify_uniform_row($0, $1, $2, $3, $4, $5) },
    grid: { certify_uniform_grid_row($0, $1, $2, $3, $4, $5) })
  let scale: Float
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) {
    scale = Float(smoothing.lambda ?? smoothing.sigma)
    self.path = path
  }
}
