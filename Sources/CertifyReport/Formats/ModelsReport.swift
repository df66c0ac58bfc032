import CertifyResults

/// Runs of several models on the same inputs, side by side.
public struct ModelsReport: Sendable {
  /// One model.
  public struct Entry: Sendable {
    /// What it is called.
    public var name: String
    /// Its run; `nil` where there is none.
    public var file: ResultsFile?
    /// Why there is no run, or what was wrong with it.
    public var problem: String?

    public init(name: String, file: ResultsFile?, problem: String? = nil) {
      self.name = name
      self.file = file
      self.problem = problem
    }
  }

  private let entries: [Entry]

  /// - Parameter entries: The models, in the order of the rows.
  public init(_ entries: [Entry]) { self.entries = entries }

  /// `comparison.md`.
  public var file: ReportFile {
    ReportFile(path: "comparison.md", text: MarkdownRenderer().render(blocks) + "\n")
  }

  private var blocks: [Block] {
    let results = entries.compactMap { entry in entry.file.map { (name: entry.name, file: $0) } }
    var blocks: [Block] = [.heading(1, "certify: \(PlainText.count(entries.count, "model"))")]
    let problems = entries.compactMap { entry -> Prose? in
      entry.problem.map { "\(strong: entry.name): \($0)" }
    }
    if !problems.isEmpty { blocks += [.heading(2, "Not finished"), .list(problems)] }
    for key in Set(results.flatMap(\.file.results.keys)).sorted() {
      blocks += [.heading(2, Prose(Wording.title(key))), .table(table(key, results))]
    }
    return blocks
  }

  private func table(_ key: BracketKey, _ results: [(name: String, file: ResultsFile)]) -> Table {
    let rows = results.compactMap { entry in
      entry.file.summary.groups.first { $0.key == key && $0.inputs > 0 }.map { (entry, $0) }
    }
    let reach = rows.compactMap { $0.1.points.last?.radius }.max() ?? 0
    let radii = RadiusList.fitting(reach, steps: 4).filter { $0 > 0 }
    let header: [Prose] =
      ["model", "inputs", "right"] + radii.map { "at \(Wording.number($0))" }
      + ["median certified radius ≥", "verdict"]
    var table = Table(header: header)
    table.figures = Set(1..<header.count - 1)
    table.rows = rows.map { entry, group in
      let exact = GroupSummary(key: key, inputs: entry.file.results.inputs, radii: radii)
      let median = group.medianCertifiedRadius.map { Rounding.down($0, places: group.places) } ?? "–"
      return [
        "\(link: entry.name, to: "\(PathReference.encoded(entry.name))/report.md")", Prose("\(group.inputs)"),
        Prose(Rounding.percentNearest(group.correct, of: group.inputs)),
      ]
        + radii.map { radius in cell(exact.points.first { $0.radius == radius }, exact) }
        + [Prose(group.lowerAbsent == group.brackets ? "–" : median), verdict(entry.file)]
    }
    return table
  }

  /// Certified to not broken: the share that is robust lies between.
  private func cell(_ point: AccuracyPoint?, _ group: GroupSummary) -> Prose {
    guard let point else { return "–" }
    return Prose(
      "\(Rounding.percentDown(point.certified, of: group.inputs)) – "
        + Rounding.percentUp(point.attacked, of: group.inputs))
  }

  private func verdict(_ file: ResultsFile) -> Prose {
    if file.summary.contradictions > 0 { return .strong("contradiction") }
    guard let verdict = file.verdict, !verdict.requirements.isEmpty else { return "–" }
    return verdict.pass ? "✅\u{A0}pass" : "❌\u{A0}\(strong: "fail")"
  }
}
