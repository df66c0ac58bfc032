/// A test of whether a smoothed classifier gives a point another class than its label.
///
/// g(x') = argmax_c p_c, and p_y < ½ does not decide it with three classes or more. Two claims are tested, each
/// by ``BettingTest`` against ½ on the samples that fall into a pair of classes:
///
/// - *flipped*: p_c > p_y for one rival class c that was fixed on **separate** samples; the share of c among the
///   samples in {c, y} exceeds ½. Then g(x') ≠ y, whatever the other classes do.
/// - *held*: p_y > p_c' for **every** other class c'; each pair {y, c'} has its own test at the full level β, and
///   all of them must have passed. No correction for their number is needed: if *held* is false there is a
///   class with p_c' ≥ p_y, and claiming *held* requires that this one test passes wrongly, which has
///   probability at most β (an intersection–union test, Berger 1982, doi:10.1080/00401706.1982.10487790).
///   The pairs share samples; nothing in this needs independence between them.
///
/// Only one of the two claims can be false for a given point, so that the outcome is wrong with probability at
/// most β in all. Tests of several candidates need a β each that sum to what is promised. A failed sample
/// counts for y in the test of *flipped*, and for c' in every test of *held*. Samples may be looked at
/// after every batch; the outcome is final once it is not `inconclusive`.
public struct FlipTest: Sendable, Equatable {
  /// What the test has shown so far.
  public enum Outcome: String, Sendable, Codable {
    /// g gives the point another class than the label.
    case flipped
    /// g gives the point the label.
    case held
    /// Neither was shown at the level asked.
    case inconclusive
  }

  /// y, in 0..<K.
  public let label: Int
  /// c ≠ y, in 0..<K, chosen on samples that are not fed to this test.
  public let rival: Int
  /// β: the outcome is wrong with at most this probability.
  public let level: Double
  /// The count of each class.
  public private(set) var counts: [Int]
  /// Samples that could not be drawn.
  public private(set) var failed = 0
  /// Final once it is not `inconclusive`.
  public private(set) var outcome = Outcome.inconclusive
  /// The classes that the label has been shown to beat.
  private var beaten: [Bool]

  /// All samples, failed ones and those of other classes included.
  public var samples: Int { counts.reduce(failed, +) }
  /// The count of `rival`.
  public var rivalHits: Int { counts[rival] }
  /// The count of `label`.
  public var labelHits: Int { counts[label] }

  /// Starts a test.
  ///
  /// - Parameters:
  ///   - label: the class that g must leave, 0 ..< classCount.
  ///   - rival: the class that may have replaced the label, chosen on samples that are not fed to this test.
  ///   - classCount: K, from 2 to 2²⁴.
  ///   - level: β, in (0, 1).
  /// - Throws: ``StatisticsError`` for fewer than two classes, a class that does not exist, `rival == label`, or
  ///   a level outside (0, 1).
  public init(label: Int, rival: Int, classCount: Int, level: Double) throws(StatisticsError) {
    let most = 1 << 24
    guard (2...most).contains(classCount) else {
      throw .countOutOfRange(name: "the number of classes", value: classCount, range: 2...most)
    }
    for (name, value) in [("the label", label), ("the rival class", rival)]
    where !(0..<classCount).contains(value) {
      throw .countOutOfRange(name: name, value: value, range: 0...(classCount - 1))
    }
    guard label != rival else { throw .classesNotDistinct(label) }
    try Check.level(level, name: "β")
    self.label = label
    self.rival = rival
    self.level = level
    counts = [Int](repeating: 0, count: classCount)
    beaten = [Bool](repeating: false, count: classCount)
    beaten[label] = true
  }

  /// Adds the class counts of a batch of fresh samples and returns the outcome after it.
  ///
  /// - Parameters:
  ///   - batch: How often each class answered, at least 0.
  ///   - newlyFailed: Samples without an answer, at least 0.
  /// - Throws: ``StatisticsError`` for a list of another length than the number of classes, a negative count, or
  ///   more than 2⁴⁰ samples.
  @discardableResult
  public mutating func add(counts batch: [Int], failed newlyFailed: Int = 0) throws(StatisticsError)
    -> Outcome
  {
    guard batch.count == counts.count else {
      throw .wrongClassCount(found: batch.count, expected: counts.count)
    }
    guard outcome == .inconclusive else { return outcome }
    try Check.count(newlyFailed, name: "the number of failed samples")
    var sums = counts
    let failedSum = try Check.sum(failed, newlyFailed)
    var total = failedSum
    for (k, count) in batch.enumerated() {
      try Check.count(count, name: "the count of class \(k)")
      sums[k] = try Check.sum(sums[k], count)
      total = try Check.sum(total, sums[k])
    }
    (counts, failed) = (sums, failedSum)
    outcome = try decide()
    return outcome
  }

  private mutating func decide() throws(StatisticsError) -> Outcome {
    if try exceeds(counts[rival], counts[label] + failed) { return .flipped }
    for k in counts.indices where !beaten[k] {
      beaten[k] = try exceeds(counts[label], counts[k] + failed)
    }
    return beaten.allSatisfy { $0 } ? .held : .inconclusive
  }

  /// Whether `hits` against `others` shows a share above ½ at level β.
  private func exceeds(_ hits: Int, _ others: Int) throws(StatisticsError) -> Bool {
    guard hits > others else { return false }
    var test = try BettingTest(threshold: 0.5, alpha: level, beta: level)
    return try test.add(hits: hits, misses: others) == .yes
  }
}
