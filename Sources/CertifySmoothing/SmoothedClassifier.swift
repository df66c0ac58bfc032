import CertifyEngine
import CertifyStatistics

/// Asks f about noisy copies of an input: the samples behind every claim about g(x) = argmax_c P[f(x + η) = c].
///
/// What it answers depends on f, the smoothing, the seed and the sample numbers asked for: not on the
/// classifier's batch size, on how samples are split over calls, or on what was asked before.
///
/// An instance serves one thread, like the classifier it wraps.
public final class SmoothedClassifier {
  /// The noise of the input: its law, its dimension and its seed.
  public let generator: NoiseGenerator
  /// How ``counts(at:input:purpose:samples:)`` draws.
  public let sampler: Sampler
  private let classifier: any Classifier
  /// What draws for counts, and what draws for flip tests.
  private let countedRows: any NoisyRows
  private let testedRows: any NoisyRows
  /// The class of each sample of the last batch, in order; `nil` for a failed draw.
  private var outcomes: [Int?] = []

  /// The family of the noise, and σ in the units of the input.
  public var smoothing: Smoothing { generator.smoothing }

  /// Wraps `classifier` with noise of its own.
  ///
  /// - Parameters:
  ///   - classifier: f, with buffers of its own.
  ///   - smoothing: The noise, with its σ.
  ///   - seed: The key of all noise.
  /// - Throws: ``SmoothingError`` when σ is out of range or the classifier's buffers do not fit its shape.
  public convenience init(classifier: any Classifier, smoothing: Smoothing, seed: UInt64) throws {
    let generator = try NoiseGenerator(
      smoothing: smoothing, dimension: classifier.inputCount, seed: seed)
    try self.init(classifier: classifier, generator: generator)
  }

  /// Wraps `classifier` with noise that may be shared between workers: the tables are made once.
  ///
  /// - Parameters:
  ///   - classifier: f, with buffers of its own.
  ///   - generator: the noise, of as many dimensions as the input has.
  ///   - linear: a shorter way to draw the same law, for counts; flip tests draw directly.
  /// - Throws: ``SmoothingError`` when the noise has another dimension than the classifier's input, or a
  ///   classifier's buffers do not fit its shape.
  public init(
    classifier: any Classifier, generator: NoiseGenerator, linear: LinearSampling? = nil
  ) throws {
    guard generator.dimension == classifier.inputCount else {
      throw SmoothingError.inputSize(expected: classifier.inputCount, found: generator.dimension)
    }
    try Self.check(classifier, dimension: generator.dimension)
    testedRows = DirectRows(classifier: classifier, generator: generator)
    if let linear {
      let noise = linear.noise
      guard noise.layer.inputCount == generator.dimension else {
        throw SmoothingError.inputSize(expected: generator.dimension, found: noise.layer.inputCount)
      }
      guard noise.smoothing == generator.smoothing, linear.offset.count == noise.layer.outputCount,
        linear.classifier.classCount == classifier.classCount
      else { throw SmoothingError.inconsistentSampling }
      try Self.check(linear.classifier, dimension: noise.rank)
      countedRows = LinearRows(classifier: linear.classifier, offset: linear.offset, noise: noise)
      sampler = .exactLinear
    } else {
      countedRows = testedRows
      sampler = .direct
    }
    self.classifier = classifier
    self.generator = generator
  }

  private static func check(_ classifier: any Classifier, dimension: Int) throws(SmoothingError) {
    let (batch, classes) = (classifier.batchSize, classifier.classCount)
    guard batch >= 1, classes >= 2, classifier.inputCount == dimension,
      classifier.inputs.count / batch >= dimension, classifier.logits.count / batch >= classes
    else {
      throw .inconsistentClassifier(
        inputs: classifier.inputs.count, logits: classifier.logits.count, batchSize: batch,
        inputSize: dimension, classCount: classes)
    }
  }

  /// Counts what f answers on the noise samples `samples` of (input, purpose).
  ///
  /// Counts of disjoint ranges add up to those of their union.
  ///
  /// - Parameters:
  ///   - x: the clean input; on the grid for `gaussian-sound`.
  ///   - input: the index that addresses the noise, 0 ..< 2³².
  ///   - purpose: what the samples are for: each purpose has noise of its own.
  ///   - samples: sample numbers, within 0 ..< 2³².
  /// - Throws: ``SmoothingError`` for an input or index that cannot be drawn, and what `forward` throws (NaN).
  public func counts(
    at x: SmoothingInput, input: Int, purpose: SamplePurpose, samples: Range<Int>
  ) throws -> ClassCounts {
    try counts(countedRows, at: x, input: input, purpose: purpose, samples: samples)
  }

  private func counts(
    _ rows: any NoisyRows, at x: SmoothingInput, input: Int, purpose: SamplePurpose, samples: Range<Int>
  ) throws -> ClassCounts {
    try generator.check(x, input: input, samples: samples)
    var result = ClassCounts(counts: [Int](repeating: 0, count: classifier.classCount), failed: 0)
    var left = samples
    rows.begin(at: x)
    while !left.isEmpty {
      try decideBatch(rows, at: x, input: input, purpose: purpose, samples: &left)
      for outcome in outcomes { result.add(outcome) }
    }
    return result
  }

