import CertifyEngine
import Testing
import _CertifyTestSupport

@testable import CertifySmoothing

/// The noise of a leading linear layer, against the direct sampler and against its law.
struct LinearNoiseTests {
  private static let sigma = 0.5
  private static let smoothing = Smoothing(noise: .gaussian, sigma: sigma)

  /// A layer with numbers in (−1, 1); with `isSingular`, one row is 0 and two are equal.
  private static func layer(
    outputs: Int, inputs: Int, isSingular: Bool = false, seed: UInt64 = 5
  ) -> LeadingLayer {
    var random = SplitMix(seed: seed)
    var weights = (0..<outputs * inputs).map { _ in Float(2 * random.unit() - 1) }
    if isSingular {
      for i in 0..<inputs {
        weights[inputs + i] = 0
        weights[2 * inputs + i] = weights[i]
      }
    }
    return LeadingLayer(
      inputCount: inputs, outputCount: outputs, weights: weights,
      bias: (0..<outputs).map { _ in Float(2 * random.unit() - 1) })
  }

  private static let cases: [(outputs: Int, inputs: Int, isSingular: Bool)] = [
    (1, 2, false), (3, 40, false), (10, 64, true), (37, 200, false), (64, 65, true),
  ]

  /// LLᵀ = σ²WWᵀ up to the rounding of L to single precision, with as many columns as W has rank.
  @Test(arguments: cases)
  func factorHasTheCovariance(_ outputs: Int, _ inputs: Int, _ isSingular: Bool) throws {
    let layer = Self.layer(outputs: outputs, inputs: inputs, isSingular: isSingular)
    let noise = try #require(try LinearNoise(layer: layer, smoothing: Self.smoothing, seed: 1))
    #expect(noise.rank == (isSingular ? outputs - 2 : outputs))
    let size = (0..<outputs).map { row in Self.covariance(layer, row, row).squareRoot() }
    for a in 0..<outputs {
      for b in 0..<outputs {
        let found = (0..<noise.rank).reduce(0.0) { sum, k in
          sum + Double(noise.factor[a * noise.rank + k]) * Double(noise.factor[b * noise.rank + k])
        }
        #expect(abs(found - Self.covariance(layer, a, b)) <= 3e-7 * size[a] * size[b], "\(a), \(b)")
      }
    }
  }

  /// σ²(WWᵀ)ₐᵦ.
  private static func covariance(_ layer: LeadingLayer, _ a: Int, _ b: Int) -> Double {
    let d = layer.inputCount
    return (0..<d).reduce(0.0) {
      $0 + sigma * sigma * Double(layer.weights[a * d + $1]) * Double(layer.weights[b * d + $1])
    }
  }

