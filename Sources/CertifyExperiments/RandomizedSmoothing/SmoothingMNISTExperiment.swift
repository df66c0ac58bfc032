import CertifyAttacks
import CertifyReport
import CertifyTraining

/// `randomized-smoothing-mnist`: trained under noise, certified and attacked: both sides of the curve.
public struct SmoothingMNISTExperiment: Experiment {
  public static let name = "randomized-smoothing-mnist"
  public static let summary =
    "train with noise, certify and attack: certified and attacked accuracy by radius"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let images = try DigitImages(setting, for: Self.name)
    let inputs = setting.choose(small: 10, full: 200)
    let samples = setting.choose(small: 1_000, full: 10_000)
    let queries = setting.choose(small: 10_000, full: 8_000)
    let epochs = images.isMNIST ? setting.choose(small: 2, full: 20) : 30
    let training = try images.trainingSet(first: setting.choose(small: 2000, full: nil))
    var runs: [SmoothedRun] = []
    for (index, sigma) in Self.sigmas.enumerated() {
      func report(_ part: Double) {
        setting.progress((Double(index) + part) / Double(Self.sigmas.count))
      }
      let net = try TrainedNet(
        .cnn, on: training,
        .adam(.gaussian(sigma: sigma), rate: 0.002, epochs: epochs, batchSize: 64, seed: setting.seed),
        jobs: setting.jobs, progress: { report(0.3 * $0) })
      runs.append(
        try SmoothedRun(
          net.classifier, on: images.evaluation, count: inputs, sigma: sigma, samples: samples, attack: .best,
          queries: queries, setting, progress: { report(0.3 + 0.7 * $0) }))
    }
    return ExperimentPage(
      title: "Randomized smoothing, from both sides",
      question:
        "Between which curves does the robust accuracy of nets lie that were trained under noise and are smoothed by it?",
      setting: [
        images.description, "network cnn, trained with the noise it is smoothed with",
        "\(epochs) epochs of Adam at the rate 0.002, cosine schedule, batches of 64",
        "\(inputs) images, n₀ = 100, n = \(samples), α = 0.001, ℓ₂, noise gaussian-sound",
        "attack: best on the smoothed classifier, at most \(queries) queries an image; witnesses pass a flip test at β = 0.001",
      ],
      figures: [
        ExperimentFigure(
          "curves",
          caption:
            "The robust accuracy lies between what is proven (line) and what the attack leaves (broken line).",
          Self.figure(runs))
      ],
      quantities: try runs.flatMap { try quantities($0, samples: samples) }, paragraphs: Self.words(images),
      sources: [
        SmoothingTradeoffExperiment.cohen, Self.jeong, Self.salman,
      ], files: images.files)
  }

  static let jeong = Source(
    authors: "Jeong & Shin", year: 2020,
    title: "Consistency Regularization for Certified Robustness of Smoothed Classifiers",
    identifier: "arXiv 2006.04062")
  static let salman = Source(
    authors: "Salman, Yang, Li, Zhang, Zhang, Razenshteyn & Bubeck", year: 2019,
    title: "Provably Robust Deep Learning via Adversarially Trained Smoothed Classifiers",
    identifier: "arXiv 1906.04584")

  private static let sigmas = [0.25, 0.5, 1]

  /// Certified accuracy by radius, and the mean certified radius, of a LeNet trained with noise on 60 000 images of
  /// MNIST, over all 10 000 test images, n = 100 000: computed from the logs of single images that accompany the paper's
  /// code (`data/certify/mnist/cohen/`).
  private static let published: [Double: (log: String, accuracies: [(Double, Double)], meanRadius: Double)] =
    [
      0.25: ("noise_0.25_919", [(0, 0.9921), (0.25, 0.9845), (0.5, 0.9678), (0.75, 0.9315)], 0.9110),
      0.5: ("noise_0.50_880", [(0, 0.9918), (0.5, 0.9689), (1, 0.899), (1.5, 0.6758)], 1.5557),
      1: (
        "noise_1.00_5991",
        [(0, 0.9638), (0.5, 0.9146), (1, 0.7992), (1.5, 0.5945), (2, 0.3279), (2.5, 0.1101)],
        1.6212
      ),
    ]

  private func quantities(_ run: SmoothedRun, samples: Int) throws -> [Quantity] {
    guard let published = Self.published[run.sigma] else { return [] }
    let place = "MNIST, log \(published.log)"
    let curve = published.accuracies.flatMap { radius, accuracy in
      [
        Quantity(
          "certified at \(radius), σ = \(run.sigma)",
          published: .init(accuracy, in: Self.jeong, place: place), ours: run.certified(radius)),
        Quantity("not broken at \(radius), σ = \(run.sigma)", ours: run.unbroken(radius)),
      ]
    }
    let gap =
      published.accuracies.map { run.unbroken($0.0) - run.certified($0.0) }.min() ?? .nan
    return curve + [
      Quantity(
        "mean certified radius, σ = \(run.sigma)",
        published: .init(published.meanRadius, in: Self.jeong, place: place), ours: run.meanRadius),
      Quantity(
        "certified radius − σΦ⁻¹(L(n_A; n, α)), at most, σ = \(run.sigma)",
        ours: try run.largestDeviation(samples: samples, alpha: 0.001),
        claim: .init(
          .atMost(1e-9), because: "the radius follows from the recorded counts, up to rounding down")),
      Quantity(
        "contradictions, σ = \(run.sigma)", ours: Double(run.contradictions),
        claim: .init(
          .equal(to: 0, within: 0), because: "no witness may lie inside a certified ball after its retest")),
      Quantity(
        "least of not broken − certified, σ = \(run.sigma)", ours: gap,
        claim: .init(.atLeast(0), because: "what is proven cannot be broken, at any radius")),
      Quantity(
        "inputs broken by the attack, σ = \(run.sigma)",
        ours: Double(run.inputs.flatMap(\.brackets).count { $0.correct && $0.upperInForce != nil }),
        claim: .init(.atLeast(1), because: "the attack finds witnesses: the upper curve is not empty")),
    ]
  }

  private static func words(_ images: DigitImages) -> [String] {
    [
      """
      Both curves are of the smoothed classifier, input by input, by the evaluator that certify run uses: the gap \
      between them is what neither proof nor attack knows.
      """,
      """
      Cohen et al. printed no figures for MNIST. The published column is of a LeNet trained in the same way on 60 000 \
      images, from the logs of its 10 000 test images with n = 100 000 that accompany Jeong & Shin's code. Ours: \
      \(images.description). Fewer training images, fewer samples and fewer inputs make ours lower, above all at the \
      ends of the curves.
      """,
      images.isMNIST
        ? "With MNIST's training part (train-images-idx3-ubyte) in the directory of data, that is trained on."
        : "MNIST was not there (--data): these are other images, and the published figures are no measure for them.",
    ]
  }

  private static func figure(_ runs: [SmoothedRun]) -> ChartFigure {
    let charts = runs.map { run in
      let limit = 3.3 * run.sigma
      return Chart(
        "σ = \(run.sigma)", x: ChartAxis("radius in ℓ₂", from: 0, to: limit),
        y: ChartAxis("accuracy", from: 0, to: 1),
        marks: [
          ChartMark(.line(SmoothedRun.line(to: limit) { run.certified($0) }), .blue, label: "certified"),
          ChartMark(
            .line(SmoothedRun.line(to: limit) { run.unbroken($0) }), .orange, isDashed: true,
            label: "not broken"),
          ChartMark(
            .dots((published[run.sigma]?.accuracies ?? []).map { .init($0.0, $0.1) }, size: 3), .grey,
            label: "certified, published"),
        ])
    }
    let words = runs.map { run in
      "σ = \(run.sigma): at the radius \(run.sigma), \(Rounding.significant(run.certified(run.sigma), digits: 3)) "
        + "certified and \(Rounding.significant(run.unbroken(run.sigma), digits: 3)) not broken."
    }
    return ChartFigure(
      title: "Certified and attacked accuracy by radius",
      description:
        "Three charts, one for each σ, with the published certified accuracies as dots. \(words.joined(separator: " "))",
      columns: 3, height: 230, charts: charts)
  }
}
