import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Foundation

/// Samples that decide for each radius R whether the certified radius is at least R, and no more of them.
///
/// The label is tested directly, without a stage that selects a class: p > p₀(R) by ``NestedBettingTest``, looked at
/// after every 32 samples and, later, every 32nd part more. Whatever makes sampling stop, the counts of other
/// inputs included, the error stays below α: the evidence is a martingale under p = p₀ with respect to all that was
/// drawn so far, since the noise of other inputs is independent. So sampling also stops where no answer is likely to
/// turn out *yes* within n samples. Undecided is not certified.
struct DecisionSampling: StepwiseSampling {
  let questions: [DecisionQuestion]
  let label: Int
  let alpha: Double
  let beta: Double
  /// n, the most samples.
  let most: Int
  private(set) var counts: ClassCounts
  private var test: NestedBettingTest
  private var isHopeless = false

  init(
    questions: [DecisionQuestion], label: Int, classCount: Int, alpha: Double, beta: Double, most: Int
  ) throws {
    self.questions = questions
    self.label = label
    self.alpha = alpha
    self.beta = beta
    self.most = most
    counts = ClassCounts(counts: [Int](repeating: 0, count: classCount), failed: 0)
    test = try NestedBettingTest(thresholds: questions.map(\.probability), alpha: alpha, beta: beta)
  }

  var next: Range<Int>? {
    let drawn = counts.samples
    guard !test.isDecided, !isHopeless, drawn < most else { return nil }
    return drawn..<min(most, drawn + max(32, drawn / 32 / 32 * 32))
  }

  var promise: Double { -((try? test.expectedSamples()) ?? .infinity) }

  mutating func add(_ more: ClassCounts) throws {
    counts += more
    let hits = more.counts[label]
    try test.add(hits: hits, misses: more.counts.reduce(0, +) - hits, failed: more.failed)
    isHopeless = try !test.isDecided && !test.canStillConfirm(within: most)
  }

  /// The answers for one norm.
  func record(_ norm: Norm) -> DecisionRecord {
    let asked = zip(questions, test.decisions).filter { $0.0.norm == norm }
    return DecisionRecord(
      radii: asked.map(\.0.radius), outcomes: asked.map { DecisionRecord.Outcome($0.1) },
      samples: counts.samples, counts: counts.counts, failed: counts.failed, alpha: alpha, beta: beta)
  }

  /// The class that g gives the input, with the probability that this is wrong; `nil` to abstain.
  ///
  /// The label where a radius was proven or the same samples prove its majority, again by betting on p > ½ at level α;
  /// another class where they prove its majority, at level β over all other classes.
  func prediction() throws -> (class: Int, error: Double)? {
    func proves(_ k: Int, _ level: Double) throws -> Bool {
      let hits = counts.counts[k]
      return try BettingTest.logEvidence(hits: hits, misses: counts.samples - hits, above: 0.5) >= -log(level)
    }
    if try test.decisions.contains(.yes) || proves(label, alpha) { return (label, alpha) }
    let top = counts.mostFrequent
    let others = Double(max(1, counts.counts.count - 1))
    guard top != label, try proves(top, beta / others) else { return nil }
    return (top, beta)
  }
}

extension DecisionRecord.Outcome {
  init(_ decision: BettingTest.Decision) {
    self =
      switch decision {
      case .yes: .yes
      case .no: .no
      case .undecided: .undecided
      }
  }
}
