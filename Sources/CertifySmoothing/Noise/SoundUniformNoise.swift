import CertifyKernels
import CertifyStatistics

/// clip(k + n)/255 where n is uniform on [−255λ, 255λ], λ = √3σ, rounded to integers, drawn exactly.
struct SoundUniformNoise: RoundedNoise {
  static let family = NoiseFamily.uniformSound
  static let sigmas = 5e-4...16.0
  let integers: IntegerNoise
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) throws {
    let range = smoothing.integerRange ?? -255...510
    let law = try RoundedUniform(lambda: smoothing.lambda ?? 0, reach: range.upperBound)
    try self.init(integers: IntegerNoise(law, range: range), path: path)
  }

  init(integers: IntegerNoise, path: certify_path) {
    self.integers = integers
    self.path = path
  }
}
