import CertifyReport
import CertifyStatistics
import CertifyThreat
import Foundation

/// `linear-demo`: the smallest demonstration of an attack and of a defence, a thousand times.
public struct LinearDemoExperiment: Experiment {
  public static let name = "linear-demo"
  public static let summary =
    "logistic regression on two Gaussians, FGSM and retraining: one printed draw inside its distribution"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let count = setting.choose(small: 200, full: 1000)
    let trials = (0..<count).map { index in
      if index % 10 == 0 { setting.progress(0.9 * Double(index) / Double(count)) }
      return LinearDemoTrial(seed: setting.seed, index: index)
    }
    let accuracies = trials.map(\.accuracies)
    let spreads = (0..<4).map { column in Spread(accuracies.map { $0[column] }) }
    let shown = trials[0]
    var quantities = Self.accuracyQuantities(spreads, count)
    quantities += try Self.gainQuantities(trials, accuracies)
    quantities += try Self.bayesQuantities()
    for norm in Norm.allCases {
      let brackets = try shown.brackets(norm: norm, first: setting.choose(small: 10, full: 160))
      let name = Wording.symbol(Distance(norm))
      let ratios: [Double] = brackets.map { $0.width / $0.allowance }
      let ratio = ratios.max { abs($0 - 1) < abs($1 - 1) } ?? .nan
      quantities.append(Quantity("widest bracket in \(name)", ours: brackets.map(\.width).max() ?? .nan))
      let reason = """
        the exact certificate of a linear model and the nearest witness are one number; the certificate stays below it by \
        what rounding the logits in single precision may shift the boundary, and the witness may lie as far beyond \
        (\(brackets.count) inputs)
        """
      quantities.append(
        Quantity(
          "bracket in \(name) over the allowance for rounding, farthest from 1", ours: ratio,
          claim: .init(.between(0, 2), because: reason)))
    }
    return ExperimentPage(
      title: "A linear demonstration, a thousand times",
      question:
        "Does retraining on FGSM's inputs make this logistic regression more robust, as the two printed figures suggest?",
      setting: [
        "x ~ N(yμ, Σ), y = ±1, μ = (1, 1), Σ = [[1, .3], [.3, 1]]; 400 samples, 240 to train on, 160 to test",
        "logistic regression with the penalty ½‖w‖², solved exactly; FGSM with ε = 1 in ℓ∞",
        "the defence: retraining on the training samples and what FGSM makes of them; each model is attacked by its own gradient",
        "\(count) repetitions, each with samples of its own",
      ],
      figures: [boundaryFigure(shown), histogramFigure(spreads, count)],
      quantities: quantities,
      paragraphs: [
        """
        The printed figures are plausible draws: each lies inside the distribution of the same experiment with other \
        random samples. So does the gain from .494 to .512: over \(count) repetitions the defence changes the attacked \
        accuracy by \(Rounding.significant(Self.gain(accuracies, 1, 3).mean, digits: 2)) in the mean. The defence's gain \
        is noise there, and it cannot be otherwise: with ε = 1 the adversary moves the mean of each class on to the origin, and \
        each line with two positive weights, defended or not, is right for exactly half of all \
        attacked inputs, and no line is better.
        """,
        """
        For a linear classifier the certificate is exact: it equals the distance of the nearest witness that an attack \
        finds, in all three norms, up to single precision. The bracket has no width.
        """,
      ],
      sources: [Self.chapter, HolderExperiment.goodfellow])
  }

  /// What the demonstration was printed in.
  static let chapter = Source(
    authors: "Introductory chapter on adversarial learning", year: nil,
    title: "logistic regression on two Gaussians, one draw of 400 samples", identifier: nil)

  private static let columns = ["clean", "attacked", "clean, defended", "attacked, defended"]
  private static let printed = [0.894, 0.494, 0.912, 0.512]

  /// What defending adds to an accuracy, pair by pair.
  private static func gain(_ accuracies: [[Double]], _ before: Int, _ after: Int) -> Spread {
    Spread(accuracies.map { $0[after] - $0[before] })
  }

  private static func accuracyQuantities(_ spreads: [Spread], _ count: Int) -> [Quantity] {
    var quantities: [Quantity] = []
    for (column, spread) in spreads.enumerated() {
      let name = columns[column]
      quantities.append(
        Quantity(
          "accuracy, \(name)", published: .init(printed[column], in: chapter), ours: spread.mean,
          range: .init(spread.quantile(0.05), spread.quantile(0.95), "5–95 % of \(count) repetitions")))
      quantities.append(
        Quantity(
          "rank of the printed figure, \(name)", ours: spread.rank(of: printed[column]),
          claim: .init(
            .between(0.05, 0.95), because: "a printed figure that is one plausible draw lies in the middle")))
    }
    return quantities
  }

  private static func gainQuantities(
    _ trials: [LinearDemoTrial], _ accuracies: [[Double]]
  ) throws -> [Quantity] {
    var quantities: [Quantity] = []
    for (name, before, after) in [("clean", 0, 2), ("attacked", 1, 3)] {
      let spread = gain(accuracies, before, after)
      let published = printed[after] - printed[before]
      quantities.append(
        Quantity(
          "gain by defending, \(name)", published: .init(published, in: chapter), ours: spread.mean,
          range: .init(spread.quantile(0.05), spread.quantile(0.95), "5–95 % of \(trials.count) repetitions"),
          claim: .init(
            .atMost(6 * spread.standardError),
            because:
              "defending cannot help where the plain model is optimal already; six standard errors of the mean"
          )))
    }
    let exact = try trials.map {
      try TwoGaussians.accuracy(of: $0.defended, epsilon: LinearDemoTrial.epsilon)
    }
    quantities.append(
      Quantity(
        "attacked accuracy on all inputs, defended, farthest from ½",
        ours: exact.max { abs($0 - 0.5) < abs($1 - 0.5) } ?? .nan,
        claim: .init(
          .equal(to: 0.5, within: 1e-12),
          because:
            "at ε = 1 every line with two weights above 0 is right for half of all attacked inputs, whatever its slope and offset"
        )))
    return quantities
  }

  private static func bayesQuantities() throws -> [Quantity] {
    let lines = (0..<720).map { step in
      let angle = Double(step) * Double.pi / 360
      return Line(weights: (cos(angle), sin(angle)), offset: 0)
    }
    let clean = try lines.map { try TwoGaussians.accuracy(of: $0, epsilon: 0) }.max() ?? 0
    let attacked = try lines.map { try TwoGaussians.accuracy(of: $0, epsilon: 1) }.max() ?? 0
    let separation = (2 / (1 + TwoGaussians.correlation)).squareRoot()
    return [
      Quantity(
        "best clean accuracy", ours: clean,
        claim: .init(
          .equal(to: try Normal.cdf(separation), within: 1e-12), because: "Bayes: Φ(√(μᵀΣ⁻¹μ)) = Φ(√(2/1.3))")
      ),
      Quantity(
        "best attacked accuracy of a line", ours: attacked,
        claim: .init(.equal(to: 0.5, within: 1e-12), because: "w·μ − ε‖w‖₁ ≤ 0 at μ = (1, 1) and ε = 1")),
    ]
  }

  private func boundaryFigure(_ trial: LinearDemoTrial) -> ExperimentFigure {
    func points(_ y: Double) -> [ChartMark.Point] {
      trial.test.filter { $0.y == y }.map { .init($0.x.0, $0.x.1) }
    }
    let arrows = trial.test.prefix(40).map { sample in
      let moved = trial.plain.attacked(sample, epsilon: LinearDemoTrial.epsilon)
      return (from: ChartMark.Point(sample.x.0, sample.x.1), to: ChartMark.Point(moved.x.0, moved.x.1))
    }
    func boundary(_ line: Line) -> ChartMark.Shape {
      let ends = [-100.0, 100].map { t in
        // A point of the line nearest to 0, and along it.
        let square = line.weights.0 * line.weights.0 + line.weights.1 * line.weights.1
        let (u, v) = (line.weights.0 / square, line.weights.1 / square)
        return ChartMark.Point(-line.offset * u - t * v, -line.offset * v + t * u)
      }
      return .line(ends)
    }
    let shown = trial.accuracies.map { Rounding.significant($0, digits: 3) }
    let figure = ChartFigure(
      title: "Test samples, two boundaries and what FGSM does",
      description: """
        160 test points of two overlapping clouds around (1, 1) and (−1, −1). The boundaries of plain and defended \
        logistic regression run between them almost on each other. Arrows of one unit to the left and down, or to the \
        right and up, take points across. Accuracy here: plain \(shown[0]), attacked \(shown[1]); defended \(shown[2]), \
        attacked \(shown[3]).
        """,
      height: 420,
      charts: [
        Chart(
          x: ChartAxis("x₁", from: -5.5, to: 5.5), y: ChartAxis("x₂", from: -4, to: 4), isEqual: true,
          marks: [
            ChartMark(.arrows(arrows), .grey, label: "FGSM, ε = 1"),
            ChartMark(.dots(points(1), size: 2.5), .blue, label: "y = 1"),
            ChartMark(.dots(points(-1), size: 2.5), .orange, label: "y = −1"),
            ChartMark(boundary(trial.plain), .purple, label: "plain"),
            ChartMark(boundary(trial.defended), .green, isDashed: true, label: "defended"),
          ])
      ])
    return ExperimentFigure(
      "boundary", caption: "One repetition: the defended boundary is the plain one, a little turned.", figure)
  }

  private func histogramFigure(_ spreads: [Spread], _ count: Int) -> ExperimentFigure {
    let charts = spreads.enumerated().map { column, spread in
      // Accuracies are multiples of 1/160; three of them to a bin leave none on an edge.
      let bars = spread.histogram(width: 3.0 / 160)
      return Chart(
        Self.columns[column], x: ChartAxis("accuracy", holding: bars.flatMap { [$0.from, $0.to] }),
        y: ChartAxis("repetitions", from: 0, to: 1.1 * (bars.map(\.height).max() ?? 1)),
        marks: [
          ChartMark(.bars(bars), .blue, label: "\(count) repetitions"),
          ChartMark(.vertical(Self.printed[column]), .orange, label: "printed"),
          ChartMark(.vertical(spread.mean), .grey, isDashed: true, label: "mean"),
        ])
    }
    let words = spreads.enumerated().map { column, spread in
      "\(Self.columns[column]): mean \(Rounding.significant(spread.mean, digits: 3)), 5–95 % "
        + "\(Rounding.significant(spread.quantile(0.05), digits: 3)) to "
        + "\(Rounding.significant(spread.quantile(0.95), digits: 3)), printed \(Self.printed[column])"
    }
    let figure = ChartFigure(
      title: "Four accuracies over \(count) repetitions",
      description: "Four histograms of test accuracies. \(words.joined(separator: "; ")).", columns: 2,
      height: 150,
      charts: charts)
    return ExperimentFigure(
      "accuracies", caption: "Each printed figure is one draw from its histogram.", figure)
  }
}
