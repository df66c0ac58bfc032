import CertifyGate
import CertifyResults

/// Certified and attacked accuracy side by side, one part for each classifier and norm.
struct AccuracySection {
  var source: ReportSource
  var paths: FigurePaths

  var blocks: [Block] {
    var blocks: [Block] = [.heading(2, "Accuracy under attack")]
    blocks.append(
      .paragraph(
        "Robust accuracy lies between the two accuracies when an abstention counts as an error: at least what is certified against every change below the radius, at most what no attack broke within it. All inputs are in the denominator. Beside each: the same for new inputs, if these are a random sample of them, at 95 % confidence for each radius. Each part speaks of a classifier of its own; figures of different parts are not comparable."
      ))
    for group in source.summary.groups where group.inputs > 0 { blocks += part(group) }
    return blocks
  }

  private func part(_ group: GroupSummary) -> [Block] {
    let title = Wording.title(group.key)
    let figure = AccuracyFigure(group, of: source.results)
    let blocks: [Block] = [
      .heading(3, Prose(title)), .paragraph(Prose(figures(group))),
      .illustration(
        Illustration(
          path: paths.path(.accuracy, group.key),
          alternative: "Certified and attacked accuracy over the radius: \(title)",
          content: .drawing(figure.drawing))),
      .paragraph(means(of: group)), .table(table(group)),
    ]
    return blocks + trajectories(group)
  }

  /// The paths of a flow through the plane, where they were kept.
  private func trajectories(_ group: GroupSummary) -> [Block] {
    guard let figure = TrajectoryFigure(group.key, of: source.results) else { return [] }
    return [
      .illustration(
        Illustration(
          path: paths.path(.trajectories, group.key),
          alternative: "The paths of the attack: \(Wording.title(group.key))",
          content: .drawing(figure.drawing)))
    ]
  }

  private func table(_ group: GroupSummary) -> Table {
    var table = Table(
      header: ["radius", "certified accuracy ≥", "new inputs ≥", "attacked accuracy ≤", "new inputs ≤"])
    table.figures = [0, 1, 2, 3, 4]
    let proofs = group.lowerAbsent < group.brackets
    let attacked = source.wasAttacked(group)
    let bounds = AccuracyBounds(of: group.key, in: source.results)
    let takenOff = try? AggregateErrors.takenOff(
      group.key, inputs: group.inputs, manifest: source.results.manifest)
    if let takenOff {
      table.header.append("certified accuracy of all inputs ≥ (\(takenOff) taken off)")
      table.figures.insert(5)
    }
    table.rows = group.points.map { point in
      let lower = bounds.map { Rounding.percentDown($0.certified(point.certified)) }
      let upper = bounds.map { Rounding.percentUp($0.unbroken(point.attacked)) }
      return [
        Prose(Wording.number(point.radius)),
        proofs ? Prose(fraction(point.certified, group, Rounding.percentDown)) : "no certificate",
        Prose(proofs ? lower ?? "–" : "–"),
        attacked ? Prose(fraction(point.attacked, group, Rounding.percentUp)) : "not attacked",
        Prose(attacked ? upper ?? "–" : "–"),
      ]
        + (takenOff.map { [Prose(fraction(max(0, point.certified - $0), group, Rounding.percentDown))] } ?? [])
    }
    return table
  }

  private func figures(_ group: GroupSummary) -> String {
    let places = group.places
    var parts = ["clean accuracy \(fraction(group.correct, group, Rounding.percentNearest))"]
    if group.key.classifier == .smoothed {
      parts.append("abstained on \(fraction(group.abstained, group, Rounding.percentUp))")
    }
    if group.lowerAbsent == group.brackets {
      parts.append("no certificate for any input")
    } else if let mean = group.meanCertifiedRadius, let median = group.medianCertifiedRadius {
      parts.append(
        "certified radius \(Rounding.down(mean, places: places)) in the mean and "
          + "\(Rounding.down(median, places: places)) in the median, 0 without a proof")
    }
    if group.lowerAbsent < group.brackets { parts.append("no proof for \(group.lowerAbsent)") }
    parts.append("no witness against \(group.upperAbsent)")
    if let mean = group.meanGap, let median = group.medianGap {
      parts.append(
        "gap \(Rounding.up(mean, places: places)) in the mean and \(Rounding.up(median, places: places)) "
          + "in the median of the \(group.gaps) inputs with both ends")
    }
    let exact = source.results.inputs.count { $0.bracket(of: group.key)?.isExact ?? false }
    if exact > 0 { parts.append("radius known exactly for \(exact)") }
    let text = parts.joined(separator: "; ") + "."
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  private func fraction(_ count: Int, _ group: GroupSummary, _ percent: (Int, Int) -> String) -> String {
    "\(percent(count, group.inputs)) (\(count) / \(group.inputs))"
  }
}
