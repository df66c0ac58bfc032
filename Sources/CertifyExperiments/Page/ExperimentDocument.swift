import CertifyReport

/// A record as blocks of text and figures.
struct ExperimentDocument {
  let blocks: [Block]

  init(_ record: ExperimentRecord) {
    let page = record.page
    var blocks: [Block] = [
      .heading(1, Prose(page.title)), .paragraph(Prose(page.question)), Self.verdict(page),
    ]
    for figure in page.figures {
      if let drawing = figure.drawing {
        blocks.append(
          .illustration(
            Illustration(
              path: record.path(of: figure), alternative: figure.alternative, content: .drawing(drawing))))
      }
      blocks.append(.paragraph(Prose(figure.caption)))
    }
    blocks += [.heading(2, "Published and found"), .table(Self.table(page.quantities))]
    let reasons = Self.reasons(page.quantities)
    if !reasons.isEmpty { blocks += [.heading(2, "Why this must hold"), .list(reasons)] }
    blocks += [.heading(2, "What it says")] + page.paragraphs.map { .paragraph(Prose($0)) }
    blocks += [.heading(2, "Setting"), .list(page.setting.map { Prose($0) })]
    if !page.files.isEmpty {
      blocks.append(.list(page.files.map { "\(code: $0.path), SHA-256 \(code: $0.sha256)" }))
    }
    let data = page.files.isEmpty ? "" : " --data DIRECTORY"
    let command =
      "certify experiment \(record.experiment) --scale \(record.scale.rawValue) --seed \(record.seed)\(data)"
      + " --out experiments"
    blocks += [.code(command, language: "sh"), .heading(2, "Sources")]
    blocks.append(.list(page.allSources.map(Self.citation)))
    self.blocks = blocks
  }

  /// Each reason once, with the quantities that it is for.
  private static func reasons(_ quantities: [Quantity]) -> [Prose] {
    var names: [(reason: String, names: [Prose])] = []
    for quantity in quantities {
      guard let reason = quantity.claim?.reason else { continue }
      let name = Prose.strong(quantity.name)
      if let place = names.firstIndex(where: { $0.reason == reason }) {
        names[place].names.append(name)
      } else {
        names.append((reason, [name]))
      }
    }
    return names.map { "\($0.names.joined(separator: ", ")): \($0.reason)" }
  }

  static func verdict(_ page: ExperimentPage) -> Block {
    let failures = page.failures
    guard failures.isEmpty else {
      let names = failures.map { Prose.strong($0.name) }.joined(separator: ", ")
      return .notice("❌ \(failures.count) of \(page.claimCount) assertions do not hold: \(names).")
    }
    return .paragraph("✅ All \(page.claimCount) assertions hold.")
  }

  static func table(_ quantities: [Quantity]) -> Table {
    var table = Table(header: ["quantity", "published", "ours", "range", "must be", "holds"])
    table.figures = [1, 2]
    table.rows = quantities.map { quantity in
      [
        Prose(quantity.name), published(quantity.published), Prose(Rounding.significant(quantity.ours)),
        quantity.range.map {
          "\(Rounding.significant($0.lower)) – \(Rounding.significant($0.upper)) (\($0.meaning))"
        } ?? "–",
        quantity.claim.map { Prose($0.kind.words) } ?? "–",
        quantity.holds.map { $0 ? "✅" : "❌ \(strong: "no")" } ?? "–",
      ]
    }
    return table
  }

  private static func published(_ published: Quantity.Published?) -> Prose {
    guard let published else { return "–" }
    let place = published.place.map { ", \($0)" } ?? ""
    let source = published.source
    let name: Prose = source.link.map { "\(link: source.short, to: $0)" } ?? Prose(source.short)
    return "\(Rounding.significant(published.value)) (\(name)\(place))"
  }

  private static func citation(_ source: Source) -> Prose {
    let year = source.year.map { " (\($0))" } ?? ""
    let text: Prose = "\(source.authors)\(year): \(source.title)"
    guard let identifier = source.identifier else { return text }
    let name: Prose = source.link.map { "\(link: identifier, to: $0)" } ?? Prose(identifier)
    return text + ", " + name
  }
}

extension Quantity.Claim.Kind {
  /// `0.5 ± 1·10⁻⁶`, `≤ 3`.
  var words: String {
    switch self {
    case .equal(let value, let tolerance):
      tolerance == 0
        ? "= \(Rounding.significant(value))"
        : "\(Rounding.significant(value)) ± \(Rounding.significant(tolerance, digits: 2))"
    case .atMost(let value): "≤ \(Rounding.significant(value))"
    case .atLeast(let value): "≥ \(Rounding.significant(value))"
    case .between(let lower, let upper):
      "\(Rounding.significant(lower)) to \(Rounding.significant(upper))"
    }
  }
}
