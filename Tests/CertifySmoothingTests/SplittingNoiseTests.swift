import CertifyKernels
import Testing

@testable import CertifySmoothing

/// ⌈a⌉, min and max as the formula has them, in double precision.
private func middle(_ k: Int, tau: Int, splits: Int) -> Double {
  let width = Double(splits) / 255
  let s = (Double(tau) + 0.5) / 255
  let part = ((Double(k) / 255 - s) / width).rounded(.up)
  return (min(width * part + s, 1) + max(width * (part - 1) + s, 0)) / 2
}

@Test(arguments: [1, 2, 7, 100, 254, 255, 256, 400])
func splittingIsTheMiddleOfItsPart(splits: Int) {
  for tau in 0..<splits {
    for k in 0...255 {
      let value = Double(SplittingNoise.value(k, tau: tau, splits: splits))
      #expect(abs(value - middle(k, tau: tau, splits: splits)) < 1e-7, "\(k), \(tau)")
      // From one split an interval on there is one split at most: (1[k > s] + min(s, 1))/2.
      if splits >= 255 {
        let s = min((Double(tau) + 0.5) / 255, 1)
        #expect(abs(value - ((k > tau ? 1 : 0) + s) / 2) < 1e-7)
      }
    }
  }
}

/// Two values at a distance of D steps are told apart by min(D, M) of the M offsets, which is what the proof counts.
@Test(arguments: [3, 50, 255, 300])
func valuesAreToldApartAsOftenAsTheyDiffer(splits: Int) {
  for (a, b) in [(0, 1), (10, 12), (0, 255), (100, 190), (254, 255), (7, 7)] {
    let apart = (0..<splits).count {
      SplittingNoise.value(a, tau: $0, splits: splits) != SplittingNoise.value(b, tau: $0, splits: splits)
    }
    #expect(apart <= min(b - a, splits))
    if splits >= 255 { #expect(apart == b - a) }
  }
}

@Test func splitsAreTheSamplesOfTheNoise() throws {
  // M = ⌊2√3·255σ⌋.
  for (sigma, splits) in [(0.25, 220), (0.5, 441), (1.0, 883), (0.002, 1)] {
    #expect(Smoothing(noise: .splitting, sigma: sigma).splits == splits)
  }
  #expect(Smoothing(noise: .uniform, sigma: 0.25).splits == nil)
  let smoothing = Smoothing(noise: .splitting, sigma: 0.05)
  let noise = try NoiseGenerator(smoothing: smoothing, dimension: 40, seed: 5)
  let offsets = try #require(noise.splittingOffsets)
  let splits = try #require(smoothing.splits)
  #expect(offsets.count == 40 && offsets.allSatisfy { (0..<splits).contains($0) } && Set(offsets).count > 10)
  // Offsets are the same for every input and every purpose that decides, and others for another seed.
  let x = SmoothingInput.grid((0..<40).map { UInt8($0 * 6) })
  let rows = (0..<splits).map { noise.row(x, input: 0, purpose: .estimation, sample: $0) }
  #expect(rows == (0..<splits).map { noise.row(x, input: 9, purpose: .retestEstimation, sample: $0) })
  #expect(Set(rows).count > splits / 2)
  let other = try NoiseGenerator(smoothing: smoothing, dimension: 40, seed: 6)
  #expect(other.splittingOffsets != offsets)
  // A search sees every offset once, in another order.
  let searched = (0..<splits).map { noise.row(x, input: 0, purpose: .search(round: 3), sample: $0) }
  #expect(searched != rows && Set(searched) == Set(rows))
}

@Test func flipTestsOfSplittingNoiseAreExact() throws {
  let classifier = linearClassifier(weights: [1, 1], threshold: 0.9)
  let smoothed = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: .splitting, sigma: 0.25), seed: 2)
  for x in [[0, 0], [128, 128], [255, 255], [255, 0]] as [[UInt8]] {
    let counts = try #require(try smoothed.exactCounts(at: .grid(x)))
    #expect(counts.samples == 220 && counts.failed == 0)
    for label in [0, 1] {
      let result = try smoothed.flipTest(
        at: .grid(x), input: 3, candidate: 1, label: label, beta: 0.01, selectionSamples: 10,
        maximumSamples: 10, retest: false)
      #expect(result.outcome == (counts.mostFrequent == label ? .held : .flipped))
      #expect(result.beta == 0 && result.decision == counts && result.selection.samples == 0)
    }
  }
  let sampled = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: .uniform, sigma: 0.25), seed: 2)
  #expect(try sampled.exactCounts(at: .grid([0, 0])) == nil)
}
