import CertifyKernels
import CertifyStatistics

/// clip(k + n)/255 where n has Laplace's law of scale 255λ, λ = σ/√2, rounded to integers, drawn exactly.
struct SoundLaplaceNoise: RoundedNoise {
  static let family = NoiseFamily.laplaceSound
  static let sigmas = 5e-4...16.0
  let integers: IntegerNoise
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) throws {
    let range = smoothing.integerRange ?? -255...510
    let law = try RoundedLaplace(lambda: smoothing.lambda ?? 0, reach: range.upperBound)
    try self.init(integers: IntegerNoise(law, range: range), path: path)
  }

  init(integers: IntegerNoise, path: certify_path) {
    self.integers = integers
    self.path = path
  }
}
