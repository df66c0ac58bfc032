import CertifyReport

/// The boundaries of nets that were trained against an adversary.
extension CurvatureFlowExperiment {
  /// For each trial the boundaries by growing ε, that of training as usual first.
  typealias Trials = [[StraightenedBoundary]]

  static func straightened(_ setting: ExperimentSetting) throws -> Trials {
    let cells = setting.choose(small: [0, 6], full: [0, 3, 6, 9])
    let count = setting.choose(small: 1, full: 5)
    let exact = cells.map { LeastRisk(cells: $0) }
    return try (0..<count).map { trial in
      try exact.enumerated().map { index, exact in
        setting.progress(0.6 + 0.4 * Double(trial * cells.count + index) / Double(count * cells.count))
        return try StraightenedBoundary(
          exact, samples: setting.choose(small: 2000, full: 4000),
          epochs: setting.choose(small: 30, full: 60), seed: setting.seed, trial: trial, jobs: setting.jobs)
      }
    }
  }

  static func straighteningSetting(_ trials: Trials) -> String {
    let budgets = trials[0].dropFirst().map { Rounding.significant($0.exact.epsilon, digits: 2) }
    return """
      inputs uniform on [−1.2, 1.2]², P[y = 1] = 1/(1 + exp(−(x₂ − .35 sin(2πx₁/1.2))/.1)); the set of least adversarial \
      risk on cells of 1/32; networks mlp(32,32) with gelu on \(trials[0][0].samples) samples, \(trials.count) trials, plainly and \
      by PGD of 4 steps in ℓ₂ with ε = \(budgets.joined(separator: ", "))
      """
  }

  static func quantities(_ trials: Trials) -> [Quantity] {
    var quantities: [Quantity] = []
    for index in trials[0].indices {
      let exact = trials[0][index].exact
      let lengths = Spread(trials.map { $0[index].trained.length })
      let before = index > 0 ? index - 1 : nil
      let name = "ε = \(Rounding.significant(exact.epsilon, digits: 2))"
      quantities += [
        Quantity(
          "length of the boundary of least adversarial risk, \(name)", ours: exact.boundary.length,
          claim: before.map {
            .init(
              .atMost(trials[0][$0].exact.boundary.length),
              because: "the perimeter weighs more with a larger ε")
          }),
        Quantity(
          "length of the trained net's boundary, \(name)", ours: lengths.mean,
          range: trials.count > 1
            ? .init(lengths.quantile(0), lengths.quantile(1), "all trials") : nil,
          claim: before.map { before in
            .init(
              .atMost(Spread(trials.map { $0[before].trained.length }).mean),
              because: "adversarial training shortens the boundary")
          }),
      ]
      guard index > 0 else { continue }
      let nearness = Spread(
        trials.map {
          $0[index].trained.meanDistance(from: exact.boundary)
            / $0[0].trained.meanDistance(from: exact.boundary)
        })
      quantities += [
        Quantity(
          "adversarial risk of that set over that of the wavy one, \(name)",
          ours: exact.risk / exact.wavyRisk,
          claim: .init(.atMost(1), because: "the wavy set is a candidate")),
        Quantity(
          "distance of the trained boundary from that of least adversarial risk, over that of the plainly trained one, \(name)",
          ours: nearness.mean,
          claim: .init(
            .atMost(0.75),
            because: "cross-entropy is another loss, but pulls the same way: most of the distance is covered")
        ),
      ]
    }
    return quantities
  }

  static func boundaryFigure(_ trial: [StraightenedBoundary]) -> ExperimentFigure {
    let inks: [ChartMark.Ink] = [.grey, .blue, .orange, .purple]
    func chart(_ title: String, _ line: (StraightenedBoundary) -> LevelLine) -> Chart {
      Chart(
        title, x: ChartAxis("x₁", from: -1.2, to: 1.2), y: ChartAxis("x₂", from: -0.6, to: 0.6),
        isEqual: true,
        marks: trial.enumerated().map { index, boundary in
          ChartMark(
            line(boundary).shape, inks[index % inks.count],
            label: "ε = \(Rounding.significant(boundary.exact.epsilon, digits: 2))")
        })
    }
    func lengths(_ line: (StraightenedBoundary) -> LevelLine) -> String {
      trial.map { boundary in
        "\(Rounding.significant(line(boundary).length, digits: 3)) at ε = \(Rounding.significant(boundary.exact.epsilon, digits: 2))"
      }.joined(separator: ", ")
    }
    return ExperimentFigure(
      "boundary",
      caption:
        "Adversarial training straightens the boundary: on the left the sets of least adversarial risk, on the right trained nets.",
      ChartFigure(
        title: "Decision boundaries of adversarial training",
        description: """
          Two charts of boundaries between two classes, which wave twice without an adversary and become flatter as ε \
          grows. Lengths of the exact minimisers: \(lengths { $0.exact.boundary }). Of trained nets: \(lengths { $0.trained }).
          """,
        columns: 2, height: 240,
        charts: [
          chart("least adversarial risk, exactly", { $0.exact.boundary }),
          chart("nets trained by PGD", { $0.trained }),
        ]))
  }
}

extension LevelLine {
  /// Its pieces as they are drawn.
  var shape: ChartMark.Shape {
    .segments(
      pieces.map { (from: ChartMark.Point($0.from.x, $0.from.y), to: ChartMark.Point($0.to.x, $0.to.y)) })
  }
}
