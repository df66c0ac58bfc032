import CertifyResults

/// Every input's bracket as a line from what is proven to what was broken, sorted: the inputs with the
/// smallest proof at the bottom.
struct BracketsFigure {
  /// More inputs than this are thinned out evenly, in sorted order.
  private static let longest = 300

  private let title: String
  private let plot: Plot
  private let rows: [Row]
  private let total: Int
  private let thinned: Bool
  private let height: Double

  private struct Row {
    var index: Int
    var label: String
    var bracket: Bracket
  }

  init(_ group: GroupSummary, of results: RunResults, names: ClassNames) {
    let found = results.inputs.compactMap { input in
      input.bracket(of: group.key).map {
        Row(index: input.index, label: names.name(input.label), bracket: $0)
      }
    }
    let sorted = found.sorted { Self.order($0) < Self.order($1) }
    thinned = sorted.count > Self.longest
    rows =
      thinned ? (0..<Self.longest).map { sorted[$0 * (sorted.count - 1) / (Self.longest - 1)] } : sorted
    total = group.inputs
    title = Wording.title(group.key)
    // Wrong answers are their own witnesses at 0, and would crowd the others out.
    let ends = found.filter(\.bracket.correct).compactMap(\.bracket.upperInForce?.radius)
      .filter(\.isFinite).sorted()
    let reach = max(
      found.map(\.bracket.certifiedRadius).filter(\.isFinite).max() ?? 0,
      Quantile.of(0.95, sorted: ends) ?? 0)
    let limit = RadiusList.fitting(reach).last.flatMap { $0 > 0 ? $0 : nil } ?? 1
    let rowsHeight = min(max(Double(rows.count) * 5, 120), 420)
    plot = Plot(left: 28, top: 78, bottom: 78 + rowsHeight, limit: limit)
    height = 78 + rowsHeight + 56
  }

  private static func order(_ row: Row) -> (Double, Double, Int) {
    let bracket = row.bracket
    // Wrong answers first, then abstentions, then by what is proven.
    let rank = bracket.abstained ? -1 : bracket.correct ? bracket.certifiedRadius : -2
    return (rank, bracket.upperInForce?.radius ?? .infinity, row.index)
  }

  var drawing: Drawing {
    let step = (plot.bottom - plot.top) / Double(max(rows.count, 1))
    let thickness = max(min(step * 0.7, 6), 0.8)
    var body = Drawing.heading("Brackets of the inputs", of: title) + legend
    for tick in RadiusList.fitting(plot.limit) where tick <= plot.limit {
      body.append(
        "<path class=\"grid\" d=\"M\(plot.horizontal(tick)) \(Drawing.number(plot.top))V\(Drawing.number(plot.bottom))\"/>"
      )
    }
    for (position, row) in rows.enumerated() {
      body.append(line(row, y: plot.bottom - (Double(position) + 0.5) * step, thickness: thickness))
    }
    body += plot.radiusAxis
    body.append(
      "<text class=\"small\" text-anchor=\"middle\" transform=\"rotate(-90 16 \(Drawing.number((plot.top + plot.bottom) / 2)))\" "
        + "x=\"16\" y=\"\(Drawing.number((plot.top + plot.bottom) / 2))\">inputs, weakest below</text>")
    return Drawing(
      title: "Brackets of the inputs, sorted: \(title)", description: description, height: height, body: body)
  }

  /// One input: proven from 0 on, unknown to the witness, dots where no witness is known.
  private func line(_ row: Row, y: Double, thickness: Double) -> String {
    let bracket = row.bracket
    let start = plot.left
    let lower = plot.x(bracket.certifiedRadius)
    let top = Drawing.number(y - thickness / 2)
    func bar(_ from: Double, _ to: Double, _ kind: String) -> String {
      "<rect class=\"\(kind)\" x=\"\(Drawing.number(from))\" y=\"\(top)\" width=\"\(Drawing.number(max(to - from, 0)))\" "
        + "height=\"\(Drawing.number(thickness))\"/>"
    }
    var parts: [String] = []
    if bracket.certifiedRadius > 0 { parts.append(bar(start, lower, "proven")) }
    if !bracket.correct, !bracket.abstained {
      parts.append(bar(start, start + 7, "broken"))
    } else if let upper = bracket.upperInForce?.radius {
      let end = plot.x(upper)
      if end > lower { parts.append(bar(lower, end, "unknown")) }
      if upper <= plot.limit {
        parts.append(bar(end - 1, end + 2, "broken"))
      } else {
        parts.append(beyond(y: y, height: thickness))
      }
    } else {
      parts.append(
        "<path class=\"open\" d=\"M\(Drawing.number(lower + 2)) \(Drawing.number(y))H\(Drawing.number(plot.right))\"/>"
      )
    }
    return "<g><title>\(MarkupText.escaped(words(row)))</title>\(parts.joined())</g>"
  }

  /// A tip that points to a witness beyond the axis.
  private func beyond(y: Double, height: Double) -> String {
    let half = height / 2 + 0.5
    return "<path class=\"broken\" d=\"M\(Drawing.number(plot.right)) \(Drawing.number(y - half))"
      + "l6 \(Drawing.number(half))l-6 \(Drawing.number(half))z\"/>"
  }

  private func words(_ row: Row) -> String {
    let bracket = row.bracket
    let start = "input \(row.index) (\(row.label)): "
    if bracket.abstained { return start + "abstained" }
    if !bracket.correct { return start + "answered wrongly" }
    let places = Rounding.places(showing: plot.limit)
    let lower = bracket.lowerInForce.map { "certified ≥ \(Rounding.down($0.radius, places: places))" }
    let upper = bracket.upperInForce.map { "broken at ≤ \(Rounding.up($0.radius, places: places))" }
    return start + "\(lower ?? "nothing proven"), \(upper ?? "no witness known")"
  }

  private var legend: [String] {
    [
      "<rect class=\"proven\" x=\"24\" y=\"48\" width=\"28\" height=\"7\"/>",
      Drawing.text("proven robust", x: 58, y: 57.5),
      "<rect class=\"unknown\" x=\"164\" y=\"48\" width=\"28\" height=\"7\"/>",
      Drawing.text("unknown", x: 198, y: 57.5),
      "<rect class=\"broken\" x=\"272\" y=\"46\" width=\"4\" height=\"11\"/>",
      Drawing.text("broken here, or answered wrongly", x: 284, y: 57.5),
      "<path class=\"open\" d=\"M540 52h28\"/>",
      Drawing.text("no witness known", x: 574, y: 57.5),
    ]
  }

  private var description: String {
    let abstained = rows.count { $0.bracket.abstained }
    let wrong = rows.count { !$0.bracket.correct && !$0.bracket.abstained }
    let open = rows.count { $0.bracket.correct && $0.bracket.upperInForce == nil }
    let shown =
      thinned ? "\(rows.count) of \(total) inputs, evenly chosen in sorted order" : "\(rows.count) inputs"
    let far = rows.count { row in
      row.bracket.correct && (row.bracket.upperInForce.map { $0.radius > plot.limit } ?? false)
    }
    return "One line for each of \(shown), from the certified radius to the witness's distance; "
      + "\(wrong) answered wrongly, \(abstained) abstained, \(open) without a known witness."
      + (far > 0 ? " A tip at the right: \(far) with a witness beyond the axis." : "")
  }
}
