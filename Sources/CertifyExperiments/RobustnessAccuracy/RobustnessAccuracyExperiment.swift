import CertifyAttacks
import CertifyReport
import CertifyStatistics

/// `robustness-accuracy`: a distribution on which accuracy and robustness exclude each other.
public struct RobustnessAccuracyExperiment: Experiment {
  public static let name = "robustness-accuracy"
  public static let summary =
    "Tsipras et al.'s distribution: weak features make accuracy, the robust one robustness"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let samples = setting.choose(small: 400, full: 4000)
    let dimensions = setting.choose(small: [100, 1_000], full: [10, 100, 1_000, 10_000])
    var quantities: [Quantity] = []
    var sampled: [(dimension: Int, points: [ChartMark.Point])] = []
    for (index, dimension) in dimensions.enumerated() {
      let features = RobustAndWeakFeatures(weakCount: dimension)
      var generator = SplitMix64(seed: setting.seed, input: dimension, stage: 0x6D65_616E)
      var points: [ChartMark.Point] = []
      for multiple in [0.0, 0.5, 1, 1.5, 2] {
        let found = features.sampledAccuracyOfMean(
          samples, epsilon: multiple * features.eta, using: &generator)
        points.append(.init(multiple, found))
        let exact = try Normal.cdf(features.separation * (1 - multiple))
        let tolerance = 6 * (exact * (1 - exact) / Double(samples)).squareRoot() + 2 / Double(samples)
        quantities.append(
          Quantity(
            "mean of d = \(dimension) weak features, ε = \(Wording.number(multiple))·η",
            ours: found,
            claim: .init(
              .equal(to: exact, within: tolerance),
              because: "Φ(η√d − ε√d), six standard errors of \(samples) samples")))
      }
      sampled.append((dimension, points))
      setting.progress(0.7 * Double(index + 1) / Double(dimensions.count))
    }
    let features = RobustAndWeakFeatures(weakCount: dimensions.last ?? 100)
    let epsilon = 2 * features.eta
    let standard = try FeatureBalance.trained(features, epsilon: 0)
    let adversarial = try FeatureBalance.trained(features, epsilon: epsilon)
    quantities = try Self.closedForms(features) + Self.trained(standard, adversarial, epsilon) + quantities
    let small = RobustAndWeakFeatures(weakCount: setting.choose(small: 100, full: 400))
    let inputs = setting.choose(small: 4_000, full: 40_000)
    let found = try [0, 2 * small.eta].map {
      try FeatureTraining(
        small, inputs: inputs, epochs: setting.choose(small: 10, full: 20), epsilon: $0, setting: setting)
    }
    quantities += try Self.learned(found)
    return ExperimentPage(
      title: "Robustness against accuracy",
      question:
        "Must a classifier that is accurate on this distribution be fragile, and what do the two trainings learn?",
      setting: [
        "y = ±1; x₁ = y with probability p = .95, else −y; x₂ … x_{d+1} ~ N(ηy, 1), η = 4/√d; ε = 2η in ℓ∞",
        "the mean of the weak features on \(samples) samples for each d in \(dimensions)",
        "the minimisers of the expected hinge loss among classifiers of unit length, standard and adversarial, d = \(features.weakCount)",
        "logistic regression trained from \(inputs) samples by this program, d = \(small.weakCount), without and with the exact worst case at ε = 2η",
      ],
      figures: [
        try accuracyFigure(sampled), try balanceFigure(features, standard, adversarial, epsilon),
        weightFigure(found),
      ],
      quantities: quantities,
      paragraphs: [
        """
        The weak features together are right with probability Φ(4) and wrong with the same probability once each has \
        been moved by 2η = 8/√d, for large d a small part of their own spread. The robust feature alone is right with .95 before and \
        after. No classifier has both, and Theorem 2.1's bound is respected everywhere on the way between the two.
        """,
        """
        Standard training takes the weak features, adversarial training at ε = 2η the robust one alone: the adversarial \
        minimiser gives the weak features weight 0, as the proof of Theorem 2.2 states. From samples their weights come \
        out tiny instead of 0, which changes no accuracy in the digits shown.
        """,
      ],
      sources: [Self.tsipras])
  }

  static let tsipras = Source(
    authors: "Tsipras, Santurkar, Engstrom, Turner & Madry", year: 2019,
    title: "Robustness May Be at Odds with Accuracy", identifier: "arXiv 1805.12152")

  private static func closedForms(_ features: RobustAndWeakFeatures) throws -> [Quantity] {
    let mean = FeatureBalance(features: features, angle: Double.pi / 2)
    let robust = FeatureBalance(features: features, angle: 0)
    let epsilon = 2 * features.eta
    return [
      Quantity(
        "mean of the weak features, clean", published: .init(0.99, in: tsipras, place: "§2.1, more than"),
        ours: try mean.accuracy(epsilon: 0),
        claim: .init(
          .equal(to: try Normal.cdf(4), within: 1e-9), because: "Φ(η√d), more than the published .99")),
      Quantity(
        "mean of the weak features, ε = 2η", published: .init(0.01, in: tsipras, place: "§2.1, less than"),
        ours: try mean.accuracy(epsilon: epsilon),
        claim: .init(
          .equal(to: try Normal.cdf(-4), within: 1e-9), because: "Φ(−η√d), less than the published .01")),
      Quantity(
        "robust feature alone, ε = 2η", published: .init(0.95, in: tsipras, place: "§2.1"),
        ours: try robust.accuracy(epsilon: epsilon),
        claim: .init(.equal(to: 0.95, within: 1e-12), because: "p, as long as ε < 1")),
    ]
  }

  private static func trained(
    _ standard: FeatureBalance, _ adversarial: FeatureBalance, _ epsilon: Double
  ) throws -> [Quantity] {
    let features = standard.features
    let excess = try (0...1000).map { step in
      let balance = FeatureBalance(features: features, angle: Double.pi / 2 * Double(step) / 1000)
      let bound = features.reliability / (1 - features.reliability) * (1 - (try balance.accuracy(epsilon: 0)))
      return try balance.accuracy(epsilon: epsilon) - bound
    }
    return [
      Quantity(
        "standard training, clean", published: .init(0.99, in: tsipras, place: "Theorem 2.2, more than"),
        ours: try standard.accuracy(epsilon: 0), claim: .init(.atLeast(0.99), because: "Theorem 2.2")),
      Quantity(
        "standard training, ε = 2η", published: .init(0.01, in: tsipras, place: "Theorem 2.2, less than"),
        ours: try standard.accuracy(epsilon: epsilon), claim: .init(.atMost(0.01), because: "Theorem 2.2")),
      Quantity(
        "adversarial training, clean", published: .init(0.95, in: tsipras, place: "Theorem 2.2"),
        ours: try adversarial.accuracy(epsilon: 0),
        claim: .init(.equal(to: 0.95, within: 1e-12), because: "Theorem 2.2: p")),
      Quantity(
        "adversarial training, ε = 2η", published: .init(0.95, in: tsipras, place: "Theorem 2.2"),
        ours: try adversarial.accuracy(epsilon: epsilon),
        claim: .init(.equal(to: 0.95, within: 1e-12), because: "Theorem 2.2: p")),
      Quantity(
        "adversarial training, length of the weak weights",
        published: .init(0, in: tsipras, place: "proof of Theorem 2.2"),
        ours: adversarial.weights.dropFirst().reduce(0) { $0 + $1 * $1 }.squareRoot(),
        claim: .init(
          .equal(to: 0, within: 0), because: "each weak feature is worse than useless under ε = 2η")),
      Quantity(
        "attacked accuracy above Theorem 2.1's bound, at most",
        published: .init(0, in: tsipras, place: "Theorem 2.1"),
        ours: excess.max() ?? .nan,
        claim: .init(
          .atMost(1e-12),
          because:
            "accuracy 1 − δ allows at most pδ/(1 − p) under ε ≥ 2η; over 1001 balances of the two kinds")),
    ]
  }

  private static func learned(_ found: [FeatureTraining]) throws -> [Quantity] {
    let epsilon = 2 * found[0].features.eta
    return [
      Quantity(
        "trained on samples, standard, clean", ours: try found[0].accuracy(epsilon: 0),
        claim: .init(.atLeast(0.99), because: "Theorem 2.2's side of the trade, from samples")),
      Quantity(
        "trained on samples, standard, ε = 2η", ours: try found[0].accuracy(epsilon: epsilon),
        claim: .init(.atMost(0.01), because: "Theorem 2.2's side of the trade, from samples")),
      Quantity(
        "trained on samples, adversarial, clean", ours: try found[1].accuracy(epsilon: 0),
        claim: .init(
          .equal(to: 0.95, within: 0.01), because: "Theorem 2.2 gives .95 with all samples there are")),
      Quantity(
        "trained on samples, adversarial, ε = 2η", ours: try found[1].accuracy(epsilon: epsilon),
        claim: .init(
          .equal(to: 0.95, within: 0.01), because: "Theorem 2.2 gives .95 with all samples there are")),
      Quantity("part of ‖w‖² on the robust feature, standard", ours: found[0].robustShare),
      Quantity("part of ‖w‖² on the robust feature, adversarial", ours: found[1].robustShare),
    ]
  }

  private func accuracyFigure(
    _ sampled: [(dimension: Int, points: [ChartMark.Point])]
  ) throws -> ExperimentFigure {
    let curve = try (0...120).map { step in
      let multiple = Double(step) / 50
      return ChartMark.Point(multiple, try Normal.cdf(4 * (1 - multiple)))
    }
    let inks: [ChartMark.Ink] = [.orange, .purple, .green, .grey]
    let figure = ChartFigure(
      title: "Accuracy under an adversary, of the weak features and of the robust one",
      description: """
        The accuracy of the mean of the weak features falls from .99997 without an adversary through one half at ε = η \
        to .00003 at ε = 2η; sampled accuracies for d = \(sampled.map { "\($0.dimension)" }.joined(separator: ", ")) lie \
        on the curve. The robust feature keeps .95 throughout.
        """,
      charts: [
        Chart(
          x: ChartAxis("ε / η", from: 0, to: 2.4), y: ChartAxis("accuracy", from: -0.04, to: 1.04),
          marks: [
            ChartMark(.line(curve), .blue, label: "Φ(4 − 4ε/η)"),
            ChartMark(.horizontal(0.95), .orange, isDashed: true, label: "robust feature, p"),
          ]
            + sampled.enumerated().map { index, entry in
              ChartMark(
                .dots(entry.points, size: 4 - Double(index) * 0.5), inks[(index + 1) % inks.count],
                label: "d = \(entry.dimension)")
            })
      ])
    return ExperimentFigure(
      "accuracy",
      caption: "What a tiny shift of every weak feature does to their mean, whatever their number.", figure)
  }

  private func balanceFigure(
    _ features: RobustAndWeakFeatures, _ standard: FeatureBalance, _ adversarial: FeatureBalance,
    _ epsilon: Double
  ) throws -> ExperimentFigure {
    func point(_ balance: FeatureBalance) throws -> ChartMark.Point {
      .init(try balance.accuracy(epsilon: 0), try balance.accuracy(epsilon: epsilon))
    }
    let curve = try (0...2000).map { step in
      try point(FeatureBalance(features: features, angle: Double.pi / 2 * Double(step) / 2000))
    }
    let bound = (0...50).map { step in
      let clean = 0.945 + 0.055 * Double(step) / 50
      return ChartMark.Point(clean, 19 * (1 - clean))
    }
    let figure = ChartFigure(
      title: "Clean against attacked accuracy, from the robust feature to the weak ones",
      description: """
        Attacked accuracy at ε = 2η over clean accuracy as the weight moves from the robust feature, at .95 and .95, to \
        the weak ones, at almost 1 and almost 0. The curve stays below the line 19(1 − clean) of Theorem 2.1. Standard \
        training ends at the weak end, adversarial training at the robust one.
        """,
      charts: [
        Chart(
          x: ChartAxis("clean accuracy", from: 0.944, to: 1.003),
          y: ChartAxis("accuracy under ε = 2η", from: -0.04, to: 1.04),
          marks: [
            ChartMark(.line(bound), .grey, isDashed: true, label: "Theorem 2.1: at most"),
            ChartMark(.line(curve), .blue, label: "w = (cos φ, sin φ/√d, …)"),
            ChartMark(.dots([try point(standard)], size: 5), .orange, label: "standard training"),
            ChartMark(.dots([try point(adversarial)], size: 5), .green, label: "adversarial training"),
          ])
      ])
    return ExperimentFigure("balance", caption: "Whoever is more accurate than p pays nineteenfold.", figure)
  }

  private func weightFigure(_ found: [FeatureTraining]) -> ExperimentFigure {
    let charts = zip(found, ["standard training", "adversarial training"]).map { training, name in
      let length = training.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let weights = training.weights.prefix(101).enumerated().map {
        ChartMark.Point(Double($0.offset + 1), $0.element / length)
      }
      return Chart(
        name, x: ChartAxis("feature", from: -1, to: 103), y: ChartAxis("weight / ‖w‖₂", from: -0.1, to: 1.08),
        marks: [
          ChartMark(.dots(Array(weights.dropFirst()), size: 2), .blue, label: "weak"),
          ChartMark(.dots([weights[0]], size: 4), .orange, label: "robust"),
        ])
    }
    let shares = found.map { Rounding.significant($0.robustShare, digits: 3) }
    let figure = ChartFigure(
      title: "What two trainings learn from the same samples",
      description: """
        Weights of the first 101 features. Standard training spreads them over the weak features and leaves \
        \(shares[0]) of the squared length on the robust one; adversarial training puts \(shares[1]) on it.
        """,
      columns: 2, height: 200, charts: charts)
    return ExperimentFigure(
      "weights", caption: "Standard training uses every weak feature; adversarial training the robust one.",
      figure)
  }
}
