import Testing

@testable import certify

/// What a run says of itself while it is on.
@Suite struct ProgressTests {
  private func line(_ inputs: Int, of total: Int, rows: Int = 34_100, left: Duration? = nil) -> String {
    ProgressLine.line(inputs: inputs, total: total, rows: rows, elapsed: .seconds(1), left: left)
  }

  /// The gradients are checked when no input is left: that takes time too, and no estimate is of it.
  @Test(arguments: [Duration.seconds(7), nil]) func withNoInputLeftOnlyChecksAre(_ left: Duration?) {
    #expect(line(12, of: 12, left: left) == "12/12 inputs · 34 100 evaluations/s · last checks")
  }

  @Test func untilThenTheTimeLeftIsSaidOnceItIsKnown() {
    #expect(
      line(11, of: 12, left: .milliseconds(82_100)) == "11/12 inputs · 34 100 evaluations/s · 1:23 left")
    #expect(line(0, of: 12, rows: 900) == "0/12 inputs · 900 evaluations/s")
  }

  @Test func aBudgetIsDrawnBeforeTheFirstInput() {
    #expect(
      ProgressLine.line(
        inputs: 0, total: 12, rows: 900, elapsed: .seconds(1), budget: 0.437, left: .seconds(9))
        == "0/12 inputs · 900 evaluations/s · 43 % of the budget drawn · 0:09 left")
  }

  @Test func beforeThereAreInputsNothingIsLast() {
    #expect(line(0, of: 0, rows: 0) == "0/0 inputs · 0 evaluations/s")
  }

  @Test(arguments: [(0, "0:00"), (59, "0:59"), (61, "1:01"), (3599, "59:59"), (36_005, "10:00:05")])
  func timeIsWrittenAsOnAClock(_ seconds: Int, _ text: String) {
    #expect(ProgressLine.clock(seconds) == text)
  }
}
