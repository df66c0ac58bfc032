import CertifyResults

/// Where the gaps of smoothed classifiers come from, and how the tests of candidate witnesses ended.
struct GapSection {
  var source: ReportSource

  /// Nothing when no smoothed classifier was bracketed.
  var blocks: [Block] {
    let groups = source.summary.groups.filter { $0.key.classifier == .smoothed && $0.inputs > 0 }
    guard !groups.isEmpty else { return [] }
    let picture = GapFigure(source).map { figure in
      Block.illustration(
        Illustration(
          path: FigurePaths.gaps,
          alternative: "Where the gaps come from: more samples, a better method or a stronger attack",
          content: .drawing(figure.drawing)))
    }
    let divided = groups.filter { ($0.partedGaps ?? 0) > 0 }
    let parts: [Block] = [
      .paragraph(
        "\(strong: "Sampling"): what ever more samples could add to the certificate, by the upper Clopper–Pearson bound. \(strong: "Method"): what the best certificate from the same probabilities could add to that. \(strong: "Attack"): what is left up to the witness, because the classifier is not the worst one with these probabilities or because the attack missed something nearer. The means add up to the mean gap of the same inputs."
      ), .table(table(of: divided)),
    ]
    return [.heading(2, "Where the gaps come from")] + (picture.map { [$0] } ?? [])
      + (divided.isEmpty ? [.paragraph("No gap has both a proof and a witness.")] : parts) + [
        .paragraph(
          "A candidate is found on cheap samples and then tested on fresh ones: \(strong: "flipped") is a witness, \(strong: "held") is shown to keep the label, \(strong: "inconclusive") is neither. Only flipped candidates count."
        ), .table(tests(groups)),
      ]
  }

  private func table(of groups: [GroupSummary]) -> Table {
    var table = Table(header: ["classifier", "inputs", "sampling", "method", "attack", "gap"])
    table.figures = [1, 2, 3, 4, 5]
    table.rows = groups.map { group in
      func shown(_ value: Double?) -> Prose {
        Prose(value.map { Rounding.nearest($0, places: group.places) } ?? "–")
      }
      let parts = group.meanGapParts
      return [
        Prose(Wording.title(group.key)), Prose("\(group.partedGaps ?? 0)"), shown(parts?.sampling),
        shown(parts?.method), shown(parts?.attack), shown(parts?.total),
      ]
    }
    return table
  }

  private func tests(_ groups: [GroupSummary]) -> Table {
    var table = Table(header: ["classifier", "candidates", "flipped", "held", "inconclusive"])
    table.figures = [1, 2, 3, 4]
    table.rows = groups.map { group in
      let records = source.results.inputs.compactMap { $0.bracket(of: group.key)?.attack }
      let outcomes = [\AttackRecord.flipped, \.held, \.inconclusive].map { outcome in
        records.reduce(0) { $0 + $1[keyPath: outcome] }
      }
      return [Prose(Wording.title(group.key)), Prose("\(outcomes.reduce(0, +))")]
        + outcomes.map { Prose("\($0)") }
    }
    return table
  }
}
