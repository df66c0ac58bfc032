extension Bracket {
  enum CodingKeys: String, CodingKey {
    case classifier, smoothing, norm, predicted, correct, lower, upper, attack, contradiction, gapParts,
      targets, trajectory, decision, sampling
  }

  /// Writes absent ends, an abstention and the rest as `null`, so that every bracket has every key; what not every run
  /// has only where it is there.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classifier, forKey: .classifier)
    try container.encode(smoothing, forKey: .smoothing)
    try container.encode(norm, forKey: .norm)
    try container.encode(predicted, forKey: .predicted)
    try container.encode(correct, forKey: .correct)
    try container.encode(lower, forKey: .lower)
    try container.encode(upper, forKey: .upper)
    try container.encode(attack, forKey: .attack)
    try container.encode(contradiction, forKey: .contradiction)
    try container.encode(gapParts, forKey: .gapParts)
    try container.encodeIfPresent(targets, forKey: .targets)
    try container.encodeIfPresent(trajectory, forKey: .trajectory)
    try container.encodeIfPresent(decision, forKey: .decision)
    try container.encodeIfPresent(sampling, forKey: .sampling)
  }
}

extension SmoothingRecord {
  enum CodingKeys: String, CodingKey {
    case noise, sigma, range, lambda, splits
  }

  /// Writes `range` as `null` when noisy inputs are not clipped; λ and M only where they define the noise.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(noise, forKey: .noise)
    try container.encode(sigma, forKey: .sigma)
    try container.encode(range, forKey: .range)
    try container.encodeIfPresent(lambda, forKey: .lambda)
    try container.encodeIfPresent(splits, forKey: .splits)
  }
}

extension LowerBound {
  enum CodingKeys: String, CodingKey {
    case radius, method, confidence, floatSound, samples
  }

  /// Reads the counts of a statistical certificate from beside the radius.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      radius: try container.decode(Double.self, forKey: .radius),
      method: try container.decode(String.self, forKey: .method),
      confidence: try container.decode(Double.self, forKey: .confidence),
      floatSound: try container.decode(Bool.self, forKey: .floatSound),
      sampling: container.contains(.samples) ? try SamplingRecord(from: decoder) : nil)
  }

  /// Writes the counts of a statistical certificate beside the radius.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(radius, forKey: .radius)
    try container.encode(method, forKey: .method)
    try container.encode(confidence, forKey: .confidence)
    try container.encode(floatSound, forKey: .floatSound)
    try sampling?.encode(to: encoder)
  }
}

extension UpperBound {
  enum CodingKeys: String, CodingKey {
    case radius, attack, confidence, witnessClass, flipTest
  }

  /// Writes `flipTest` as `null` for the base classifier.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(radius, forKey: .radius)
    try container.encode(attack, forKey: .attack)
    try container.encode(confidence, forKey: .confidence)
    try container.encode(witnessClass, forKey: .witnessClass)
    try container.encode(flipTest, forKey: .flipTest)
  }
}