  /// Counts what f answers on all samples that g has; `nil` where g is a matter of sampling.
  ///
  /// Then g(x) is the most frequent class, ties to the lowest index, without any probability of error.
  public func exactCounts(at x: SmoothingInput) throws -> ClassCounts? {
    guard let splits = smoothing.splits else { return nil }
    return try counts(at: x, input: 0, purpose: .estimation, samples: 0..<splits)
  }

  /// Tests whether g gives x another class than `label`, on samples of this candidate's own; exactly where it can.
  ///
  /// The rival c ≠ label is the most frequent other class of the first stage (ties to the lowest index). The
  /// second stage draws fresh samples and looks at `FlipTest` after every 16th, until it decides or
  /// `maximumSamples` are drawn. The outcome is wrong with probability at most `beta`; it is reproducible
  /// with any batch size.
  ///
  /// - Parameters:
  ///   - x: the candidate's point; on the grid for `gaussian-sound`.
  ///   - input: the index that addresses the noise, 0 ..< 2³².
  ///   - candidate: the number of the candidate within its input; each one has noise of its own.
  ///   - label: the class that g must leave, 0 ..< K.
  ///   - beta: β, in (0, 1): the level spent on this candidate.
  ///   - selectionSamples: n of the first stage, at least 1.
  ///   - maximumSamples: the most samples of the second, at least 1.
  ///   - retest: whether this tests a contradiction again, on noise that no candidate's test has used.
  /// - Throws: ``SmoothingError``, `StatisticsError` for β, and what `forward` throws.
  public func flipTest(
    at x: SmoothingInput, input: Int, candidate: UInt16, label: Int, beta: Double, selectionSamples: Int,
    maximumSamples: Int, retest: Bool
  ) throws -> FlipTestResult {
    let classCount = classifier.classCount
    guard (0..<classCount).contains(label) else {
      throw SmoothingError.labelOutOfRange(label, classCount: classCount)
    }
    guard selectionSamples >= 1, maximumSamples >= 1 else {
      throw SmoothingError.tooFewFlipSamples(selection: selectionSamples, decision: maximumSamples)
    }
    if let counts = try exactCounts(at: x) {
      return FlipTestResult(exact: counts, candidate: retest ? nil : Int(candidate), label: label)
    }
    try generator.check(x, input: input, samples: 0..<maximumSamples)
    // An unusable level is refused before the samples of the first stage are spent.
    _ = try FlipTest(label: label, rival: label == 0 ? 1 : 0, classCount: classCount, level: beta)

    let selection = try counts(
      testedRows, at: x, input: input,
      purpose: retest ? .retestFlipSelection : .flipSelection(candidate: candidate),
      samples: 0..<selectionSamples)
    let rival = selection.mostFrequent(except: label)
    var test = try FlipTest(label: label, rival: rival, classCount: classCount, level: beta)
    let purpose = retest ? SamplePurpose.retestFlipDecision : .flipDecision(candidate: candidate)
    var fresh = ClassCounts(counts: [Int](repeating: 0, count: classCount), failed: 0)
    var left = 0..<maximumSamples
    testedRows.begin(at: x)
    while test.outcome == .inconclusive, !left.isEmpty {
      let start = left.lowerBound
      try decideBatch(testedRows, at: x, input: input, purpose: purpose, samples: &left)
      for (offset, outcome) in outcomes.enumerated() {
        fresh.add(outcome)
        let drawn = start + offset + 1
        guard drawn % Self.samplesPerLook == 0 || drawn == maximumSamples else { continue }
        if try test.add(counts: fresh.counts, failed: fresh.failed) != .inconclusive { break }
        fresh = ClassCounts(counts: [Int](repeating: 0, count: classCount), failed: 0)
      }
    }
    return FlipTestResult(test, candidate: retest ? nil : Int(candidate), selection: selection)
  }

  private static let samplesPerLook = 16

  /// Draws the first samples of `samples`, as many as fill a batch, and removes them from it; their classes are
  /// left in `outcomes`.
  private func decideBatch(
    _ noisy: any NoisyRows, at x: SmoothingInput, input: Int, purpose: SamplePurpose,
    samples: inout Range<Int>
  ) throws {
    let classifier = noisy.classifier
    let (inputs, dimension, batchSize) = (classifier.inputs, classifier.inputCount, classifier.batchSize)
    outcomes.removeAll(keepingCapacity: true)
    var rows = 0
    // Bounded, so that noise that mostly fails cannot make `outcomes` grow without limit.
    while rows < batchSize, outcomes.count < batchSize + 1024, !samples.isEmpty {
      let row = UnsafeMutableBufferPointer(rebasing: inputs[rows * dimension..<(rows + 1) * dimension])
      let drawn = noisy.write(x, input: input, purpose: purpose, sample: samples.lowerBound, into: row)
      outcomes.append(drawn ? rows : nil)
      if drawn { rows += 1 }
      samples = samples.lowerBound + 1..<samples.upperBound
    }
    guard rows > 0 else { return }
    try classifier.forward(count: rows)
    for (index, row) in outcomes.enumerated() {
      if let row { outcomes[index] = classifier.decision(row: row) }
    }
  }
}
