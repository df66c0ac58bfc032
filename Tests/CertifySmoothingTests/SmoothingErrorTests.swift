import CertifyEngine
import CertifyStatistics
import Testing

@testable import CertifySmoothing

@Test(arguments: NoiseFamily.allCases)
func sigmaMustBeInRange(noise: NoiseFamily) throws {
  let range = noise.sigmas
  for sigma in [
    0, -0.25, .nan, .infinity, -.infinity, range.upperBound.nextUp, range.lowerBound.nextDown, 1e300,
    .leastNonzeroMagnitude,
  ] as [Double] {
    let smoothing = Smoothing(noise: noise, sigma: sigma)
    #expect(throws: SmoothingError.self) { try smoothing.validate() }
    #expect(throws: SmoothingError.self) {
      _ = try NoiseGenerator(smoothing: smoothing, dimension: 4, seed: 0)
    }
    #expect(smoothing.rangeFactor == (noise.isRounded ? 1 : nil))
  }
  _ = try NoiseGenerator(smoothing: Smoothing(noise: noise, sigma: range.lowerBound), dimension: 4, seed: 0)
  let widest = Smoothing(noise: noise, sigma: range.upperBound)
  try widest.validate()
  // The exact noise's outcomes, the failed one included, must fit 2¹⁶ columns.
  if let integers = widest.integerRange { #expect(2 * integers.upperBound + 2 <= 1 << 16) }
}

@Test(arguments: [(0.0005, 1), (0.12, 1), (0.25, 1), (0.34, 2), (0.5, 3), (1, 6), (2, 12)])
func rangeFactorIsSixSigma(sigma: Double, factor: Int) {
  let smoothing = Smoothing(noise: .gaussianSound, sigma: sigma)
  #expect(smoothing.rangeFactor == factor)
  #expect(smoothing.integerRange == -255 * factor...255 * (factor + 1))
}

@Test(arguments: [0, -1, 1 << 40])
func dimensionMustBeInRange(dimension: Int) {
  #expect(throws: SmoothingError.dimensionOutOfRange(dimension)) {
    _ = try NoiseGenerator(
      smoothing: Smoothing(noise: .gaussian, sigma: 1), dimension: dimension, seed: 0)
  }
}

private func smoothed(_ noise: NoiseFamily, dimension: Int = 3) throws -> SmoothedClassifier {
  try SmoothedClassifier(
    classifier: linearClassifier(weights: [Float](repeating: 1, count: dimension), threshold: 0),
    smoothing: Smoothing(noise: noise, sigma: 0.25), seed: 0)
}

@Test(arguments: NoiseFamily.allCases.filter(\.needsGrid))
func exactNoiseNeedsTheGrid(noise: NoiseFamily) throws {
  let sound = try smoothed(noise)
  #expect(throws: SmoothingError.gridRequired(noise)) {
    _ = try sound.counts(at: .real([0, 0, 0]), input: 0, purpose: .estimation, samples: 0..<1)
  }
  #expect(throws: SmoothingError.gridRequired(noise)) {
    _ = try sound.flipTest(
      at: .real([0, 0, 0]), input: 0, candidate: 0, label: 0, beta: 0.1, selectionSamples: 1,
      maximumSamples: 1, retest: false)
  }
}

@Test(arguments: NoiseFamily.allCases)
func inputsMustHaveTheModelsSize(noise: NoiseFamily) throws {
  #expect(throws: SmoothingError.inputSize(expected: 3, found: 2)) {
    _ = try smoothed(noise).counts(at: .grid([0, 0]), input: 0, purpose: .estimation, samples: 0..<1)
  }
  let generator = try NoiseGenerator(
    smoothing: Smoothing(noise: noise, sigma: 1), dimension: 4, seed: 0)
  #expect(throws: SmoothingError.inputSize(expected: 3, found: 4)) {
    _ = try SmoothedClassifier(
      classifier: linearClassifier(weights: [1, 1, 1], threshold: 0), generator: generator)
  }
}

@Test func indicesMustFitAnAddress() throws {
  let x = SmoothingInput.grid([0, 0, 0])
  for input in [-1, 1 << 32] {
    #expect(throws: SmoothingError.inputIndexOutOfRange(input)) {
      _ = try smoothed(.gaussian).counts(at: x, input: input, purpose: .estimation, samples: 0..<1)
    }
  }
  for samples in [-1..<1, 0..<(1 << 32 + 1)] {
    #expect(throws: SmoothingError.samplesOutOfRange(samples)) {
      _ = try smoothed(.gaussian).counts(at: x, input: 0, purpose: .estimation, samples: samples)
    }
  }
  let last = try smoothed(.gaussian).counts(
    at: x, input: 1 << 32 - 1, purpose: .estimation, samples: (1 << 32 - 2)..<(1 << 32))
  #expect(last.samples == 2)
}

@Test func flipTestsAreChecked() throws {
  func test(label: Int, beta: Double = 0.1, selection: Int = 1, maximum: Int = 1) throws {
    _ = try smoothed(.gaussian).flipTest(
      at: .grid([0, 0, 0]), input: 0, candidate: 0, label: label, beta: beta, selectionSamples: selection,
      maximumSamples: maximum, retest: false)
  }
  #expect(throws: SmoothingError.labelOutOfRange(2, classCount: 2)) { try test(label: 2) }
  #expect(throws: SmoothingError.labelOutOfRange(-1, classCount: 2)) { try test(label: -1) }
  #expect(throws: SmoothingError.tooFewFlipSamples(selection: 0, decision: 1)) {
    try test(label: 0, selection: 0)
  }
  #expect(throws: SmoothingError.tooFewFlipSamples(selection: 1, decision: 0)) {
    try test(label: 0, maximum: 0)
  }
  for beta in [0, 1, -1, .nan] as [Double] {
    #expect(throws: StatisticsError.self) { try test(label: 0, beta: beta) }
  }
}

@Test func aFailingForwardPassIsPassedOn() throws {
  let classifier = FunctionClassifier(dimension: 1, classCount: 2, batchSize: 4) { row in
    [0, row[0] > 2 ? .nan : 1]
  }
  let smoothed = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: .gaussian, sigma: 1), seed: 0)
  #expect(throws: FunctionClassifier.NotANumber.self) {
    _ = try smoothed.counts(at: .real([0]), input: 0, purpose: .estimation, samples: 0..<1000)
  }
}

@Test func messagesNameTheFaultAndTheRemedy() {
  let message = "\(SmoothingError.sigmaOutOfRange(-1, .gaussianSound))"
  #expect(message.contains("sigma -1.0") && message.contains("gaussian-sound") && message.contains("16.0"))
  #expect("\(SmoothingError.gridRequired(.laplaceSound))".contains("choose the noise laplace"))
}
