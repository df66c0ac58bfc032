import CertifyKernels

/// Noise that is drawn and added in float32: its certificates hold in real arithmetic only.
protocol FloatNoise: NoiseLaw {
  /// The kernels that write x + scale · n, for real data and for x = k/255.
  static var kernels: FloatKernels { get }
  var scale: Float { get }
  var path: certify_path { get }
}

/// A law's kernels.
struct FloatKernels: Sendable {
  typealias Kernel<Element> =
    @Sendable (
      certify_path, UnsafePointer<certify_noise_address>, Float, UnsafePointer<Element>?,
      UnsafeMutablePointer<Float>?, Int
    ) -> Void

  let real: Kernel<Float>
  let grid: Kernel<UInt8>
}

extension FloatNoise {
  static var sigmas: ClosedRange<Double> { 1e-6...1e6 }

  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int, seed: UInt64,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    var address = certify_noise_address(seed: seed, input: input, purpose: purpose, sample: sample)
    switch x {
    case .grid(let integers):
      integers.withUnsafeBufferPointer {
        Self.kernels.grid(path, &address, scale, $0.baseAddress, row.baseAddress, row.count)
      }
    case .real(let values):
      values.withUnsafeBufferPointer {
        Self.kernels.real(path, &address, scale, $0.baseAddress, row.baseAddress, row.count)
      }
    }
    return true
  }
}
