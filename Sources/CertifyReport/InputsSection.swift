import CertifyResults

/// The bracket of every input, or of the most telling ones where there are many.
struct InputsSection {
  var source: ReportSource

  var markdown: String {
    let shown = shownInputs
    let all = source.results.inputs.count
    var parts = ["## Inputs"]
    parts.append(
      "Radii are rounded for reading, certificates down and witnesses up; "
        + "[results.csv](results.csv) has every digit. “–” is absent: nothing proven, nothing found.")
    if shown.count < all {
      parts.append(
        "\(shown.count) of \(all) inputs are shown: contradictions, the inputs that decide the verdict, "
          + "abstentions, the smallest certified radii and the widest gaps. "
          + "All are in [results.csv](results.csv).")
    }
    parts += source.summary.groups.filter { $0.inputs > 0 }.map { table($0, shown) }
    return parts.joined(separator: "\n\n")
  }

  private func table(_ group: GroupSummary, _ shown: [InputResult]) -> String {
    var table = MarkdownTable(
      header: [
        "input", "label", "predicted", "certified ≥", "attacked ≤", "gap ≤", "certificate", "attack",
      ])
    table.figures = [0, 1, 2, 3, 4, 5]
    table.rows = shown.compactMap { input in
      input.bracket(of: group.key).map { row(input, $0, places: group.places) }
    }
    return "### \(MarkdownText.plain("Inputs: " + Wording.title(group.key)))\n\n\(table.text)"
  }

  private func row(_ input: InputResult, _ bracket: Bracket, places: Int) -> [String] {
    let predicted = bracket.predicted.map { bracket.correct ? "\($0)" : "**\($0)** ✗" } ?? "abstained"
    let gap = bracket.gap.map { Rounding.up($0, places: places) } ?? "–"
    return [
      "\(input.index)", "\(input.label)", predicted,
      bracket.lower.map { Rounding.down($0.radius, places: places) } ?? "–",
      bracket.upper.map { Rounding.up($0.radius, places: places) } ?? "–",
      bracket.contradictionStands ? "**\(gap)** ⚠" : gap,
      bracket.lower.map { MarkdownText.code($0.method, inTable: true) } ?? "–",
      attack(bracket),
    ]
  }

  private func attack(_ bracket: Bracket) -> String {
    if let upper = bracket.upper { return MarkdownText.code(upper.attack, inTable: true) }
    guard let attack = bracket.attack else { return "–" }
    return "\(MarkdownText.code(attack.name, inTable: true)) found nothing"
  }

  /// All, or the most telling ones, in order of index.
  private var shownInputs: [InputResult] {
    let inputs = source.results.inputs
    guard inputs.count > MarkdownReport.longestTable else { return inputs }
    let deciding = Set((source.verdict?.requirements ?? []).flatMap(\.decidingInputs))
    let groups: [[InputResult]] = [
      inputs.filter { $0.brackets.contains { $0.contradiction != nil || $0.contradictionStands } },
      inputs.filter { deciding.contains($0.index) },
      Array(inputs.filter { $0.brackets.contains(where: \.abstained) }.prefix(10)),
      Array(byValue(inputs) { $0.brackets.filter(\.correct).map(\.certifiedRadius).min() }.prefix(15)),
      Array(byValue(inputs) { $0.brackets.compactMap(\.gap).max().map { -$0 } }.prefix(15)),
    ]
    var chosen: Set<Int> = []
    for input in groups.joined() where chosen.count < MarkdownReport.tellingRows {
      chosen.insert(input.index)
    }
    return inputs.filter { chosen.contains($0.index) }
  }

  /// The inputs that have the value, smallest first, then by index.
  private func byValue(_ inputs: [InputResult], _ value: (InputResult) -> Double?) -> [InputResult] {
    inputs.compactMap { input in value(input).map { (value: $0, input: input) } }
      .sorted { ($0.value, $0.input.index) < ($1.value, $1.input.index) }
      .map(\.input)
  }
}
