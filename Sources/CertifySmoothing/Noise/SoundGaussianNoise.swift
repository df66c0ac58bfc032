import CertifyKernels
import CertifyStatistics

/// clip(k + n)/255 where n is N(0, (255σ)²) rounded to integers, drawn exactly.
struct SoundGaussianNoise: RoundedNoise {
  static let family = NoiseFamily.gaussianSound
  static let sigmas = 5e-4...16.0
  let integers: IntegerNoise
  let path: certify_path

  init(smoothing: Smoothing, dimension: Int, seed: UInt64, path: certify_path) throws {
    let range = smoothing.integerRange ?? -255...510
    let law = try RoundedNormal(sigma: smoothing.sigma, reach: range.upperBound)
    try self.init(integers: IntegerNoise(law, range: range), path: path)
  }

  init(integers: IntegerNoise, path: certify_path) {
    self.integers = integers
    self.path = path
  }
}
