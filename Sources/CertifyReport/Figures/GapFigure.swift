import CertifyResults

/// Where the gaps come from: for each smoothed classifier what is proven in the mean, and what more samples, a
/// better method and a stronger attack could close, one after the other.
struct GapFigure {
  private let rows: [Row]
  private let limit: Double

  private struct Row {
    var title: String
    var inputs: Int
    /// The mean certified radius of these inputs.
    var proven: Double
    var parts: GapParts
    var total: Double
  }

  /// `nil` where no group has a gap that is known in its parts.
  init?(_ source: ReportSource) {
    rows = source.summary.groups.compactMap { group in
      guard let parts = group.meanGapParts, let total = parts.total, let count = group.partedGaps else {
        return nil
      }
      let radii = source.results.inputs.compactMap { input -> Double? in
        guard let bracket = input.bracket(of: group.key), bracket.gapParts?.total != nil else { return nil }
        return bracket.certifiedRadius
      }
      return Row(
        title: Wording.title(group.key), inputs: count, proven: Mean.roundedDown(radii) ?? 0, parts: parts,
        total: total)
    }
    guard let reach = rows.map({ $0.proven + $0.total }).max(), reach.isFinite, reach > 0 else { return nil }
    limit = RadiusList.fitting(reach).last ?? reach
  }

  var drawing: Drawing {
    let step = 56.0
    let plot = Plot(left: 24, top: 78, bottom: 78 + step * Double(rows.count), limit: limit)
    var body =
      [Drawing.text("Where the gaps come from", x: 24, y: 30, style: "title")] + legend
    for tick in RadiusList.fitting(limit) where tick <= limit {
      body.append(
        "<path class=\"grid\" d=\"M\(plot.horizontal(tick)) \(Drawing.number(plot.top))V\(Drawing.number(plot.bottom))\"/>"
      )
    }
    for (position, row) in rows.enumerated() {
      let top = plot.top + step * Double(position)
      body.append(
        Drawing.text(
          "\(row.title), \(PlainText.count(row.inputs, "input"))", x: 24, y: top + 18, style: "halo",
          longest: 90)
      )
      body.append(bar(row, plot, top: top + 26))
    }
    return Drawing(
      title: "Where the gaps come from", description: description, height: plot.bottom + 56,
      body: body + plot.radiusAxis)
  }

  private func bar(_ row: Row, _ plot: Plot, top: Double) -> String {
    var start = 0.0
    let pieces = [
      ("proven", row.proven), ("sampling", row.parts.sampling ?? 0), ("method", row.parts.method ?? 0),
      ("weakness", row.parts.attack ?? 0),
    ].map { kind, length in
      let from = plot.x(start)
      start += length
      return "<rect class=\"\(kind)\" x=\"\(Drawing.number(from))\" y=\"\(Drawing.number(top))\" "
        + "width=\"\(Drawing.number(plot.x(start) - from))\" height=\"20\"/>"
    }
    return "<g><title>\(MarkupText.escaped(words(row)))</title>\(pieces.joined())</g>"
  }

  private func words(_ row: Row) -> String {
    let places = Rounding.places(showing: limit)
    func shown(_ value: Double?) -> String { value.map { Rounding.nearest($0, places: places) } ?? "–" }
    return "\(row.title), means over \(PlainText.count(row.inputs, "input")): proven \(shown(row.proven)), "
      + "then sampling \(shown(row.parts.sampling)), method \(shown(row.parts.method)), "
      + "attack \(shown(row.parts.attack))"
  }

  private var legend: [String] {
    let entries = [
      ("proven", "proven", 24.0), ("sampling", "more samples", 124), ("method", "a better method", 264),
      ("weakness", "the attack, or truly robust", 424),
    ]
    return entries.flatMap { kind, words, x in
      [
        "<rect class=\"\(kind)\" x=\"\(Drawing.number(x))\" y=\"45\" width=\"28\" height=\"14\"/>",
        Drawing.text(words, x: x + 34, y: 57.5),
      ]
    }
  }

  private var description: String { rows.map(words).joined(separator: "; ") + "." }
}
