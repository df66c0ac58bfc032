import CertifyEngine

/// How samples of f under noise are drawn; each way has the same law in real arithmetic.
public enum Sampler: String, Sendable, Codable, CaseIterable {
  /// Noise is added to the input.
  case direct
  /// The noise of a leading linear layer's result is drawn instead (``LinearNoise``).
  case exactLinear = "exact-linear"
}

/// Rows of noisy inputs, and the classifier that answers them.
protocol NoisyRows {
  var classifier: any Classifier { get }
  /// Prepares for samples at x, which ``NoiseGenerator/check(_:input:samples:)`` has accepted.
  func begin(at x: SmoothingInput)
  /// Writes a sample into a row; `false` when it could not be drawn exactly.
  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool
}

/// x + η.
struct DirectRows: NoisyRows {
  let classifier: any Classifier
  let generator: NoiseGenerator

  func begin(at x: SmoothingInput) {}

  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    generator.write(x, input: input, purpose: purpose, sample: sample, into: row)
  }
}

/// The normal numbers from which a classifier's first layer makes its noisy result.
struct LinearRows: NoisyRows {
  let classifier: any Classifier
  let offset: UnsafeMutableBufferPointer<Float>
  let noise: LinearNoise

  func begin(at x: SmoothingInput) { _ = offset.update(fromContentsOf: noise.mean(at: x)) }

  func write(
    _ x: SmoothingInput, input: Int, purpose: SamplePurpose, sample: Int,
    into row: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    noise.write(input: input, purpose: purpose, sample: sample, into: row)
    return true
  }
}

/// A classifier made for the normal numbers of a ``LinearNoise``.
public struct LinearSampling {
  /// Its inputs are n, and its first layer is Ln + `offset`.
  public let classifier: any Classifier
  /// [h]: where Wx + b is written before the samples at x are drawn.
  public let offset: UnsafeMutableBufferPointer<Float>
  /// What draws n, and the factor L.
  public let noise: LinearNoise

  /// - Parameters:
  ///   - classifier: what `ClassifierSource.makeOffsetClassifier` made for the noise's factor, or a classifier
  ///     that passes everything on to it.
  ///   - offset: that classifier's offset.
  ///   - noise: the noise in as many dimensions as the leading layer has rank.
  public init(
    classifier: any Classifier, offset: UnsafeMutableBufferPointer<Float>, noise: LinearNoise
  ) {
    self.classifier = classifier
    self.offset = offset
    self.noise = noise
  }
}