  @Test func affinePartIsExact() throws {
    let layer = Self.layer(outputs: 10, inputs: 64)
    let noise = try #require(try LinearNoise(layer: layer, smoothing: Self.smoothing, seed: 1))
    let integers = (0..<64).map { UInt8($0 * 4) }
    let expected = (0..<10).map { row in
      Float(
        (0..<64).reduce(Double(layer.bias[row])) {
          $0 + Double(layer.weights[row * 64 + $1]) * (Double(integers[$1]) / 255)
        })
    }
    #expect(noise.mean(at: .grid(integers)) == expected)
    let real = integers.map { Float($0) / 255 }
    for (found, mean) in zip(noise.mean(at: .real(real)), expected) { #expect(abs(found - mean) <= 1e-5) }
  }

  /// Along any direction u, u·Ln is normal with variance σ²‖Wᵀu‖². A score beyond 5 has probability 6·10⁻⁷ if
  /// that is so; 40 are looked at. The direct sampler passes the same test.
  @Test(arguments: [true, false])
  func drawnNoiseHasTheLaw(_ isSingular: Bool) throws {
    let (h, d, n) = (12, 50, 20_000)
    let layer = Self.layer(outputs: h, inputs: d, isSingular: isSingular)
    let noise = try #require(try LinearNoise(layer: layer, smoothing: Self.smoothing, seed: 9))
    let direct = try NoiseGenerator(smoothing: Self.smoothing, dimension: d, seed: 9)
    let x = SmoothingInput.real([Float](repeating: 0, count: d))
    var random = SplitMix(seed: 4)
    for _ in 0..<10 {
      let u = (0..<h).map { _ in 2 * random.unit() - 1 }
      let pulled = (0..<d).map { i in (0..<h).reduce(0.0) { $0 + u[$1] * Double(layer.weights[$1 * d + i]) } }
      let variance = Self.sigma * Self.sigma * pulled.reduce(0) { $0 + $1 * $1 }
      let along = (0..<noise.rank).map { k in
        (0..<h).reduce(0.0) { $0 + u[$1] * Double(noise.factor[$1 * noise.rank + k]) }
      }
      var row = [Float](repeating: 0, count: noise.rank)
      let exact = (0..<n).map { sample in
        row.withUnsafeMutableBufferPointer {
          noise.write(input: 3, purpose: .estimation, sample: sample, into: $0)
        }
        return zip(along, row).reduce(0.0) { $0 + $1.0 * Double($1.1) }
      }
      let other = (0..<n).map { sample in
        zip(pulled, direct.row(x, input: 3, sample: sample) ?? []).reduce(0.0) { $0 + $1.0 * Double($1.1) }
      }
      for values in [exact, other] {
        let mean = values.reduce(0, +) / Double(n)
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(n)
        #expect(abs(mean) * (Double(n) / variance).squareRoot() < 5)
        #expect(abs(square / variance - 1) * (Double(n) / 2).squareRoot() < 5)
      }
    }
  }

  /// Both samplers' class counts come from one law: the χ² test of two samples errs with probability 10⁻⁶.
  @Test func classesAreAsLikelyAsDirectly() throws {
    let n = 40_000
    let layer = Self.layer(outputs: 6, inputs: 30)
    let x = SmoothingInput.real((0..<30).map { Float($0 % 7) / 7 })
    let direct = try SmoothedClassifier(
      classifier: Self.argmaxOfLayer(layer), smoothing: Self.smoothing, seed: 2)
    let exact = try Self.exactClassifier(layer, seed: 2)
    #expect(direct.sampler == .direct)
    #expect(exact.sampler == .exactLinear)
    let a = try direct.counts(at: x, input: 1, purpose: .estimation, samples: 0..<n).counts
    let b = try exact.counts(at: x, input: 1, purpose: .estimation, samples: 0..<n).counts
    #expect(a.filter { $0 > 1000 }.count >= 3, "the input is one where several classes are likely")
    var statistic = 0.0
    var degrees = -1
    for (left, right) in zip(a, b) where left + right > 10 {
      let half = Double(left + right) / 2
      statistic += 2 * (Double(left) - half) * (Double(left) - half) / half
      degrees += 1
    }
    #expect(chiSquareTail(statistic, degrees: degrees) > 1e-6, "\(a) and \(b)")
    #expect(a != b, "the samplers draw numbers of their own")
  }

  @Test func countsDoNotDependOnBatchesSplitsOrTeams() throws {
    let layer = Self.layer(outputs: 5, inputs: 20)
    let x = SmoothingInput.real((0..<20).map { Float($0 % 5) / 9 })
    func counts(_ batchSize: Int, _ samples: Range<Int>) throws -> ClassCounts {
      try Self.exactClassifier(layer, seed: 3, batchSize: batchSize)
        .counts(at: x, input: 0, purpose: .selection, samples: samples)
    }
    let whole = try counts(64, 0..<3000)
    for batchSize in [1, 7, 512] { #expect(try counts(batchSize, 0..<3000) == whole) }
    var sum = try counts(64, 0..<1)
    sum += try counts(64, 1..<1999)
    sum += try counts(64, 1999..<3000)
    #expect(sum == whole)
    for size in 1...4 {
      let members = try (0..<size).map { _ in try Self.exactClassifier(layer, seed: 3) }
      let team = SmoothedTeam(leader: members[0], helpers: Array(members.dropFirst()))
      #expect(try team.counts(at: x, input: 0, purpose: .selection, samples: 0..<3000) == whole, "\(size)")
    }
  }

  @Test func itAppliesToNarrowLayersUnderGaussianNoiseOnly() throws {
    let narrow = Self.layer(outputs: 4, inputs: 5)
    let sound = Smoothing(noise: .gaussianSound, sigma: 0.5)
    #expect(try LinearNoise(layer: narrow, smoothing: Self.smoothing, seed: 0) != nil)
    #expect(try LinearNoise(layer: narrow, smoothing: sound, seed: 0) == nil)
    #expect(
      try LinearNoise(layer: Self.layer(outputs: 5, inputs: 5), smoothing: Self.smoothing, seed: 0) == nil)
    #expect(throws: SmoothingError.sigmaOutOfRange(-1, .gaussian)) {
      _ = try LinearNoise(layer: narrow, smoothing: Smoothing(noise: .gaussian, sigma: -1), seed: 0)
    }
  }

