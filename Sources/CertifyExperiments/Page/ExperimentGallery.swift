import CertifyReport

/// A page that shows some experiments, each with its first figure and what was published beside what was found.
public struct ExperimentGallery: Sendable {
  private let records: [ExperimentRecord]
  private let directory: String

  /// - Parameters:
  ///   - records: In any order; they are shown in that of ``Experiments/all``.
  ///   - directory: Where their files lie, relative to the page; empty for beside it.
  public init(_ records: [ExperimentRecord], directory: String) {
    let order = Experiments.all.map { $0.name }
    func place(_ record: ExperimentRecord) -> Int { order.firstIndex(of: record.experiment) ?? order.count }
    self.records = records.sorted { (place($0), $0.experiment) < (place($1), $1.experiment) }
    self.directory = directory.isEmpty ? "" : directory + "/"
  }

  /// The page as Markdown.
  public var markdown: String { MarkdownRenderer().render(blocks) + "\n" }

  private var blocks: [Block] {
    let claims = records.reduce(0) { $0 + $1.page.claimCount }
    let failures = records.reduce(0) { $0 + $1.page.failures.count }
    var blocks: [Block] = [
      .heading(1, "Published experiments, run again"),
      .paragraph(
        """
        Each page is what \(code: "certify experiment NAME") wrote: the published figure beside ours, what must hold \
        and why, the plain conclusion. \(claims - failures) of \(claims) assertions hold.
        """),
      .list(
        records.map { record in
          "\(link: record.experiment, to: "\(directory)\(record.experiment).md"): \(summary(record))"
        }),
    ]
    for record in records {
      let page = record.page
      blocks += [
        .heading(2, "\(link: page.title, to: "\(directory)\(record.experiment).md")"),
        .paragraph(Prose(page.question)), ExperimentDocument.verdict(page),
      ]
      if let figure = page.figures.first {
        blocks += [
          .illustration(
            Illustration(
              path: directory + record.path(of: figure), alternative: figure.alternative, content: .existing)),
          .paragraph(Prose(figure.caption)),
        ]
      }
      let quoted = page.quantities.filter { $0.published != nil }
      if !quoted.isEmpty { blocks.append(.table(ExperimentDocument.table(quoted))) }
    }
    return blocks
  }

  private func summary(_ record: ExperimentRecord) -> String {
    (try? Experiments.named(record.experiment))?.summary ?? record.page.title
  }
}
