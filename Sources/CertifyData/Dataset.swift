/// Inputs of one shape, perhaps with labels.
public struct Dataset: Sendable {
  /// The values of all inputs, one input after another in row-major order.
  public enum Samples: Sendable, Equatable {
    /// 8-bit values k; the inputs are k/255.
    case bytes([UInt8])
    /// The inputs themselves, all finite.
    case floats([Float])
  }

  /// The inputs' values, `count` times as many as one input has.
  public let samples: Samples
  /// The extents of one input; their product is at least 1.
  public let sampleShape: [Int]
  /// The number of inputs, at least 1.
  public let count: Int
  /// The class of each input, as many as inputs; `nil` when the data hold none.
  public let labels: [Int]?
  /// How stored values became inputs, such as `divided by 255` or `as stored`.
  public let scaling: String
  /// The file the data came from, for messages.
  public let source: String
  /// What was chosen where the files leave a choice, one sentence each.
  public let notes: [String]
  /// The names of the coordinates, where the file gives them.
  public private(set) var featureNames: [String]?

  /// Puts a data set together.
  ///
  /// - Parameters:
  ///   - samples: The values of all inputs, one input after the other.
  ///   - sampleShape: The shape of one input.
  ///   - labels: One class an input, or `nil` for none.
  ///   - scaling: `nil` for `divided by 255` or `as stored`, by the kind of samples.
  ///   - source: The path of the data, or what else to call them in messages.
  ///   - labelSource: Where the labels come from, where that is another file.
  ///   - notes: What a reader should know of how the data were read.
  ///   - featureNames: The names of the coordinates, where a table has them.
  /// - Throws: ``DataError`` when there are no inputs, the values are no whole number of inputs, a value is
  ///   NaN or infinite, or there are not as many labels as inputs.
  public init(
    samples: Samples, sampleShape: [Int], labels: [Int]?, scaling: String? = nil, source: String,
    labelSource: String? = nil, notes: [String] = [], featureNames: [String]? = nil
  ) throws {
    let total =
      switch samples {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    guard let size = checkedProduct(sampleShape), size > 0, total > 0, total % size == 0 else {
      throw DataError.malformed(
        source: source, place: "shape \(sampleShape)",
        problem: total == 0 ? "there are no inputs" : "\(total) values are no whole number of inputs",
        remedy: "save an array whose first axis counts the inputs")
    }
    count = total / size
    if let labels, labels.count != count {
      throw DataError.labelCount(inputs: count, labels: labels.count, source: labelSource ?? source)
    }
    if case .floats(let values) = samples, let index = values.firstIndex(where: { !$0.isFinite }) {
      throw DataError.notFinite(
        source: source, input: index / size, coordinate: index % size, value: values[index])
    }
    self.samples = samples
    self.sampleShape = sampleShape
    self.labels = labels
    self.source = source
    self.notes = notes
    self.featureNames = featureNames
    switch samples {
    case .bytes: self.scaling = scaling ?? "divided by 255"
    case .floats: self.scaling = scaling ?? "as stored"
    }
  }

  /// The number of coordinates d of one input.
  public var inputCount: Int { sampleShape.reduce(1, *) }

  /// Whether the inputs are 8-bit values divided by 255.
  public var isEightBit: Bool {
    if case .bytes = samples { return true }
    return false
  }

  /// Input `index`, 0 ≤ index < count, as d floats in row-major order; Float(k)/255 for 8-bit values.
  public func input(_ index: Int) -> [Float] {
    precondition(index >= 0 && index < count, "there are inputs 0 to \(count - 1)")
    let range = index * inputCount..<(index + 1) * inputCount
    switch samples {
    case .bytes(let values): return values[range].map { Float($0) / 255 }
    case .floats(let values): return Array(values[range])
    }
  }

  /// The integers k of input `index` for 8-bit data, `nil` for others.
  public func gridInput(_ index: Int) -> [UInt8]? {
    precondition(index >= 0 && index < count, "there are inputs 0 to \(count - 1)")
    guard case .bytes(let values) = samples else { return nil }
    return Array(values[index * inputCount..<(index + 1) * inputCount])
  }

  /// The labels.
  ///
  /// - Throws: ``DataError/labelsMissing`` when the data hold none.
  public func requiredLabels() throws -> [Int] {
    guard let labels else { throw DataError.labelsMissing }
    return labels
  }

  /// Checks that every label is one of the classes 0…classCount − 1.
  ///
  /// - Throws: ``DataError/labelOutOfRange(input:label:classCount:)`` for the first that is not, or
  ///   ``DataError/labelsMissing``.
  public func validateLabels(classCount: Int) throws {
    let labels = try requiredLabels()
    if let index = labels.firstIndex(where: { $0 < 0 || $0 >= classCount }) {
      throw DataError.labelOutOfRange(input: index, label: labels[index], classCount: classCount)
    }
  }

  /// Checks that every value of every input lies in [lower, upper].
  ///
  /// - Throws: ``DataError/valueOutOfBounds(input:coordinate:value:lower:upper:)`` for the first that does not.
  public func validate(lower: Float, upper: Float) throws {
    let index: Int?
    switch samples {
    case .bytes(let values):
      let allowed = (0...255).map { Float($0) / 255 >= lower && Float($0) / 255 <= upper }
      index = values.firstIndex { !allowed[Int($0)] }
    case .floats(let values):
      index = values.firstIndex { !($0 >= lower && $0 <= upper) }
    }
    guard let index else { return }
    let (input, coordinate) = index.quotientAndRemainder(dividingBy: inputCount)
    throw DataError.valueOutOfBounds(
      input: input, coordinate: coordinate, value: self.input(input)[coordinate], lower: lower, upper: upper)
  }

  /// The same inputs with another shape and perhaps other notes.
  func with(samples: Samples? = nil, sampleShape: [Int], note: String? = nil) throws -> Dataset {
    try Dataset(
      samples: samples ?? self.samples, sampleShape: sampleShape, labels: labels, scaling: scaling,
      source: source, notes: notes + (note.map { [$0] } ?? []), featureNames: featureNames)
  }
}
