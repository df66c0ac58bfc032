import CertifyResults

/// `results.json`: everything, at full precision, to be read back (`ResultsFile`).
public struct JSONReport: ReportFormat {
  public let name = "json"
  public let purpose = "the whole record, to be read by programs"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let file = ResultsFile(results: source.results, summary: source.summary, verdict: source.verdict)
    return [ReportFile(path: "results.json", text: try file.json())]
  }
}
