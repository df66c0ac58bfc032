/// `report.md` with its figures: verdict first.
///
/// It links to `results.csv`, which is to be written beside it.
public struct MarkdownReport: ReportFormat {
  public let name = "markdown"
  public let purpose = "a report to read, with figures"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let blocks = ReportDocument(source).blocks
    let report = ReportFile(path: "report.md", text: MarkdownRenderer().render(blocks) + "\n")
    return [report] + blocks.files
  }
}
