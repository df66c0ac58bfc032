import CertifyResults

/// Certified and attacked accuracy side by side, one part for each classifier and norm.
struct AccuracySection {
  var source: ReportSource
  /// Where each figure lies.
  var paths: [BracketKey: String]

  var markdown: String {
    var parts = ["## Accuracy under attack"]
    parts.append(
      "Robust accuracy lies between the two columns when an abstention counts as an error: at least what is "
        + "certified against every change below the radius, at most what no attack broke within it. All inputs "
        + "are in the denominator. Each part speaks of a classifier of its own; figures of different parts "
        + "are not comparable.")
    parts += source.summary.groups.filter { $0.inputs > 0 }.map(part)
    return parts.joined(separator: "\n\n")
  }

  private func part(_ group: GroupSummary) -> String {
    let title = Wording.title(group.key)
    var table = MarkdownTable(header: ["radius", "certified accuracy ≥", "attacked accuracy ≤"])
    table.figures = [0, 1, 2]
    let proofs = group.lowerAbsent < group.brackets
    let attacked = source.results.inputs.contains { $0.bracket(of: group.key)?.attack != nil }
    table.rows = group.points.map { point in
      [
        Wording.number(point.radius),
        proofs ? fraction(point.certified, group, Rounding.percentDown) : "no certificate",
        attacked ? fraction(point.attacked, group, Rounding.percentUp) : "not attacked",
      ]
    }
    return [
      "### \(MarkdownText.plain(title))", figures(group),
      "![Certified and attacked accuracy over the radius: \(MarkdownText.plain(title))]"
        + "(\(paths[group.key] ?? ""))",
      table.text,
    ].joined(separator: "\n\n")
  }

  private func figures(_ group: GroupSummary) -> String {
    let places = group.places
    var parts = ["clean accuracy \(fraction(group.correct, group, Rounding.percentNearest))"]
    if group.key.classifier == .smoothed {
      parts.append("abstained on \(fraction(group.abstained, group, Rounding.percentUp))")
    }
    if let mean = group.meanCertifiedRadius, let median = group.medianCertifiedRadius {
      parts.append(
        "certified radius \(Rounding.down(mean, places: places)) in the mean and "
          + "\(Rounding.down(median, places: places)) in the median, 0 without a proof")
    }
    parts.append("no proof for \(group.lowerAbsent), no witness against \(group.upperAbsent)")
    if let mean = group.meanGap, let median = group.medianGap {
      parts.append(
        "gap \(Rounding.up(mean, places: places)) in the mean and \(Rounding.up(median, places: places)) "
          + "in the median of the \(group.gaps) inputs with both ends")
    }
    let text = parts.joined(separator: "; ") + "."
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  private func fraction(_ count: Int, _ group: GroupSummary, _ percent: (Int, Int) -> String) -> String {
    "\(percent(count, group.inputs)) (\(count) / \(group.inputs))"
  }
}
