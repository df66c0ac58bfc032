import CertifyResults

/// The weakest inputs and classes, and the bracket of every input or of the most telling ones.
struct InputsSection {
  /// Above this many inputs the full table shows the most telling ones only.
  static let longestTable = 200
  /// How many of them.
  static let tellingRows = 60
  /// The rows of the table of weak inputs.
  static let weakRows = 10

  var source: ReportSource
  var paths: FigurePaths

  var blocks: [Block] {
    var blocks: [Block] = [.heading(2, "Inputs")]
    blocks.append(
      .paragraph(
        "The weakest inputs come first. Radii are rounded for reading, certificates down and witnesses up; \(link: "results.csv", to: "results.csv") has every digit. “–” is absent: nothing proven, nothing found. “Exact”: proof and witness agree to \(Wording.number(Bracket.exactness)) of the radius."
      ))
    for group in source.summary.groups where group.inputs > 0 { blocks += part(group) }
    return blocks
  }

  private func part(_ group: GroupSummary) -> [Block] {
    let title = Wording.title(group.key)
    var blocks: [Block] = [
      .heading(3, "Inputs: \(title)"),
      .illustration(
        Illustration(
          path: paths.path(.brackets, group.key),
          alternative: "Every input's bracket, sorted: \(title)",
          content: .drawing(BracketsFigure(group, of: source.results, names: source.names).drawing))),
    ]
    let all = rows(group, of: source.results.inputs)
    if all.count > Self.weakRows {
      blocks.append(.table(table(group, WeakInputs(source.results, group.key).inputs.prefix(Self.weakRows))))
      let telling = TellingInputs(source: source).inputs
      let shown = source.results.inputs.count > Self.longestTable ? telling : source.results.inputs
      let title: Prose =
        shown.count < source.results.inputs.count
        ? "\(shown.count) of \(source.results.inputs.count) inputs: contradictions, those that decide the verdict, abstentions, the smallest radii and the widest gaps"
        : "All \(shown.count) inputs"
      blocks.append(.details(title, [.table(table(group, shown[...]))]))
    } else {
      blocks.append(.table(table(group, source.results.inputs[...])))
    }
    return blocks + classes(group)
  }

  /// The classes, where there are several and an input for each to speak of.
  private func classes(_ group: GroupSummary) -> [Block] {
    let radius = source.keyRadius(of: group)
    let classes = ClassFigures.all(group, of: source.results, radius: radius)
    guard classes.count > 1 else { return [] }
    let title = Wording.title(group.key)
    var table = Table(header: [
      "class", "inputs", "right", "certified", "not broken", "mean certified radius ≥",
    ])
    table.figures = [1, 2, 3, 4, 5]
    table.rows = classes.prefix(ClassFigures.longest).map { row in
      [
        Prose(source.names.name(row.label)), Prose("\(row.inputs)"), Prose("\(row.correct)"),
        Prose("\(row.certified)"), Prose("\(row.unbroken)"),
        Prose(Rounding.down(row.meanCertifiedRadius, places: group.places)),
      ]
    }
    return [
      .illustration(
        Illustration(
          path: paths.path(.classes, group.key),
          alternative: "Accuracy class by class at radius \(Wording.number(radius)): \(title)",
          content: .drawing(
            ClassesFigure(group, classes: classes, radius: radius, names: source.names).drawing))),
      .details("Class by class at radius \(Wording.number(radius)), weakest first", [.table(table)]),
    ]
  }

  private func table(_ group: GroupSummary, _ shown: ArraySlice<InputResult>) -> Table {
    var table = Table(
      header: [
        "input", "label", "predicted", "certified ≥", "attacked ≤", "gap ≤", "certificate", "attack",
        "answers there",
      ])
    table.figures = source.names.names.isEmpty ? [0, 1, 2, 3, 4, 5] : [0, 3, 4, 5]
    table.rows = rows(group, of: Array(shown))
    return table
  }

  private func rows(_ group: GroupSummary, of inputs: [InputResult]) -> [[Prose]] {
    inputs.compactMap { input in
      input.bracket(of: group.key).map { row(input, $0, places: group.places) }
    }
  }

  private func row(_ input: InputResult, _ bracket: Bracket, places: Int) -> [Prose] {
    let names = source.names
    let predicted: Prose =
      bracket.predicted.map { predicted in
        bracket.correct ? Prose(names.name(predicted)) : "\(strong: names.name(predicted)) ✗"
      } ?? "abstained"
    let width = bracket.gap.map { Rounding.up($0, places: places) } ?? "–"
    let gap = bracket.isExact ? "\(width), exact" : width
    return [
      Prose("\(input.index)"), Prose(names.name(input.label)), predicted,
      Prose(bracket.lowerInForce.map { Rounding.down($0.radius, places: places) } ?? "–"),
      Prose(bracket.upperInForce.map { Rounding.up($0.radius, places: places) } ?? "–"),
      bracket.contradictionStands ? "\(strong: gap) ⚠" : Prose(gap),
      bracket.lowerInForce.map { .code($0.method) } ?? "–", attack(bracket),
      Prose(bracket.upperInForce.map { names.name($0.witnessClass) } ?? "–"),
    ]
  }

  private func attack(_ bracket: Bracket) -> Prose {
    if let targets = bracket.targets, targets.isEmpty { return "none: its label is the target" }
    if let upper = bracket.upperInForce { return .code(upper.attack) }
    guard let attack = bracket.attack else { return "–" }
    return "\(code: attack.name) found nothing"
  }
}
