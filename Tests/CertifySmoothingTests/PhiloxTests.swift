import CertifyKernels
import Testing

@testable import CertifySmoothing

/// The known answers published with Salmon et al. 2011 (Random123, `philox4x32 10`).
@Test(arguments: [
  ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
  (
    [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
    [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
  ),
  (
    [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
    [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
  ),
])
func philoxGivesThePublishedAnswers(counter: [UInt32], key: [UInt32], answer: [UInt32]) {
  var output = [UInt32](repeating: 0, count: 4)
  certify_philox4x32(counter, key, &output)
  #expect(output == answer)
}

@Test(arguments: paths, [1, 63, 64, 65, 784, 3072])
func wordsOfARowAreTheScalarGenerators(path: certify_path, count: Int) {
  for (seed, sample, input, purpose) in [
    (0, 0, 0, 0), (0xffff_ffff_ffff_ffff, 0xffff_ffff, 0xffff_ffff, 0x7fff_ffff),
    (0x0123_4567_89ab_cdef, 99_999, 9_999, 0x0003_0007),
  ] as [(UInt64, UInt32, UInt32, UInt32)] {
    var address = certify_noise_address(seed: seed, sample: sample, input: input, purpose: purpose)
    var words = [UInt32](repeating: 0, count: count)
    certify_words(path, &address, &words, count)
    for coordinate in 0..<count {
      #expect(words[coordinate] == UInt32(referenceBits(address, coordinate: coordinate) >> 28))
    }
  }
}

@Test func everyPurposeHasAWordOfItsOwn() {
  var purposes: [SamplePurpose] = [
    .selection, .estimation, .retestSelection, .retestEstimation, .retestFlipSelection, .retestFlipDecision,
    .splittingOffsets,
  ]
  for number in [0, 1, 2, 255, 256, .max] as [UInt16] {
    purposes += [.search(round: number), .flipSelection(candidate: number), .flipDecision(candidate: number)]
  }
  let words = Set(purposes.map(\.word))
  #expect(words.count == purposes.count)
  #expect(words.allSatisfy { $0 < 1 << 31 })
}

/// Noise of any two addresses that differ in one part is uncorrelated: the mean product of 2¹⁶ pairs has
/// standard deviation 2⁻⁸, and all 15 of them lie within 5 of those.
@Test func noiseOfDifferentAddressesIsUncorrelated() throws {
  let count = 1 << 16
  let zero = SmoothingInput.real([Float](repeating: 0, count: count))
  let smoothing = Smoothing(noise: .gaussian, sigma: 1)
  let one = try NoiseGenerator(smoothing: smoothing, dimension: count, seed: 1)
  let two = try NoiseGenerator(smoothing: smoothing, dimension: count, seed: 2)
  let rows = try [
    one.row(zero, input: 0, purpose: .estimation, sample: 0),
    one.row(zero, input: 0, purpose: .estimation, sample: 1),
    one.row(zero, input: 1, purpose: .estimation, sample: 0),
    one.row(zero, input: 0, purpose: .selection, sample: 0),
    one.row(zero, input: 0, purpose: .flipDecision(candidate: 1), sample: 0),
    two.row(zero, input: 0, purpose: .estimation, sample: 0),
  ].map { try #require($0) }
  for i in rows.indices {
    for j in 0..<i {
      let product = zip(rows[i], rows[j]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / Double(count)
      #expect(abs(product) < 5 / Double(count).squareRoot(), "rows \(i) and \(j)")
    }
  }
}
