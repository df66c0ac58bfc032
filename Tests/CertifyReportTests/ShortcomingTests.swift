import CertifyReport
import CertifyResults
import Testing

/// What keeps a run from being relied on is in every format, although nothing was required.
struct ShortcomingTests {
  private func text(_ format: String, _ source: ReportSource) throws -> String {
    try #require(try ReportFormats.named(format).render(source).first).text
  }

  @Test(arguments: ReportFormats.all.map(\.name)) func failedInputsAreVisible(_ format: String) throws {
    let text = try text(format, SampleRun.failedSource)
    #expect(text.contains("logit of class 0 is NaN"))
    let whole = try self.text(format, ReportSource(results: SampleRun.results))
    #expect(!whole.contains("is NaN") && !whole.contains("of 8 inputs could not"))
  }

  @Test(arguments: ["markdown", "html", "junit", "junit-inputs", "sarif", "github", "step-summary"])
  func bothCountsAreNamed(_ format: String) throws {
    let text = try text(format, SampleRun.failedSource)
    #expect(text.contains("2 of 8 inputs could not be evaluated"))
    #expect(text.contains("8 of 12 inputs were"))
  }

  @Test func theTitleSaysIt() throws {
    #expect(
      try text("markdown", SampleRun.failedSource).hasPrefix(
        "# certify: 2 of 8 inputs could not be evaluated\n"))
    var run = SampleRun.results
    run.manifest.selectedInputs = 9
    #expect(
      try text("markdown", ReportSource(results: run)).hasPrefix(
        "# certify: only 8 of 9 inputs were reached\n"))
  }

  /// A shard has fewer inputs than the run, and lacks none.
  @Test func aShardIsNoIncompleteRun() throws {
    var run = SampleRun.results
    run.manifest.selectedInputs = 16
    run.shard = Shard(index: 1, count: 2)
    for format in ReportFormats.all.map(\.name) {
      let text = try text(format, ReportSource(results: run))
      #expect(!text.contains("8 of 16 inputs were"), "\(format)")
    }
    #expect(try text("junit", ReportSource(results: run)).contains("errors=\"0\""))
    run.interrupted = true
    #expect(try text("junit", ReportSource(results: run)).contains("errors=\"1\""))
    #expect(try text("sarif", ReportSource(results: run)).contains("\"executionSuccessful\" : false"))
  }

  @Test func aContradictionIsAFailureWithItsInput() throws {
    var run = SampleRun.results
    run.inputs[6].brackets[1].upper?.radius = 0.1
    let source = ReportSource(results: run)
    for format in ["junit", "sarif", "github"] {
      let text = try text(format, source)
      #expect(text.contains("1 contradiction stood the retest"), "\(format)")
      #expect(text.contains("inputs: 6"), "\(format)")
    }
    // The tool did its work: what it found is the model's or its own fault.
    #expect(try text("sarif", source).contains("\"executionSuccessful\" : true"))
  }
}
