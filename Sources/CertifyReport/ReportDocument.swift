import CertifyResults

/// A whole report, for somebody with two minutes first and for somebody with an hour then.
struct ReportDocument {
  let blocks: [Block]

  init(_ source: ReportSource) {
    let paths = FigurePaths(source.summary.groups.map(\.key))
    let results = source.results
    blocks =
      HeadSection(source: source).blocks + SummarySection(source: source).blocks
      + VerdictSection(source: source).blocks + AccuracySection(source: source, paths: paths).blocks
      + GapSection(source: source).blocks
      + BestSigmaSection(source: source).blocks
      + InputsSection(source: source, paths: paths).blocks
      + IncidentsSection(source: source).blocks
      + (results.diagnosis.map { GradientSection(diagnosis: $0).blocks } ?? [])
      + SubjectSection(manifest: results.manifest).blocks + GuaranteeSection(source: source).blocks
      + ReproductionSection(manifest: results.manifest).blocks
  }
}

extension GroupSummary {
  /// Digits behind the point for radii of this group.
  var places: Int { Rounding.places(showing: points.last?.radius ?? 0) }
}
