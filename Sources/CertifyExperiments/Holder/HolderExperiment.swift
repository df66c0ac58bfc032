import CertifyAttacks
import CertifyReport
import CertifyThreat
import CertifyTraining

/// `holder`: the linearised worst case is attained, and no random direction beats it.
public struct HolderExperiment: Experiment {
  public static let name = "holder"
  public static let summary = "the linear worst case ε‖g‖_q is attained, and random directions stay below it"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let count = setting.choose(small: 4_000, full: 100_000)
    let cases = Norm.allCases.flatMap { norm in Self.dimensions.map { (norm, $0) } }
    var quantities: [Quantity] = []
    var charts: [Chart] = []
    for (index, (norm, dimension)) in cases.enumerated() {
      var generator = SplitMix64(seed: setting.seed, input: index, stage: 0x686F_6C64)
      let race = HolderRace(
        norm: norm, dimension: dimension, radius: Self.radius, directions: count, using: &generator)
      quantities += Self.quantities(race)
      if dimension == Self.dimensions.first {
        charts.append(
          Chart(
            Wording.symbol(Distance(norm)), x: ChartAxis("gain / ε‖g‖", from: -1.02, to: 1.02),
            y: ChartAxis("density", from: 0, to: 1), marks: []))
      }
      charts[charts.count - 1].marks.append(
        ChartMark(
          .line(race.density(bins: 102)), Self.inks[index % Self.inks.count],
          isDashed: index % Self.inks.count == 1, label: "d = \(dimension)"))
      setting.progress(Double(index + 1) / Double(cases.count))
    }
    let densest = charts.flatMap(\.marks).map { $0.highest ?? 0 }.max() ?? 1
    for index in charts.indices {
      charts[index].y = ChartAxis("density", from: 0, to: 1.05 * densest)
      charts[index].marks.append(ChartMark(.vertical(1), .grey, isDashed: true, label: "attained"))
    }
    let best = quantities.filter { $0.claim?.kind == .atMost(1) }.map(\.ours).max() ?? 0
    let figure = ChartFigure(
      title: "What a step of length ε gains on a linear function",
      description: """
        Three charts, for steps measured in ℓ₁, ℓ₂ and ℓ∞: how often random directions gain which part of ε‖g‖, in \
        \(Self.dimensions.map { "\($0)" }.joined(separator: ", ")) dimensions. All lie below 1, which the step of \
        Hölder's inequality attains; the best random one gains \(Rounding.significant(best)). With more dimensions \
        they gather around 0.
        """,
      columns: 3, height: 200, charts: charts)
    return ExperimentPage(
      title: "Hölder: the worst case of a linear function",
      question:
        "Is max { g·δ : ‖δ‖ₚ ≤ ε } = ε‖g‖_q with 1/p + 1/q = 1, and does the closed-form step attain it?",
      setting: [
        "g has independent standard normal coordinates; ε = \(Self.radius)",
        "\(count) random directions for each norm and dimension, stretched to length ε",
        "the step is the one that every attack of this program takes (Norm.steepestStep), in single precision",
      ],
      figures: [
        ExperimentFigure(
          "gains",
          caption:
            "Random directions gain less than the step of Hölder's inequality, far less in high dimension.",
          figure)
      ],
      quantities: quantities,
      paragraphs: [
        """
        The step ε·sign(g) for ℓ∞, ε·g/‖g‖₂ for ℓ₂ and ε·sign(gᵢ)eᵢ at the largest |gᵢ| for ℓ₁ gains ε‖g‖_q to \
        single precision, and none of the random directions reaches it. This is why a random perturbation of the same \
        length says nothing about robustness: in 100 dimensions it gains a small part of what the gradient gains.
        """
      ],
      sources: [Self.goodfellow])
  }

  static let goodfellow = Source(
    authors: "Goodfellow, Shlens & Szegedy", year: 2015,
    title: "Explaining and Harnessing Adversarial Examples",
    identifier: "arXiv 1412.6572")
  private static let dimensions = [2, 10, 100]
  private static let inks: [ChartMark.Ink] = [.blue, .orange, .purple]
  private static let radius = 0.5

  private static func quantities(_ race: HolderRace) -> [Quantity] {
    let place = "\(Wording.symbol(Distance(race.norm))), d = \(race.dimension)"
    var quantities = [
      Quantity(
        "attained, \(place)",
        published: race.norm == .linf ? .init(1, in: goodfellow, place: "§3: η = ε sign(w)") : nil,
        ours: race.attained,
        claim: .init(
          .equal(to: 1, within: 0x1p-21),
          because:
            "Hölder's inequality with equality; each coordinate of the step is rounded to single precision")),
      Quantity(
        "best of random, \(place)", ours: race.best,
        claim: .init(.atMost(1), because: "Hölder's inequality, in exact arithmetic of the rounded numbers")),
    ]
    if race.norm == .l2 {
      let d = Double(race.dimension)
      let spread = (2 * (d - 1) / (d * d * (d + 2)) / Double(race.gains.count)).squareRoot()
      quantities.append(
        Quantity(
          "mean square of random, \(place)", ours: race.meanSquare,
          claim: .init(
            .equal(to: 1 / d, within: 6 * spread),
            because: "cos² of the angle to a fixed direction has mean 1/d; six standard errors")))
    }
    return quantities
  }
}

extension ChartMark {
  /// The largest ordinate of a line.
  fileprivate var highest: Double? {
    if case .line(let points) = shape { points.map(\.y).max() } else { nil }
  }
}

/// The step of Hölder's inequality against random directions, all of length ε, on one linear function.
struct HolderRace {
  let norm: Norm
  let dimension: Int
  /// g·δ / (ε‖g‖_q) of the closed-form step.
  let attained: Double
  /// The same of each random direction.
  let gains: [Double]

  var best: Double { gains.max() ?? 0 }
  var meanSquare: Double { gains.reduce(0) { $0 + $1 * $1 } / Double(gains.count) }

  init(
    norm: Norm, dimension: Int, radius: Double, directions: Int,
    using generator: inout SplitMix64
  ) {
    self.norm = norm
    self.dimension = dimension
    let gradient = (0..<dimension).map { _ in Float(generator.normal()) }
    let limit = radius * norm.dual.length(of: gradient)
    func gain(_ step: [Float]) -> Double {
      zip(gradient, step).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    attained = gain(norm.steepestStep(along: gradient, radius: radius)) / limit
    gains = (0..<directions).map { _ in
      let direction = (0..<dimension).map { _ in Float(generator.normal()) }
      return gain(direction) / norm.length(of: direction) * radius / limit
    }
  }

  /// A histogram over [−1, 1] as a line through the middles of its bins.
  func density(bins: Int) -> [ChartMark.Point] {
    var counts = [Int](repeating: 0, count: bins)
    for gain in gains { counts[min(max(Int((gain + 1) / 2 * Double(bins)), 0), bins - 1)] += 1 }
    let width = 2 / Double(bins)
    return counts.enumerated().map { index, count in
      .init(-1 + (Double(index) + 0.5) * width, Double(count) / Double(gains.count) / width)
    }
  }
}
