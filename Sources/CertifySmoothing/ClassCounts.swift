/// How often f answered each class under noise.
public struct ClassCounts: Sendable, Equatable, Codable {
  /// One number a class.
  public var counts: [Int]
  /// Samples whose noise could not be drawn exactly; they count against every claim.
  public var failed: Int

  public init(counts: [Int], failed: Int) {
    self.counts = counts
    self.failed = failed
  }

  /// All samples n, failed ones included.
  public var samples: Int { counts.reduce(failed, +) }
}

extension ClassCounts {
  /// The class with the largest count, ties to the lowest index.
  public var mostFrequent: Int {
    counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
  }

  /// Joins the counts of disjoint sets of samples over the same classes.
  public static func += (left: inout ClassCounts, right: ClassCounts) {
    for k in left.counts.indices { left.counts[k] += right.counts[k] }
    left.failed += right.failed
  }

  /// Adds a sample's class, or a failed sample.
  mutating func add(_ outcome: Int?) {
    if let outcome { counts[outcome] += 1 } else { failed += 1 }
  }

  /// The class with the largest count besides `label`, ties to the lowest index.
  func mostFrequent(except label: Int) -> Int {
    var best = label == 0 ? 1 : 0
    for k in counts.indices where k != label && counts[k] > counts[best] { best = k }
    return best
  }
}
