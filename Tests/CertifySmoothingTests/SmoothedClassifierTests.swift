import CertifyEngine
import CertifyKernels
import CertifyStatistics
import Testing

@testable import CertifySmoothing

private let weights: [Float] = (0..<200).map { Float(($0 * 7919) % 13) / 13 - 0.4 }
private let clean = zip(weights, integers).reduce(0.0) { $0 + Double($1.0) * Double($1.1) / 255 }
private let integers: [UInt8] = (0..<200).map { UInt8(($0 * 31) % 256) }

/// Three classes by where the one coordinate falls.
private func thirds(_ cuts: (Float, Float), batchSize: Int) -> FunctionClassifier {
  FunctionClassifier(dimension: 1, classCount: 3, batchSize: batchSize) { row in
    [row[0] < cuts.0 ? 1 : 0, row[0] >= cuts.0 && row[0] < cuts.1 ? 1 : 0, row[0] >= cuts.1 ? 1 : 0]
  }
}

/// w·(x+η) > t has probability Φ((w·x − t) / (σ‖w‖)): the counts lie within 4.5 standard deviations of it.
/// (Sums of 200 uniform or Laplace numbers differ from normal ones by 10⁻³. Rounding to the grid adds 1/12 of a step squared to 64² of them: 10⁻⁵ of a standard deviation.)
@Test(
  arguments: [NoiseFamily.gaussianSound, .gaussian, .uniformSound, .uniform, .laplace], [-1.0, 0.0, 0.3, 2.0])
func countsOfALinearClassifierHaveItsProbability(noise: NoiseFamily, margin: Double) throws {
  let sigma = 0.25
  let norm = weights.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  let classifier = linearClassifier(weights: weights, threshold: Float(clean - margin * sigma * norm))
  let smoothed = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: noise, sigma: sigma), seed: 11)
  let n = 40_000
  let counts = try smoothed.counts(at: .grid(integers), input: 2, purpose: .estimation, samples: 0..<n)
  #expect(counts.samples == n && counts.failed == 0)
  #expect(abs(binomialScore(counts.counts[1], n, normalCDF(margin))) < 4.5)
}

/// On one coordinate the exact noise has P[k + n ≥ t] = Φ((k − t + ½) / (255σ)).
@Test(arguments: [90, 128, 129, 200])
func exactNoiseHasTheProbabilityOfItsCells(threshold: Int) throws {
  let sigma = 0.25
  let classifier = linearClassifier(weights: [1], threshold: (Float(threshold) - 0.5) / 255)
  let smoothed = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: .gaussianSound, sigma: sigma), seed: 12)
  let n = 250_000
  let counts = try smoothed.counts(at: .grid([128]), input: 0, purpose: .estimation, samples: 0..<n)
  let p = normalCDF((128.5 - Double(threshold)) / (255 * sigma))
  #expect(abs(binomialScore(counts.counts[1], n, p)) < 4.5)
}

