import CertifyResults
import Testing

@testable import CertifyReport

/// What a report tells its reader to do next.
struct AdviceTests {
  /// A run of base brackets that answer as told.
  private func advice(predicted: [Int], labels: [Int], classCount: Int = 10) -> [String] {
    var run = SampleRun.results
    run.classNames = nil
    run.manifest.classCount = classCount
    run.manifest.classifiers = [.base]
    run.inputs = zip(predicted, labels).enumerated().map { index, pair in
      let bracket =
        pair.0 == pair.1
        ? SampleRun.attacked(pair.1, upper: 0.5) : SampleRun.wrong(SampleRun.base, predicted: pair.0)
      return InputResult(index: index, label: pair.1, brackets: [bracket])
    }
    run.manifest.selectedInputs = run.inputs.count
    return Advice(source: ReportSource(results: run)).items.map(\.plain)
  }

  @Test func aModelThatMayAsWellGuessIsWhatToSeeToFirst() {
    let labels = (0..<25).map { $0 % 10 }
    let items = advice(predicted: Array(repeating: 2, count: 25), labels: labels)
    #expect(items.count == 1)
    #expect(
      items.first?.contains(
        "right on 3 of 25 inputs, no more than guessing among 10 classes, and answers 2 to 25 of them. Are the values"
      ) == true, "\(items)")
    let scattered = advice(predicted: (0..<25).map { ($0 * 7 + 1) % 10 }, labels: labels)
    #expect(scattered.first?.contains("guessing among 10 classes. Are the values") == true, "\(scattered)")
  }

  @Test(arguments: [(9, 25, 10), (13, 20, 2), (2, 9, 10)])
  func aModelThatIsBetterOrHardlyKnownIsNotSuspected(right: Int, inputs: Int, classCount: Int) {
    let labels = (0..<inputs).map { $0 % classCount }
    let predicted = labels.enumerated().map { $0 < right ? $1 : ($1 + 1) % classCount }
    let items = advice(predicted: predicted, labels: labels, classCount: classCount)
    #expect(
      items.contains { $0.contains("guessing") } == (classCount == 2), "\(items)")
  }

  /// Witnesses of wrong answers, which lie at 0, do not choose the axis; one that lies beyond it has a tip.
  @Test(arguments: [([1.7], 0), ((0..<23).map { $0 % 2 == 0 ? 1.4 : 1.6 } + [9], 1)])
  func theAxisOfBracketsShowsTheWitnessesOfRightAnswers(witnesses: [Double], beyond: Int) throws {
    var run = SampleRun.results
    let wrong = (0..<40).map { _ in SampleRun.wrong(SampleRun.base, predicted: 8) }
    run.inputs = (wrong + witnesses.map { SampleRun.attacked(1, upper: $0) }).enumerated().map {
      InputResult(index: $0, label: 1, brackets: [$1])
    }
    let group = try #require(Summary(of: run).groups.first)
    let text = BracketsFigure(group, of: run, names: ClassNames(names: [])).drawing.svg
    #expect(text.contains(" A tip at the right: \(beyond) with a witness beyond the axis.") == (beyond > 0))
    #expect(text.components(separatedBy: "l6 ").count == 1 + beyond)
    #expect(text.contains(">1.4<") && !text.contains(">9<"))
  }

  @Test func nothingIsSaidOfGapsThatNoInputHas() throws {
    var run = SampleRun.results
    run.inputs = [
      InputResult(index: 0, label: 3, brackets: [SampleRun.wrong(SampleRun.smoothed, predicted: 8)])
    ]
    run.manifest.selectedInputs = 1
    let blocks = GapSection(source: ReportSource(results: run)).blocks
    let text = blocks.map { "\($0)" }.joined()
    #expect(text.contains("No gap has both") && !text.contains("Clopper"))
  }
}
