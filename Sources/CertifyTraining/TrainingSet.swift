import CertifyAttacks
import CertifyData

/// Labelled inputs in memory.
public struct TrainingSet: Sendable {
  /// The extents of one input.
  public let shape: [Int]
  /// K.
  public let classCount: Int
  /// The class of each input, 0…K−1.
  public let labels: [Int]
  /// [count, d], row-major.
  let points: [Float]

  /// The number of inputs.
  public var count: Int { labels.count }
  /// The coordinates d of one input.
  public var dimension: Int { shape.reduce(1, *) }

  /// Takes the inputs of a data set, whose labels must be 0…K−1 with every class present.
  ///
  /// - Parameters:
  ///   - dataset: Inputs with labels.
  ///   - classCount: K when a model fixes it; else it is the largest label + 1, at least 2.
  /// - Throws: ``TrainingError/labels(reason:)``, or `DataError` for data without labels.
  public init(_ dataset: Dataset, classCount: Int? = nil) throws {
    let labels = try dataset.requiredLabels()
    let found = Set(labels)
    let (least, largest) = (found.min() ?? 0, found.max() ?? 0)
    guard least >= 0 else { throw TrainingError.labels(reason: "there is the label \(least)") }
    if let classCount {
      guard largest < classCount else {
        throw TrainingError.labels(
          reason: "there is the label \(largest), and the model has the classes 0…\(classCount - 1)")
      }
    } else if let gap = (0...min(largest, found.count)).first(where: { !found.contains($0) }) {
      throw TrainingError.labels(
        reason: "the largest is \(largest), and no input has the label \(gap)")
    }
    shape = dataset.sampleShape
    self.classCount = classCount ?? max(largest + 1, 2)
    self.labels = labels
    var points: [Float] = []
    points.reserveCapacity(dataset.count * dataset.inputCount)
    for index in 0..<dataset.count { points += dataset.input(index) }
    self.points = points
  }

  private init(of other: TrainingSet, at indices: [Int]) {
    shape = other.shape
    classCount = other.classCount
    labels = indices.map { other.labels[$0] }
    points = indices.flatMap { other.point($0) }
  }

  /// Input `index`, d numbers.
  func point(_ index: Int) -> ArraySlice<Float> { points[index * dimension..<(index + 1) * dimension] }

  /// Holds out `count` inputs, drawn by the seed, in their order.
  ///
  /// - Throws: ``TrainingError/tooFewInputs(count:needed:)`` when none would be left to train on.
  public func holdingOut(_ count: Int, seed: UInt64) throws(TrainingError) -> (
    training: TrainingSet, holdout: TrainingSet?
  ) {
    guard count > 0 else { return (self, nil) }
    guard count < self.count else { throw .tooFewInputs(count: self.count - count, needed: 1) }
    var generator = Draws(seed: seed).generator(.holdout, epoch: 0, index: 0)
    let order = Array(0..<self.count).shuffled(using: &generator)
    return (
      TrainingSet(of: self, at: order[count...].sorted()),
      TrainingSet(of: self, at: order[..<count].sorted())
    )
  }

  /// The inputs in the order of an epoch.
  func order(seed: UInt64, epoch: Int) -> [Int] {
    var generator = Draws(seed: seed).generator(.order, epoch: epoch, index: 0)
    return Array(0..<count).shuffled(using: &generator)
  }
}
