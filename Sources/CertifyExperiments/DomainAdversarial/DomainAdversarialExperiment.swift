import CertifyAttacks
import CertifyReport
import CertifyTraining
import Synchronization

/// `domain-adversarial`: features that hide where a point comes from serve the place that has no labels.
public struct DomainAdversarialExperiment: Experiment {
  public static let name = "domain-adversarial"
  public static let summary =
    "reversed gradients of a domain classifier raise the accuracy where labels are missing"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let count = setting.choose(small: 6, full: 40)
    let found = Mutex<[Int: Trial]>([:])
    try Team.run(count, jobs: setting.jobs) { index in
      let trial = try Trial(seed: setting.seed, index: index)
      let done = found.withLock {
        $0[index] = trial
        return $0.count
      }
      setting.progress(Double(done) / Double(count))
    }
    let trials = found.withLock { all in (0..<count).compactMap { all[$0] } }
    let gains = Spread(trials.map { $0.with.target - $0.without.target })
    let (with, without) = (Spread(trials.map(\.with.target)), Spread(trials.map(\.without.target)))
    let (sourceWith, sourceWithout) = (
      Spread(trials.map(\.with.source)), Spread(trials.map(\.without.source))
    )
    return ExperimentPage(
      title: "Domain-adversarial training",
      question:
        "Does a gradient that is reversed between features and a domain classifier raise the accuracy on a rotated target without labels?",
      setting: [
        "source: two moons, 300 points with labels; target: the same turned by \(Self.degrees)°, 300 points without",
        "features of two layers of 32 units, a linear class head, a domain head with 32 units; λ grows from 0 to 1",
        "\(Self.steps) steps of Adam on 64 + 64 points, the rate from 0.005 falling to 0; accuracies on 1000 new points of each",
        "\(count) trials, each with data and weights of its own; both trainings of a trial start from the same",
      ],
      figures: [
        ExperimentFigure(
          "regions",
          caption: "The target and the regions of the classifier, without and with the domain head.",
          try Self.figure(trials[0]))
      ],
      quantities: [
        without.quantity("target accuracy without"),
        with.quantity("target accuracy with"),
        Quantity(
          "target accuracy with, best trial",
          published: .init(1, in: Self.ganin, place: "§5.1.1 and figure 2, one sample, all of it right"),
          ours: with.quantile(1)),
        Quantity(
          "gain on the target, mean over its standard error", ours: gains.mean / gains.standardError,
          claim: .init(
            .atLeast(2),
            because: "pairs of trainings on the same data: the gain is larger than chance would make it")),
        gains.quantity("gain on the target"),
        sourceWithout.quantity("source accuracy without"),
        sourceWith.quantity(
          "source accuracy with",
          claim: .init(.atLeast(0.95), because: "the classes of the source must not be given up for it")),
      ],
      paragraphs: [
        """
        Trained on the source alone, the boundary is that of the source. With the domain head and reversed gradients \
        the features of both domains are drawn on one another, and on average more of the rotated target, whose labels \
        were never seen, is answered rightly.
        """,
        """
        Ganin et al. show one sample of two moons turned by as much, all of whose target points come out right, and print \
        no average over samples. Over \(count) trials, with another network and another optimiser, we find \
        \(Rounding.significant(with.mean, digits: 3)) in the mean and \(Rounding.significant(with.quantile(1), digits: 3)) in \
        the best one. The gain is not the same in each trial, and is a loss in \
        \(Rounding.significant(100 * gains.rank(of: 0), digits: 2)) % of them: nothing in the method sees the target's \
        labels, so that features can also be matched the wrong way round.
        """,
      ], sources: [Self.ganin])
  }

  static let ganin = Source(
    authors: "Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand & Lempitsky", year: 2016,
    title: "Domain-Adversarial Training of Neural Networks", identifier: "arXiv 1505.07818")
  private static let degrees = 35.0
  private static let steps = 800

  /// One draw of data, and both trainings on it.
  private struct Trial {
    let target: Moons
    let without: Accuracy
    let with: Accuracy

    struct Accuracy {
      let net: DomainAdversarialNet
      let source: Double
      let target: Double
    }

    init(seed: UInt64, index: Int) throws {
      var generator = SplitMix64(seed: seed, input: index, stage: 0x6D6F_6F6E)
      let angle = degrees * .pi / 180
      let source = Moons(300, using: &generator)
      let target = Moons(300, angle: angle, using: &generator)
      let sourceTest = try Moons(1000, using: &generator).dataset()
      let targetTest = try Moons(1000, angle: angle, using: &generator).dataset()
      let weights = generator.next()
      func trained(_ isAdversarial: Bool) throws -> Accuracy {
        let net = try DomainAdversarialNet(
          source: source, target: target, isAdversarial: isAdversarial, steps: steps, rate: 0.005,
          seed: weights)
        return Accuracy(
          net: net, source: try net.classifier.accuracy(on: sourceTest),
          target: try net.classifier.accuracy(on: targetTest))
      }
      self.target = target
      without = try trained(false)
      with = try trained(true)
    }
  }

  private static func figure(_ trial: Trial) throws -> ChartFigure {
    let charts = try [("without the domain head", trial.without), ("with it", trial.with)].map {
      title, found in
      let region = try DecisionMap(found.net.classifier, x: -1.6...2.6, y: -1.4...1.9)
      func points(_ label: Int) -> [ChartMark.Point] {
        zip(trial.target.points, trial.target.labels).filter { $0.1 == label }.map {
          .init(Double($0.0[0]), Double($0.0[1]))
        }
      }
      return Chart(
        title, x: ChartAxis("x₁", from: -1.6, to: 2.6), y: ChartAxis("x₂", from: -1.4, to: 1.9),
        isEqual: true,
        marks: [
          ChartMark(.cells(region.cells), .grey, label: "given class 1"),
          ChartMark(.dots(points(0), size: 2), .blue, label: "target, class 0"),
          ChartMark(.dots(points(1), size: 2), .orange, label: "target, class 1"),
        ])
    }
    func shown(_ value: Double) -> String { Rounding.significant(value, digits: 3) }
    return ChartFigure(
      title: "Regions over the rotated target",
      description:
        "Two charts of one trial with the points of the target. Accuracy on the target: \(shown(trial.without.target)) without and \(shown(trial.with.target)) with the domain head.",
      columns: 2, height: 250, charts: charts)
  }
}

extension Spread {
  /// The mean, with the range of the trials.
  fileprivate func quantity(_ name: String, claim: Quantity.Claim? = nil) -> Quantity {
    Quantity(
      name, ours: mean, range: .init(quantile(0.05), quantile(0.95), "5–95 % of the trials"), claim: claim)
  }
}
