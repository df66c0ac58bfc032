import CertifyResults

/// Accuracy class by class at one radius: certified, not broken and clean, as bars from the left.
struct ClassesFigure {
  private let title: String
  private let radius: Double
  private let rows: [ClassFigures]
  private let hidden: Int
  private let names: ClassNames

  /// - Parameter classes: Weakest first, as they are to be shown; at most the first `ClassFigures.longest` are.
  init(_ group: GroupSummary, classes: [ClassFigures], radius: Double, names: ClassNames) {
    rows = Array(classes.prefix(ClassFigures.longest))
    hidden = classes.count - rows.count
    self.radius = radius
    self.names = names
    title = Wording.title(group.key)
  }

  var drawing: Drawing {
    let step = 22.0
    let plot = Plot(left: 150, right: 640, top: 90, bottom: 90 + step * Double(rows.count), limit: 1)
    var body =
      Drawing.heading("Classes at radius \(Wording.number(radius))", of: title) + [
        "<rect class=\"proven\" x=\"24\" y=\"45\" width=\"28\" height=\"14\"/>",
        Drawing.text("certified at \(Wording.number(radius))", x: 58, y: 57.5),
        "<rect class=\"unknown\" x=\"204\" y=\"45\" width=\"28\" height=\"14\"/>",
        Drawing.text("not broken at \(Wording.number(radius))", x: 238, y: 57.5),
        "<rect class=\"none\" x=\"404\" y=\"45\" width=\"28\" height=\"14\"/>",
        Drawing.text("right on the clean input", x: 438, y: 57.5),
      ]
    for fifth in 0...5 {
      let fraction = Double(fifth) / 5
      body.append(
        "<path class=\"grid\" d=\"M\(plot.horizontal(fraction)) \(Drawing.number(plot.top - 6))V\(Drawing.number(plot.bottom))\"/>"
      )
      body.append(
        Drawing.text(
          "\(fifth * 20) %", x: plot.x(fraction), y: plot.top - 12, anchor: .middle, style: "small"))
    }
    for (position, row) in rows.enumerated() {
      let top = plot.top + step * Double(position)
      body.append(Drawing.text(names.name(row.label), x: 140, y: top + 15, anchor: .end, longest: 18))
      body.append(bar(row, plot: plot, top: top + 3, height: 16))
      body.append(
        Drawing.text("\(row.certified) / \(row.inputs)", x: 652, y: top + 15, style: "small"))
    }
    return Drawing(
      title: "Accuracy class by class: \(title)", description: description, height: plot.bottom + 20,
      body: body)
  }

  private func bar(_ row: ClassFigures, plot: Plot, top: Double, height: Double) -> String {
    let bars = [("unknown", row.unbroken), ("proven", row.certified), ("none", row.correct)].map {
      kind, count in
      let end = plot.x(Double(count) / Double(max(row.inputs, 1)))
      return "<rect class=\"\(kind)\" x=\"\(Drawing.number(plot.left))\" y=\"\(Drawing.number(top))\" "
        + "width=\"\(Drawing.number(end - plot.left))\" height=\"\(Drawing.number(height))\"/>"
    }
    return "<g><title>\(MarkupText.escaped(words(row)))</title>\(bars.joined())</g>"
  }

  private func words(_ row: ClassFigures) -> String {
    "\(names.name(row.label)): \(row.certified) of \(row.inputs) certified, \(row.unbroken) not broken, \(row.correct) right"
  }

  private var description: String {
    let rest = hidden > 0 ? " \(hidden) classes with higher figures are left out." : ""
    return "At radius \(Wording.number(radius)), weakest class first: "
      + rows.map(words).joined(separator: "; ") + ".\(rest)"
  }
}
