import CertifyResults
import CertifyStatistics

/// A fraction of the inputs in two runs, input by input.
public struct PairedComparison: Sendable, Equatable {
  /// What is counted.
  public var figure: Figure
  /// The inputs that both runs evaluated.
  public var inputs: Int
  /// The count in the numerator of each run.
  public var base: Int
  /// The count in the numerator of the current run.
  public var current: Int
  /// Indices that count in the current run only.
  public var gained: [Int]
  /// Indices that count in the base run only.
  public var lost: [Int]

  /// The inputs that count in both runs or in neither.
  public var unchanged: Int { inputs - gained.count - lost.count }

  /// The two-sided p-value of "a change is as likely to be a gain as a loss".
  ///
  /// The exact test of McNemar (1947, DOI 10.1007/BF02295996): gains among gains and losses against
  /// Binomial(gains + losses, ½); 1 where nothing changed.
  public var pValue: Double

  /// - Parameters:
  ///   - base: The brackets of the earlier run.
  ///   - current: The brackets of the later one.
  ///   - figure: A fraction.
  init(base: Sample, current: Sample, figure: Figure) throws {
    let before = Dictionary(base.inputs.map { ($0.index, base.counts($0.bracket, in: figure)) }) { first, _ in
      first
    }
    self.figure = figure
    (inputs, self.base, self.current) = (0, 0, 0)
    (gained, lost) = ([], [])
    for entry in current.inputs {
      guard let old = before[entry.index] else { continue }
      let new = current.counts(entry.bracket, in: figure)
      inputs += 1
      self.base += old ? 1 : 0
      self.current += new ? 1 : 0
      if new, !old { gained.append(entry.index) }
      if old, !new { lost.append(entry.index) }
    }
    let changed = gained.count + lost.count
    pValue = changed == 0 ? 1 : try BinomialTest.twoSidedAtHalf(successes: lost.count, trials: changed)
  }

  /// `2 gained, 5 lost, 93 unchanged; exact McNemar test p = 0.4531`.
  public var words: String {
    "\(gained.count) gained, \(lost.count) lost, \(unchanged) unchanged; exact McNemar test p = \(roundedPValue)"
  }

  /// The p-value with four digits, rounded up so that a change never looks surer than it is.
  public var roundedPValue: String {
    guard pValue >= 1e-4 else { return "< 0.0001" }
    let scaled = Int((min(pValue, 1) * 10_000).rounded(.up))
    let digits = String(10_000 + scaled % 10_000)
    return "\(scaled / 10_000).\(digits.dropFirst())"
  }
}
