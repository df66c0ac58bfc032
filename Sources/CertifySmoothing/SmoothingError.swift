/// Why a smoothed classifier cannot be made or asked.
public enum SmoothingError: Error, Equatable, Sendable {
  /// σ is not a number within ``NoiseFamily/sigmas``.
  case sigmaOutOfRange(Double, NoiseFamily)
  /// An input has no coordinates, or more than a noise address can hold.
  case dimensionOutOfRange(Int)
  /// A noise of 8-bit data was asked for data that are not on their grid.
  case gridRequired(NoiseFamily)
  /// The input has another number of coordinates than the classifier.
  case inputSize(expected: Int, found: Int)
  /// The index of an input is outside 0 ..< 2³².
  case inputIndexOutOfRange(Int)
  /// Sample numbers are outside 0 ..< 2³².
  case samplesOutOfRange(Range<Int>)
  /// A flip test was asked about a class the classifier does not have.
  case labelOutOfRange(Int, classCount: Int)
  /// A flip test needs at least one sample to choose the rival and one to decide.
  case tooFewFlipSamples(selection: Int, decision: Int)
  /// The classifier's buffers do not have the sizes that its shape and batch size promise.
  case inconsistentClassifier(inputs: Int, logits: Int, batchSize: Int, inputSize: Int, classCount: Int)
  /// A linear sampling does not belong to the classifier and the noise that it was given with.
  case inconsistentSampling
  /// The masses of an integer noise do not sum to 2⁶⁰, or are too many.
  case invalidMasses(String)
}

extension SmoothingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sigmaOutOfRange(let sigma, let noise):
      "sigma \(sigma) cannot be used with the noise \(noise.rawValue): "
        + "give a number from \(noise.sigmas.lowerBound) to \(noise.sigmas.upperBound)"
    case .dimensionOutOfRange(let dimension):
      "an input of \(dimension) coordinates cannot be smoothed: it must have 1 to \(Int32.max)"
    case .gridRequired(let noise):
      "the noise \(noise.rawValue) needs 8-bit data (unsigned bytes k, read as k/255): "
        + "give such data, or choose the noise \(noise.inFloatingPoint.rawValue)"
    case .inputSize(let expected, let found):
      "the input has \(found) coordinates but the classifier takes \(expected): give data of the model's shape"
    case .inputIndexOutOfRange(let index):
      "the input index \(index) is outside 0 ..< 2^32: shard the data set"
    case .samplesOutOfRange(let samples):
      "the sample numbers \(samples.lowerBound) ..< \(samples.upperBound) are outside 0 ..< 2^32: "
        + "ask for fewer samples"
    case .labelOutOfRange(let label, let classCount):
      "the label \(label) is outside 0 ..< \(classCount): check the labels against the model's classes"
    case .tooFewFlipSamples(let selection, let decision):
      "a flip test with \(selection) selection samples and at most \(decision) decision samples decides "
        + "nothing: give at least 1 of each"
    case .inconsistentClassifier(let inputs, let logits, let batchSize, let inputSize, let classCount):
      "the classifier has room for \(inputs) input values and \(logits) logits, but a batch of "
        + "\(batchSize) with \(inputSize) values and \(classCount) classes each needs "
        + "another size: this is a fault of the classifier"
    case .inconsistentSampling:
      "the exact noise of the first layer was made for another classifier or another noise: "
        + "make it from the same source and the same smoothing"
    case .invalidMasses(let reason):
      "the masses of the integer noise are unusable: \(reason)"
    }
  }
}