  /// A layer of zeros has no noise at all.
  @Test func layerOfZerosAnswersItsBias() throws {
    let layer = LeadingLayer(
      inputCount: 9, outputCount: 3, weights: [Float](repeating: 0, count: 27), bias: [1, 3, 2])
    let counts = try Self.exactClassifier(layer, seed: 0)
      .counts(
        at: .real([Float](repeating: 1, count: 9)), input: 0, purpose: .estimation, samples: 0..<100)
    #expect(counts.counts == [0, 100, 0])
  }

  @Test func samplingOfAnotherNoiseIsRefused() throws {
    let layer = Self.layer(outputs: 3, inputs: 8)
    #expect(throws: SmoothingError.inconsistentSampling) {
      _ = try Self.exactClassifier(layer, seed: 0, generated: Smoothing(noise: .gaussian, sigma: 0.25))
    }
  }

  /// The streams of all purposes, and of both samplers, are apart.
  @Test func streamsAreApart() {
    let purposes: [SamplePurpose] = [
      .selection, .estimation, .search(round: 0), .search(round: .max), .flipSelection(candidate: 7),
      .flipDecision(candidate: 7), .retestSelection, .retestEstimation, .retestFlipSelection,
      .retestFlipDecision, .splittingOffsets,
    ]
    let words = purposes.flatMap { [$0.word, $0.linearWord] }
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { $0 >> 31 == 0 })
  }

  private static func argmaxOfLayer(_ layer: LeadingLayer, batchSize: Int = 64) -> FunctionClassifier {
    FunctionClassifier(dimension: layer.inputCount, classCount: layer.outputCount, batchSize: batchSize) {
      row in
      (0..<layer.outputCount).map { k in
        row.indices.reduce(layer.bias[k]) { $0 + layer.weights[k * layer.inputCount + $1] * row[$1] }
      }
    }
  }

  /// What the engine would make of the layer: Ln + offset.
  private static func exactClassifier(
    _ layer: LeadingLayer, seed: UInt64, batchSize: Int = 64, generated: Smoothing? = nil
  ) throws -> SmoothedClassifier {
    let noise = try #require(try LinearNoise(layer: layer, smoothing: smoothing, seed: seed))
    let offset = Offset(count: layer.outputCount)
    let classifier = FunctionClassifier(
      dimension: noise.rank, classCount: layer.outputCount, batchSize: batchSize
    ) { row in
      (0..<layer.outputCount).map { k in
        row.indices.reduce(offset.numbers[k]) { $0 + noise.factor[k * noise.rank + $1] * row[$1] }
      }
    }
    return try SmoothedClassifier(
      classifier: argmaxOfLayer(layer, batchSize: batchSize),
      generator: NoiseGenerator(
        smoothing: generated ?? smoothing, dimension: layer.inputCount, seed: seed),
      linear: LinearSampling(classifier: classifier, offset: offset.numbers, noise: noise))
  }

  /// Memory that lives as long as the closure that reads it.
  private final class Offset {
    let numbers: UnsafeMutableBufferPointer<Float>

    init(count: Int) {
      numbers = .allocate(capacity: count)
      numbers.initialize(repeating: 0)
    }

    deinit { numbers.deallocate() }
  }
}
