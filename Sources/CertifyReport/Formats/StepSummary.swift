/// The report as Markdown without files beside it, as long as GitHub lets a step's summary be: for
/// `$GITHUB_STEP_SUMMARY` and for comments.
public struct StepSummary: ReportFormat {
  public let name = "step-summary"
  public let purpose = "the report without figures, for a CI job's page"

  /// GitHub refuses a step's summary above 1 MiB.
  static let longestText = 1 << 20

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let renderer = MarkdownRenderer(hasFiles: false)
    var text = renderer.render(ReportDocument(source).blocks) + "\n"
    if text.utf8.count > Self.longestText {
      let head =
        HeadSection(source: source).blocks + SummarySection(source: source).blocks
        + VerdictSection(source: source).blocks
      text = renderer.render(head + [.paragraph("The rest is too long for this page.")]) + "\n"
    }
    return [ReportFile(path: "summary.md", text: text)]
  }
}