@Test(arguments: NoiseFamily.sampled)
func countsDoNotDependOnBatchesOrSplits(noise: NoiseFamily) throws {
  let smoothing = Smoothing(noise: noise, sigma: 0.5)
  func counts(batchSize: Int, _ samples: Range<Int>) throws -> ClassCounts {
    let classifier = linearClassifier(weights: weights, threshold: Float(clean), batchSize: batchSize)
    let smoothed = try SmoothedClassifier(classifier: classifier, smoothing: smoothing, seed: 3)
    return try smoothed.counts(at: .grid(integers), input: 1, purpose: .selection, samples: samples)
  }
  let whole = try counts(batchSize: 64, 0..<1000)
  #expect(whole.counts.allSatisfy { $0 > 100 })
  for batchSize in [1, 7, 1000, 1024] { #expect(try counts(batchSize: batchSize, 0..<1000) == whole) }
  var sum = [0, 0]
  for part in [0..<1, 1..<1, 1..<130, 130..<999, 999..<1000] {
    let some = try counts(batchSize: 32, part)
    #expect(some.samples == part.count)
    for k in 0..<2 { sum[k] += some.counts[k] }
  }
  #expect(sum == whole.counts)
}

@Test func everyPartOfTheAddressChangesTheNoise() throws {
  let classifier = FunctionClassifier(dimension: 1, classCount: 64, batchSize: 16) { row in
    (0..<64).map { -abs(row[0] - Float($0 - 32) / 16) }
  }
  func counts(seed: UInt64, input: Int, _ purpose: SamplePurpose, _ samples: Range<Int>) throws -> [Int] {
    let smoothing = Smoothing(noise: .gaussian, sigma: 1)
    let smoothed = try SmoothedClassifier(classifier: classifier, smoothing: smoothing, seed: seed)
    return try smoothed.counts(at: .real([0]), input: input, purpose: purpose, samples: samples).counts
  }
  let all = try [
    counts(seed: 1, input: 0, .estimation, 0..<300),
    counts(seed: 2, input: 0, .estimation, 0..<300),
    counts(seed: 1 << 32 | 1, input: 0, .estimation, 0..<300),
    counts(seed: 1, input: 1, .estimation, 0..<300),
    counts(seed: 1, input: 0, .selection, 0..<300),
    counts(seed: 1, input: 0, .estimation, 300..<600),
    counts(seed: 1, input: 0, .search(round: 0), 0..<300),
    counts(seed: 1, input: 0, .search(round: 1), 0..<300),
  ]
  #expect(Set(all).count == all.count)
  #expect(try counts(seed: 1, input: 0, .estimation, 0..<300) == all[0])
}

/// A quarter of the draws of a coordinate fail: 1 − (3/4)ᵈ of the samples do, and never one because of the
/// lanes beyond the row.
@Test(arguments: paths, [1, 3, 66])
func failedSamplesAreCounted(path: certify_path, dimension: Int) throws {
  let quarter = AliasTable.total / 4
  let noise = try IntegerNoise(cells: [quarter, quarter, quarter], failed: quarter, range: -255...510)
  let generator = try NoiseGenerator(
    smoothing: Smoothing(noise: .gaussianSound, sigma: 0.25), dimension: dimension, seed: 5, path: path,
    law: SoundGaussianNoise(integers: noise, path: path))
  let n = 20_000
  var results: [ClassCounts] = []
  for batchSize in [1, 50] {
    let classifier = linearClassifier(
      weights: [1] + [Float](repeating: 0, count: dimension - 1), threshold: 0.5, batchSize: batchSize)
    let smoothed = try SmoothedClassifier(classifier: classifier, generator: generator)
    let x = SmoothingInput.grid([UInt8](repeating: 128, count: dimension))
    results.append(try smoothed.counts(at: x, input: 0, purpose: .estimation, samples: 0..<n))
    #expect(classifier.passes.reduce(0, +) == n - results[0].failed)
  }
  #expect(results[0] == results[1])
  #expect(results[0].samples == n)
  var survive = 1.0
  for _ in 0..<dimension { survive *= 0.75 }
  if dimension < 10 { #expect(abs(binomialScore(results[0].failed, n, 1 - survive)) < 4.5) }
  if dimension > 10 { #expect(results[0].failed >= n - 3) }
}

@Test(arguments: [1, 32, 100])
func flipTestTellsFlippedFromHeld(batchSize: Int) throws {
  // P of the three classes around x = 0 with σ = 1: 0.45, 0.30, 0.25.
  let classifier = thirds((-0.125661, 0.674490), batchSize: batchSize)
  let smoothed = try SmoothedClassifier(
    classifier: classifier, smoothing: Smoothing(noise: .gaussian, sigma: 1), seed: 8)
  func test(label: Int, maximum: Int, candidate: UInt16 = 0, retest: Bool = false) throws -> FlipTestResult {
    try smoothed.flipTest(
      at: .real([0]), input: 4, candidate: candidate, label: label, beta: 1e-3, selectionSamples: 200,
      maximumSamples: maximum, retest: retest)
  }
  let held = try test(label: 0, maximum: 20_000)
  #expect(held.outcome == .held && held.rival == 1 && held.labelHits < held.samples / 2)
  let flipped = try test(label: 2, maximum: 20_000)
  #expect(flipped.outcome == .flipped && flipped.rival == 0 && flipped.rivalHits > flipped.labelHits)
  let short = try test(label: 2, maximum: 20)
  #expect(short.outcome == .inconclusive && short.samples == 20)
  #expect(flipped.selection.samples == 200 && flipped.beta == 1e-3)
  let others = try [
    test(label: 2, maximum: 20, candidate: 1), test(label: 2, maximum: 20, retest: true),
  ]
  #expect(Set((others + [short]).map(\.selection.counts)).count == 3)
  // The retest's noise belongs to no candidate.
  #expect(try test(label: 2, maximum: 20, candidate: 9, retest: true) == others[1])
}

@Test func flipTestDoesNotDependOnTheBatchSize() throws {
  let results = try [1, 5, 16, 33, 500].map { batchSize in
    let smoothed = try SmoothedClassifier(
      classifier: thirds((-0.2, 0.7), batchSize: batchSize),
      smoothing: Smoothing(noise: .gaussian, sigma: 1), seed: 8)
    return try smoothed.flipTest(
      at: .real([0]), input: 0, candidate: 3, label: 1, beta: 0.01, selectionSamples: 50,
      maximumSamples: 5001, retest: false)
  }
  #expect(results[0].outcome == .flipped)
  #expect(results.allSatisfy { $0 == results[0] })
}

/// Failed samples speak for the label: with most of them failing nothing is flipped, and nothing held.
@Test func failedSamplesCountAgainstBothClaims() throws {
  let cell = AliasTable.total / 4
  let noise = try IntegerNoise(cells: [0, cell, 0], failed: 3 * cell, range: -255...510)
  let generator = try NoiseGenerator(
    smoothing: Smoothing(noise: .gaussianSound, sigma: 0.25), dimension: 1, seed: 5,
    path: certify_best_path(), law: SoundGaussianNoise(integers: noise, path: certify_best_path()))
  for label in [0, 1] {
    let smoothed = try SmoothedClassifier(
      classifier: linearClassifier(weights: [1], threshold: 0.5), generator: generator)
    let result = try smoothed.flipTest(
      at: .grid([200]), input: 0, candidate: 0, label: label, beta: 0.05, selectionSamples: 100,
      maximumSamples: 4000, retest: false)
    #expect(result.outcome == .inconclusive)
    #expect(result.samples == 4000 && result.decision.counts[1] + result.decision.failed == 4000)
  }
}
