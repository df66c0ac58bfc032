import CertifyKernels

/// Noise rounded to the grid of 8-bit data and drawn exactly: its certificates hold for the program that runs.
///
/// With Q rounding to G = (ℤ/255)ᵈ and f̃(u) = f(clip(Q(u))), the theorem of the family speaks of
/// g̃(u) = argmax_c P[f̃(u + η) = c] on ℝᵈ. For x ∈ G, Q(x + η) = x + Q(η) almost surely, so that adding integers
/// drawn with the law of Q(η) draws f̃(x + η) exactly, and on G the program computes g̃. The argument asks nothing
/// of the law of η but that it has a density. (Voráček and Hein 2022, arXiv:2207.07209.)
protocol RoundedNoise: NoiseLaw {
  var integers: IntegerNoise { get }
  var path: certify_path { get }
}

extension RoundedNoise {
  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int, seed: UInt64,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    guard case .grid(let point) = x else { return false }
    var address = certify_noise_address(seed: seed, input: input, purpose: purpose, sample: sample)
    return integers.withKernelTable { table in
      point.withUnsafeBufferPointer {
        certify_integer_row(path, &address, table, $0.baseAddress, row.baseAddress, row.count)
      }
    }
  }
}
