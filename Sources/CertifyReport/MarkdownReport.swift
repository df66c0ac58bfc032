import CertifyResults

/// `report.md` with its figures: for somebody with two minutes, verdict first.
///
/// It links to `results.csv`, which is to be written beside it.
public struct MarkdownReport: ReportFormat {
  public let name = "markdown"
  public let purpose = "a report to read, with figures"

  /// Above this many inputs the table shows the most telling ones only.
  static let longestTable = 200
  /// How many of them.
  static let tellingRows = 60

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let paths = AccuracyFigure.paths(source.summary.groups.map(\.key))
    let sections: [String?] = [
      VerdictSection(source: source).markdown,
      SubjectSection(manifest: source.results.manifest).markdown,
      AccuracySection(source: source, paths: paths).markdown,
      InputsSection(source: source).markdown,
      IncidentsSection(source: source).markdown,
      source.results.diagnosis.map { GradientSection(diagnosis: $0).markdown },
      GuaranteeSection(source: source).markdown,
      ReproductionSection(manifest: source.results.manifest).markdown,
    ]
    let report = ReportFile(
      path: "report.md", text: sections.compactMap(\.self).joined(separator: "\n\n") + "\n")
    let figures = source.summary.groups.filter { $0.inputs > 0 }.compactMap { group in
      paths[group.key].map { ReportFile(path: $0, text: AccuracyFigure(group, of: source.results).svg) }
    }
    return [report] + figures
  }
}

extension GroupSummary {
  /// Digits behind the point for radii of this group.
  var places: Int { Rounding.places(showing: points.last?.radius ?? 0) }
}
