import CertifyReport
import CertifyThreat
import CertifyTraining

/// `catastrophic-overfitting`: training against one step teaches to resist one step only.
public struct CatastrophicOverfittingExperiment: Experiment {
  public static let name = "catastrophic-overfitting"
  public static let summary =
    "training against one step ends in a net that one step does not break and many steps nearly always do"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let images = try DigitImages(setting, for: Self.name, usesMNIST: false)
    let plan = setting.choose(small: Self.short, full: Self.long)
    let training = try images.trainingSet()
    let held = try TrainingSet(
      images.evaluation.subset(at: Array(0..<min(plan.heldOut, images.evaluation.count))),
      classCount: training.classCount)
    let threat = ThreatSetting(
      norm: .linf, epsilon: plan.epsilon, bounds: InputSpace.Bounds(lower: 0, upper: 1))
    var courses: [Course] = []
    for (index, kind) in Self.kinds.enumerated() {
      let net = try TrainedNet(
        plan.architecture, on: training, watching: held,
        .adam(
          kind.objective, threat: threat, rate: plan.rate, schedule: .constant, epochs: plan.epochs,
          batchSize: plan.batchSize,
          seed: setting.seed),
        jobs: setting.jobs
      ) { setting.progress((Double(index) + $0) / Double(Self.kinds.count)) }
      courses.append(Course(title: kind.title, history: net.history))
    }
    let (corner, step, many) = (courses[0], courses[1], courses[2])
    return ExperimentPage(
      title: "Catastrophic overfitting",
      question:
        "Does a net that is trained against an attack of one step resist one of many steps, and is it noticed when not?",
      setting: [
        images.description,
        "network \(plan.architecture.description), ε = \(plan.epsilon) in ℓ∞",
        "\(plan.epochs) epochs of Adam at the constant rate \(plan.rate), batches of \(plan.batchSize)",
        "after each epoch \(held.count) images that are not trained on are attacked by one step of 1.25 ε and by 20 steps",
      ],
      figures: [
        ExperimentFigure(
          "courses",
          caption:
            "Trained against one step, the net comes to resist one step and not many; trained against 7 steps it resists both.",
          Self.figure(courses))
      ],
      quantities: quantities(corner, step, many),
      paragraphs: [
        """
        A step of 2ε always ends in a corner of the ball. The net learns to answer rightly there, and its loss is so \
        bent in between that an attack of many steps finds what one step misses: the accuracy under one step says \
        nothing any more. certify train watches both after each epoch and says so; with --stop-on-overfitting it \
        ends there and keeps the last good epoch.
        """,
        """
        The published figures are of CIFAR-10 at ε = 8/255, those of Figures 1 and 4 read off the curves. There the \
        accuracy under many steps rises for 22 epochs and is lost within one. On these small images ε is so large that \
        training against one step never resists many: the ends can be compared, not the course and not the numbers. \
        Wong et al. train with one step of 1.25 ε from a random start, which resists at 8/255; Andriushchenko & \
        Flammarion find that it fails too at a larger ε, as here.
        """,
      ], sources: [Self.wong, Self.andriushchenko], files: images.files)
  }

  private func quantities(_ corner: Course, _ step: Course, _ many: Course) -> [Quantity] {
    let figure = "CIFAR-10, PGD-50-10, Figure 1"
    return [
      Quantity(
        "many steps, trained with one of 2ε",
        published: .init(0, in: Self.andriushchenko, place: "\(figure), one of ε"), ours: corner.many,
        claim: .init(.atMost(0.1), because: "at most chance is left where many steps attack")),
      Quantity(
        "one step, trained with one of 2ε",
        published: .init(0.8, in: Self.andriushchenko, place: "CIFAR-10, Figure 4, one of ε"),
        ours: corner.one,
        claim: .init(
          .atLeast(0.3), because: "it is three times chance or more: the net resists what it was trained on")),
      Quantity(
        "epochs called overfitted, trained with one of 2ε", ours: Double(corner.overfitted),
        claim: .init(.atLeast(1), because: "certify train must notice it")),
      Quantity("one step, trained with one of 1.25 ε", ours: step.one),
      Quantity(
        "many steps, trained with one of 1.25 ε",
        published: .init(0.45, in: Self.wong, place: "CIFAR-10, PGD, abstract"), ours: step.many),
      Quantity("epochs called overfitted, trained with one of 1.25 ε", ours: Double(step.overfitted)),
      Quantity("one step, trained with 7 steps", ours: many.one),
      Quantity(
        "many steps, trained with 7 steps",
        published: .init(0.5, in: Self.andriushchenko, place: "\(figure), 10 steps"), ours: many.many,
        claim: .init(
          .atLeast(corner.many + 0.1), because: "an attack of several steps in the training prevents it")),
      Quantity(
        "epochs called overfitted, trained with 7 steps", ours: Double(many.overfitted),
        claim: .init(.equal(to: 0, within: 0), because: "no false alarm")),
    ]
  }

  static let wong = Source(
    authors: "Wong, Rice & Kolter", year: 2020,
    title: "Fast is better than free: Revisiting adversarial training", identifier: "arXiv 2001.03994")
  static let andriushchenko = Source(
    authors: "Andriushchenko & Flammarion", year: 2020,
    title: "Understanding and Improving Fast Adversarial Training", identifier: "arXiv 2007.02617")

  private static let kinds: [(title: String, objective: Objective)] = [
    ("one step of 2 ε", .fgsm(length: 2)), ("one step of 1.25 ε", .fgsm(length: 1.25)),
    ("7 steps", .pgd(steps: 7, length: 2.5 / 7)),
  ]

  private struct Plan {
    let architecture: Architecture
    let epsilon: Double
    let rate: Double
    let epochs: Int
    let batchSize: Int
    let heldOut: Int
  }
  private static let short = Plan(
    architecture: .mlp(hidden: [128, 128]), epsilon: 0.3, rate: 0.003, epochs: 24, batchSize: 64, heldOut: 240
  )
  private static let long = Plan(
    architecture: .mlp(hidden: [128, 128]), epsilon: 0.3, rate: 0.003, epochs: 60, batchSize: 64, heldOut: 360
  )

  private struct Course {
    let title: String
    let history: [EpochReport]

    var one: Double { history.last?.holdout?.oneStep ?? .nan }
    var many: Double { history.last?.holdout?.multiStep ?? .nan }
    /// The best of any epoch under many steps.
    var best: Double { history.compactMap { $0.holdout?.multiStep }.max() ?? .nan }
    var overfitted: Int { history.count(where: \.isOverfitted) }

    func line(_ accuracy: (HoldoutReport) -> Double?) -> [ChartMark.Point] {
      history.compactMap { report in
        report.holdout.flatMap(accuracy).map { .init(Double(report.epoch), $0) }
      }
    }
  }

  private static func figure(_ courses: [Course]) -> ChartFigure {
    let charts = courses.map { course in
      Chart(
        course.title, x: ChartAxis("epoch", from: 0, to: Double(course.history.count)),
        y: ChartAxis("accuracy, images held out", from: 0, to: 1),
        marks: [
          ChartMark(.line(course.line { $0.clean }), .grey, label: "clean"),
          ChartMark(.line(course.line(\.oneStep)), .blue, label: "one step"),
          ChartMark(.line(course.line(\.multiStep)), .orange, isDashed: true, label: "20 steps"),
        ])
    }
    let words = courses.map { course in
      "Trained with \(course.title): \(Rounding.significant(course.one, digits: 3)) under one step and "
        + "\(Rounding.significant(course.many, digits: 3)) under 20 steps, \(Rounding.significant(course.best, digits: 3)) "
        + "in its best epoch."
    }
    return ChartFigure(
      title: "Accuracy under attack while training",
      description:
        "Three charts of the accuracy after each epoch. At the end: \(words.joined(separator: " "))",
      columns: 3, height: 220, charts: charts)
  }
}
