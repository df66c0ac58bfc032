import CertifyStatistics

/// How the test of a candidate witness against the smoothed classifier ended, with the counts behind it.
public struct FlipTestResult: Sendable, Equatable {
  /// What the test has shown.
  public enum Outcome: String, Sendable, Codable {
    /// g gives the point another class than the label, with probability at least 1 − β.
    case flipped
    /// g gives the point the label, with probability at least 1 − β.
    case held
    /// Neither was shown.
    case inconclusive
  }

  /// How the test ended; wrong with probability at most `beta`.
  public var outcome: Outcome
  /// The number of the candidate within its input, which addresses its noise; `nil` for a retest.
  public var candidate: Int?
  /// y, the label of the input, in 0..<K.
  public var label: Int
  /// The class that was bet on against the label.
  public var rival: Int
  /// β: the level spent; 0 where g was computed and not estimated.
  public var beta: Double
  /// The counts of the samples that chose `rival`.
  public var selection: ClassCounts
  /// The counts of the fresh samples that decided.
  public var decision: ClassCounts

  /// The samples that decided, failed ones and those of other classes included.
  public var samples: Int { decision.samples }
  /// The count of `rival` among the samples that decided.
  public var rivalHits: Int { decision.counts[rival] }
  /// The count of `label` among the samples that decided.
  public var labelHits: Int { decision.counts[label] }

  /// g computed from the counts of all of its samples, ties to the lowest index.
  init(exact counts: ClassCounts, candidate: Int?, label: Int) {
    outcome = counts.mostFrequent == label ? .held : .flipped
    self.candidate = candidate
    self.label = label
    rival = counts.mostFrequent(except: label)
    beta = 0
    selection = ClassCounts(counts: [Int](repeating: 0, count: counts.counts.count), failed: 0)
    decision = counts
  }

  init(_ test: FlipTest, candidate: Int?, selection: ClassCounts) {
    outcome =
      switch test.outcome {
      case .flipped: .flipped
      case .held: .held
      case .inconclusive: .inconclusive
      }
    self.candidate = candidate
    label = test.label
    rival = test.rival
    beta = test.level
    self.selection = selection
    decision = ClassCounts(counts: test.counts, failed: test.failed)
  }
}
