/// `report.html`: the report as one page for a browser, with its figures inside, tables that sort on a click
/// and nothing from the network.
public struct HTMLReport: ReportFormat {
  public let name = "html"
  public let purpose = "one page for a browser, figures inside, tables that sort"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let title = "certify: \(HeadSection(source: source).headline) – \(source.results.manifest.model.path)"
    let text = HTMLPage(title: title, blocks: ReportDocument(source).blocks).text
    return [ReportFile(path: "report.html", text: text)]
  }
}
