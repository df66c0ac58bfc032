import CertifyReport
import CertifyStatistics
import CertifyTraining
import Foundation

/// `smoothing-accuracy-tradeoff`: σ as a dial between accuracy and certified radius.
public struct SmoothingTradeoffExperiment: Experiment {
  public static let name = "smoothing-accuracy-tradeoff"
  public static let summary = "more noise certifies larger radii of fewer inputs"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let images = try DigitImages(setting, for: Self.name)
    let inputs = setting.choose(small: 100, full: 360)
    let samples = setting.choose(small: 1_000, full: 10_000)
    let epochs = images.isMNIST ? setting.choose(small: 2, full: 20) : setting.choose(small: 30, full: 60)
    let architecture = Architecture.mlp(hidden: [128])
    let training = try images.trainingSet(first: 9000)
    var runs: [SmoothedRun] = []
    var mismatched: SmoothedRun?
    for (index, sigma) in Self.sigmas.enumerated() {
      func report(_ part: Double) {
        setting.progress((Double(index) + part) / Double(Self.sigmas.count))
      }
      let net = try TrainedNet(
        architecture, on: training,
        .adam(.gaussian(sigma: sigma), rate: 0.005, epochs: epochs, batchSize: 64, seed: setting.seed),
        jobs: setting.jobs, progress: { report(0.5 * $0) })
      func smoothed(_ sigma: Double) throws -> SmoothedRun {
        try SmoothedRun(
          net.classifier, on: images.evaluation, count: inputs, sigma: sigma, samples: samples,
          attack: .none, setting, progress: { report(0.5 + 0.4 * $0) })
      }
      runs.append(try smoothed(sigma))
      if index == 0 { mismatched = try smoothed(Self.large) }
    }
    let (least, most) = (runs[0], runs[runs.count - 1])
    let reach = try Normal.quantile(exp2(log2(0.001) / Double(samples)))
    return ExperimentPage(
      title: "Accuracy against certified radius, by the noise",
      question: "What does a larger σ cost in accuracy, and what does it buy in certified radius?",
      setting: [
        images.description, "network \(architecture.description), trained with the noise it is smoothed with",
        "\(epochs) epochs of Adam at the rate 0.005, cosine schedule, batches of 64",
        "\(inputs) images, n₀ = 100, n = \(samples), α = 0.001, ℓ₂, noise gaussian-sound",
      ],
      figures: [
        ExperimentFigure(
          "curves",
          caption: "More noise reaches farther; what it costs is seen at the left end.",
          Self.figure(runs, reach: reach))
      ],
      quantities: try quantities(runs, reach: reach, samples: samples)
        + Self.mismatch(mismatched, runs) + [
          Quantity(
            "accuracy lost from σ = \(least.sigma) to \(most.sigma)",
            ours: least.certified(0) - most.certified(0),
            claim: .init(.atLeast(0.02), because: "noise of this size hides digits: accuracy is what σ costs")
          ),
          Quantity(
            "certified accuracy gained at \(Rounding.significant(least.sigma * reach, digits: 3))",
            ours: runs[1].certified(least.sigma * reach * 1.01) - least.certified(least.sigma * reach * 1.01),
            claim: .init(
              .atLeast(0.05),
              because: "beyond σΦ⁻¹(α^(1/n)) the smaller σ certifies nothing at all: radius is what σ buys")),
        ],
      paragraphs: [
        """
        Which σ is best depends on the radius: a large one costs accuracy near 0, and beyond the radius that n samples can \
        certify at all, σΦ⁻¹(α^(1/n)) or here \(Rounding.significant(reach, digits: 3)) σ, a small one proves nothing, \
        so that a larger one takes its place.
        """,
        """
        A net is to be trained with the noise that it is smoothed with: one that saw σ = \(Self.sigmas[0]) alone is less \
        often right when it is smoothed with σ = \(Self.large) than the one that saw that. On CIFAR-10 it is lost \
        altogether.
        """,
        """
        The published figures are of a ResNet-110 on CIFAR-10, n = 100 000: computed from the logs of 500 test images that \
        accompany the paper's code (data/certify/cifar10/resnet110/noise_0.12/test/sigma_0.12 and so on), from which its \
        tables and curves are made. Ours are of other images and a small net, so that the order is what is compared, \
        and not the numbers.
        """,
      ], sources: [Self.cohen], files: images.files)
  }

  static let cohen = Source(
    authors: "Cohen, Rosenfeld & Kolter", year: 2019,
    title: "Certified Adversarial Robustness via Randomized Smoothing", identifier: "arXiv 1902.02918")
  private static let sigmas = [0.12, 0.25, 0.5, 1]
  /// The noise that the net of the least is smoothed with besides.
  private static let large = 0.5
  private static let place = "CIFAR-10, logs of the code"

  /// Certified accuracies of CIFAR-10 by σ, at radius 0 and at radius ½, and the mean certified radius.
  private static let published: [Double: (atZero: Double, atHalf: Double, meanRadius: Double)] = [
    0.12: (0.814, 0, 0.2701), 0.25: (0.748, 0.428, 0.4289), 0.5: (0.652, 0.414, 0.5375),
    1: (0.472, 0.340, 0.5417),
  ]

  private func quantities(_ runs: [SmoothedRun], reach: Double, samples: Int) throws -> [Quantity] {
    try runs.flatMap { run -> [Quantity] in
      let published = Self.published[run.sigma]
      func quoted(_ value: Double?) -> Quantity.Published? {
        value.map { .init($0, in: Self.cohen, place: Self.place) }
      }
      return [
        Quantity(
          "certified accuracy at 0, σ = \(run.sigma)", published: quoted(published?.atZero),
          ours: run.certified(0)),
        Quantity(
          "certified accuracy at 0.5, σ = \(run.sigma)", published: quoted(published?.atHalf),
          ours: run.certified(0.5)),
        Quantity(
          "mean certified radius, σ = \(run.sigma)", published: quoted(published?.meanRadius),
          ours: run.meanRadius),
        Quantity(
          "largest certified radius over σ, σ = \(run.sigma)", ours: run.largestRadius / run.sigma,
          claim: .init(
            .atMost(reach), because: "n equal answers give p̲ = α^(1/n), and σΦ⁻¹(p̲) is rounded down")),
        Quantity(
          "certified radius − σΦ⁻¹(L(n_A; n, α)), at most, σ = \(run.sigma)",
          ours: try run.largestDeviation(samples: samples, alpha: 0.001),
          claim: .init(
            .atMost(1e-9), because: "the radius follows from the recorded counts, up to rounding down")),
      ]
    }
  }

  /// What the net of the least noise is worth under more.
  private static func mismatch(_ mismatched: SmoothedRun?, _ runs: [SmoothedRun]) -> [Quantity] {
    guard let mismatched, let matched = runs.first(where: { $0.sigma == large }) else { return [] }
    return [
      Quantity(
        "certified accuracy at 0, trained with \(sigmas[0]) and smoothed with \(large)",
        published: .init(0.118, in: cohen, place: place), ours: mismatched.certified(0),
        claim: .init(
          .atMost(matched.certified(0) - 0.02),
          because: "a net that has seen less noise is less often right under more"))
    ]
  }

  private static func figure(_ runs: [SmoothedRun], reach: Double) -> ChartFigure {
    let limit = (runs.map(\.sigma).max() ?? 1) * reach * 0.8
    let inks: [ChartMark.Ink] = [.blue, .orange, .purple, .green]
    let marks = runs.enumerated().map { index, run in
      ChartMark(
        .line(SmoothedRun.line(to: limit) { run.certified($0) }), inks[index % inks.count],
        isDashed: index % 2 == 1, label: "σ = \(run.sigma)")
    }
    let words = runs.map { run in
      "σ = \(run.sigma): \(Rounding.significant(run.certified(0), digits: 3)) at 0, mean radius "
        + "\(Rounding.significant(run.meanRadius, digits: 3))."
    }
    return ChartFigure(
      title: "Certified accuracy by radius",
      description: "One curve for each σ. \(words.joined(separator: " "))",
      height: 300,
      charts: [
        Chart(
          x: ChartAxis("radius in ℓ₂", from: 0, to: limit),
          y: ChartAxis("certified accuracy", from: 0, to: 1),
          marks: marks)
      ])
  }
}
