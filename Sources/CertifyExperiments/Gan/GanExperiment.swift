import CertifyReport
import Foundation

/// `gan`: the minimax game of a generator and a discriminator on the line.
public struct GanExperiment: Experiment {
  public static let name = "gan"
  public static let summary =
    "the best discriminator p/(p + q), the value −log 4 + 2 JSD, and gradients that vanish"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let data = Gaussian(mean: 0, deviation: 1)
    let generators = [(0, 1), (1, 1), (2, 1), (4, 1), (0, 2), (0, 0.5), (3, 0.5)].map {
      Gaussian(mean: $0.0, deviation: $0.1)
    }
    var quantities: [Quantity] = []
    for (index, generator) in generators.enumerated() {
      quantities += Self.quantities(GaussianGame(data: data, generator: generator))
      setting.progress(0.5 * Double(index + 1) / Double(generators.count))
    }
    let training = GanTraining(
      data: Gaussian(mean: 1, deviation: 0.8), start: Gaussian(mean: -1, deviation: 0.4),
      steps: setting.choose(small: 1500, full: 8000), batch: setting.choose(small: 64, full: 256),
      seed: setting.seed)
    setting.progress(0.8)
    quantities += Self.quantities(training, setting.scale)
    quantities += Self.vanishing(data)
    return ExperimentPage(
      title: "The game of a generator and a discriminator",
      question:
        "Is p/(p + q) the best discriminator, is its value −log 4 + 2 JSD, does the game end at D = ½, and where do its gradients vanish?",
      setting: [
        "V(D) = E_p log D + E_q log(1 − D) for p = N(0, 1) and q = N(m, s²), integrals by Gauss–Legendre to 10⁻¹²",
        "the best discriminator is also searched among 1/(1 + exp(−(a + bx + cx²))) by Newton's method on V alone",
        "training: p = N(1, .8²), x = m + sz from (−1, .4); stochastic gradients, the generator on −log D, five steps of D to one of G, \(training.average.step) steps of \(setting.choose(small: 64, full: 256)) samples; the mean of the last quarter is judged",
        "vanishing gradients: uniform on [0, 1] against [θ, θ + 1], and N(0, 1) against N(Δ, 1) under the best discriminator",
      ],
      figures: [discriminatorFigure(data), trainingFigure(training), vanishingFigure(data)],
      quantities: quantities,
      paragraphs: [
        """
        Goodfellow et al.'s Proposition 1 and Theorem 1 are found: the discriminator that maximises the value is \
        p/(p + q), its value is −log 4 + 2 JSD, and −log 4 when the generator is the data, where D = ½ everywhere. \
        Playing the game with samples ends there.
        """,
        """
        Where the two laws hardly meet, the best discriminator is perfect and the divergence is constant: its gradient is \
        0 for disjoint uniforms and falls like exp(−Δ²/8) for normal laws, while the distance that mass would have to \
        travel still says where to go. Minimising −log D instead keeps a gradient of the size of Δ.
        """,
      ],
      sources: [Self.goodfellow, Self.arjovsky])
  }

  static let goodfellow = Source(
    authors: "Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville & Bengio", year: 2014,
    title: "Generative Adversarial Networks", identifier: "arXiv 1406.2661")
  static let arjovsky = Source(
    authors: "Arjovsky & Bottou", year: 2017,
    title: "Towards Principled Methods for Training Generative Adversarial Networks",
    identifier: "arXiv 1701.04862")

  private static func quantities(_ game: GaussianGame) -> [Quantity] {
    let name =
      "q = N(\(Wording.number(game.generator.mean)), \(Wording.number(game.generator.deviation))²)"
    let (value, divergence) = (game.optimalValue, game.jensenShannon)
    let found = game.bestQuadraticLogit()
    let distance = zip(found, game.optimalLogit).map { abs($0 - $1) }.max() ?? .nan
    let isSame = game.data == game.generator
    return [
      Quantity(
        "V(D*), \(name)",
        published: isSame ? .init(-log(4), in: goodfellow, place: "Theorem 1") : nil, ours: value.value,
        claim: .init(
          .equal(
            to: -log(4) + 2 * divergence.value, within: value.error + 2 * divergence.error + 1e-12),
          because:
            "−log 4 + 2 JSD, both by quadrature; the tolerance is what halving the panels changed, and 10⁻¹²")
      ),
      Quantity(
        "best logit by search against log p/q, \(name)", ours: distance,
        claim: .init(
          .atMost(1e-7),
          because: "p/(p + q) maximises V (Proposition 1); Newton's method and quadrature in double")),
    ]
  }

  private static func quantities(_ training: GanTraining, _ scale: ExperimentSetting.Scale) -> [Quantity] {
    let end = training.average
    let game = GaussianGame(data: training.data, generator: end.generator)
    let value = game.value { end.logit[0] + end.logit[1] * $0 + end.logit[2] * $0 * $0 }.value
    let tolerance = scale == .small ? 0.02 : 0.01
    let reason = "the only equilibrium; stochastic gradients leave some thousandths"
    return [
      Quantity(
        "trained generator's mean", ours: end.generator.mean,
        claim: .init(.equal(to: training.data.mean, within: tolerance), because: reason)),
      Quantity(
        "trained generator's deviation", ours: end.generator.deviation,
        claim: .init(.equal(to: training.data.deviation, within: tolerance), because: reason)),
      Quantity(
        "trained discriminator, farthest from ½",
        published: .init(0, in: goodfellow, place: "Theorem 1: D = ½"),
        ours: end.farthestFromHalf(of: training.data),
        claim: .init(.atMost(tolerance), because: reason)),
      Quantity(
        "value after training", published: .init(-log(4), in: goodfellow, place: "Theorem 1"), ours: value,
        claim: .init(
          .equal(to: -log(4), within: tolerance / 10), because: reason + ", and the value is flat there")),
    ]
  }

  private static func vanishing(_ data: Gaussian) -> [Quantity] {
    var quantities = [0.25, 1, 1.5].map { shift in
      let uniforms = ShiftedUniforms(shift: shift)
      return Quantity(
        "JSD of uniforms, θ = \(Wording.number(shift))",
        published: shift > 1
          ? .init(log(2), in: arjovsky, place: "Theorem 2.3, supports that hardly meet") : nil,
        ours: uniforms.integrated,
        claim: .init(
          .equal(to: uniforms.jensenShannon, within: 1e-12),
          because: "θ log 2 up to θ = 1, log 2 from there on"))
    }
    for distance in [2.0, 6, 10] {
      let game = GaussianGame(data: data, generator: Gaussian(mean: distance, deviation: 1))
      let overlap = exp(-distance * distance / 8) / 2
      let gradient = game.generatorGradient(saturating: true)
      let other = game.generatorGradient(saturating: false)
      quantities.append(
        Quantity(
          "|gradient| of log(1 − D*), Δ = \(Wording.number(distance))", ours: abs(gradient.value),
          claim: .init(
            .atMost(distance * overlap + gradient.error),
            because: "q p/(p + q) ≤ √(pq)/2, whose integral is exp(−Δ²/8)/2, times the logit's slope Δ")))
      quantities.append(
        Quantity(
          "|gradient| of −log D*, Δ = \(Wording.number(distance))", ours: abs(other.value),
          claim: .init(
            .atLeast(distance * (1 - overlap) - other.error),
            because: "what is left of Δ: q(1 − D*) = q − q p/(p + q)")))
    }
    return quantities
  }

  private func points(_ low: Double, _ high: Double, _ function: (Double) -> Double) -> [ChartMark.Point] {
    (0...240).map { step in
      let x = low + (high - low) * Double(step) / 240
      return .init(x, function(x))
    }
  }

  private func discriminatorFigure(_ data: Gaussian) -> ExperimentFigure {
    let charts = [Gaussian(mean: 2, deviation: 1), Gaussian(mean: 0, deviation: 2)].map { generator in
      let game = GaussianGame(data: data, generator: generator)
      let logit = game.bestQuadraticLogit()
      let sampled = stride(from: -5.0, through: 6, by: 0.5).map { x in
        ChartMark.Point(x, 1 / (1 + exp(-(logit[0] + logit[1] * x + logit[2] * x * x))))
      }
      return Chart(
        "q = N(\(Wording.number(generator.mean)), \(Wording.number(generator.deviation))²)",
        x: ChartAxis("x", from: -5, to: 6), y: ChartAxis("density, or D", from: 0, to: 1.05),
        marks: [
          ChartMark(.line(points(-5, 6, data.density)), .grey, label: "p"),
          ChartMark(.line(points(-5, 6, generator.density)), .orange, isDashed: true, label: "q"),
          ChartMark(.line(points(-5, 6, game.optimalDiscriminator)), .blue, label: "p/(p + q)"),
          ChartMark(.dots(sampled, size: 3), .purple, label: "found by search"),
        ])
    }
    let figure = ChartFigure(
      title: "The best discriminator",
      description: """
        Two charts of a density p = N(0, 1), a density q and the discriminator. For q = N(2, 1) it falls from 1 to 0 \
        through one half at 1, for q = N(0, 4) it is a bump around 0 of height 0.67. The discriminators that a search \
        on the value found lie on p/(p + q).
        """,
      columns: 2, height: 220, charts: charts)
    return ExperimentFigure(
      "discriminator", caption: "p/(p + q), and what maximising the value alone finds.", figure)
  }

  private func trainingFigure(_ training: GanTraining) -> ExperimentFigure {
    let history = training.history
    func course(_ value: (GanTraining.State) -> Double) -> ChartMark.Shape {
      .line(history.map { .init(Double($0.step), value($0)) })
    }
    let end = training.average
    let steps = ChartAxis("step of the generator", from: 0, to: Double(end.step))
    let figure = ChartFigure(
      title: "Playing the game",
      description: """
        On the left the generator's mean and deviation over \(end.step) steps: from −1 and 0.4 they overshoot and come to \
        rest around 1 and 0.8, those of the data. On the right how far the discriminator is from one half: it falls to \
        \(Rounding.significant(end.farthestFromHalf(of: training.data), digits: 2)).
        """,
      columns: 2, height: 200,
      charts: [
        Chart(
          "generator", x: steps, y: ChartAxis("value", from: -1.2, to: 2.2),
          marks: [
            ChartMark(course(\.generator.mean), .blue, label: "m"),
            ChartMark(course(\.generator.deviation), .orange, label: "s"),
            ChartMark(.horizontal(training.data.mean), .grey, isDashed: true, label: "those of the data"),
            ChartMark(.horizontal(training.data.deviation), .grey, isDashed: true),
          ]),
        Chart(
          "discriminator", x: steps, y: ChartAxis("max |D − ½|", from: 0, to: 0.52),
          marks: [
            ChartMark(course { $0.farthestFromHalf(of: training.data) }, .purple, label: "along the game"),
            ChartMark(
              .horizontal(end.farthestFromHalf(of: training.data)), .green, isDashed: true, label: "averaged"),
          ]),
      ])
    return ExperimentFigure(
      "training", caption: "The generator comes to the data, the discriminator to one half.", figure)
  }

  private func vanishingFigure(_ data: Gaussian) -> ExperimentFigure {
    let shifts = points(0, 2) { ShiftedUniforms(shift: $0).jensenShannon }
    func gradients(saturating: Bool) -> [ChartMark.Point] {
      stride(from: 0.25, through: 12, by: 0.25).map { distance in
        let game = GaussianGame(data: data, generator: Gaussian(mean: distance, deviation: 1))
        return .init(distance, abs(game.generatorGradient(saturating: saturating).value))
      }
    }
    let bound = points(0.25, 12) { $0 / 2 * exp(-$0 * $0 / 8) }
    let figure = ChartFigure(
      title: "Gradients that vanish",
      description: """
        On the left, for uniform laws shifted by θ: the Jensen–Shannon divergence rises to log 2 = 0.69 at θ = 1 and stays \
        there, the transport distance rises on. On the right, for normal laws Δ apart: the gradient of the game's loss \
        falls below its bound Δ exp(−Δ²/8)/2, to 10⁻⁷ at Δ = 12, and that of −log D grows like Δ.
        """,
      columns: 2, height: 220,
      charts: [
        Chart(
          "uniform laws", x: ChartAxis("θ", from: 0, to: 2), y: ChartAxis("divergence", from: 0, to: 2),
          marks: [
            ChartMark(.line(shifts), .blue, label: "JSD"),
            ChartMark(
              .line(points(0, 2) { ShiftedUniforms(shift: $0).transportDistance }), .orange, isDashed: true,
              label: "W₁"),
          ]),
        Chart(
          "normal laws", x: ChartAxis("Δ", from: 0, to: 12),
          y: ChartAxis("|gradient|", from: 1e-8, to: 100, isLogarithmic: true),
          marks: [
            ChartMark(.line(gradients(saturating: true)), .blue, label: "log(1 − D)"),
            ChartMark(.line(bound), .grey, isDashed: true, label: "bound"),
            ChartMark(.line(gradients(saturating: false)), .orange, label: "−log D"),
          ]),
      ])
    return ExperimentFigure(
      "vanishing", caption: "A perfect discriminator leaves the generator nothing to follow.", figure)
  }
}
