import CertifyReport

extension GradientMaskingExperiment {
  /// What textbook PGD calls the accuracy, and what this program's attacks call the radius.
  static func figure(_ radii: [Double], _ findings: [Finding]) -> ExperimentFigure {
    let inks: [ChartMark.Ink] = [.blue, .orange, .purple, .green]
    let truth = budgets.map { budget in
      Double(radii.count { $0 > budget }) / Double(radii.count)
    }
    func course(_ values: [Double]) -> ChartMark.Shape {
      .line(zip(budgets, values).map { ChartMark.Point($0, $1) })
    }
    let accuracy = Chart(
      "Textbook PGD", x: ChartAxis("ε", from: 0, to: 1),
      y: ChartAxis("accuracy left", from: 0, to: 1.02),
      marks: findings.enumerated().map { index, finding in
        ChartMark(
          course(finding.accuracies), inks[index % inks.count], isDashed: index > 1, label: finding.mask.title
        )
      } + [ChartMark(course(truth), .grey, isDashed: true, label: "truth")])
    let shown = findings.filter { $0.mask != .honest }.flatMap { finding in
      [("pgd", finding.pgd), ("best", finding.best)].map { (finding.mask, $0.0, $0.1.sorted()) }
    }
    let ratios = Chart(
      "The attacks of this program", x: ChartAxis("part of the inputs", from: 0, to: 1),
      y: ChartAxis("radius / true radius", holding: [1] + shown.flatMap(\.2)),
      marks: shown.map { mask, attack, sorted in
        ChartMark(
          .line(
            sorted.enumerated().map { .init((Double($0.offset) + 0.5) / Double(sorted.count), $0.element) }),
          inks[(MaskedNet.allCases.firstIndex(of: mask) ?? 0) % inks.count], isDashed: attack == "best",
          label: "\(attack), \(mask.title)")
      })
    func short(_ value: Double) -> String {
      value.isFinite ? Rounding.significant(value, digits: 3) : "none, since nothing was found"
    }
    let words = findings.map { finding in
      "\(finding.mask.title): accuracy \(short(finding.accuracy)) under textbook PGD at the median of the true radii, "
        + "pgd's radius over the true one in the median \(short(median(finding.pgd))), best's \(short(median(finding.best))), "
        + "signs of masking: \(finding.signs.isEmpty ? "none" : finding.signs.map(\.rawValue).joined(separator: ", "))."
    }
    return ExperimentFigure(
      "masks",
      caption:
        "Textbook PGD follows the truth on the honest net alone; attacks that do not depend on gradients are hardly misled.",
      ChartFigure(
        title: "The same net, with and without masks",
        description: """
          On the left the accuracy over ε: under textbook PGD that of the honest net falls with the truth, those of the \
          masked nets hardly fall. On the right the radii that pgd and best find over the true ones, inputs sorted. \
          \(words.joined(separator: " "))
          """,
        columns: 2, height: 260, charts: [accuracy, ratios]))
  }
}
