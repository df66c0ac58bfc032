import CertifyReport

/// `curvature-flow`: adversarial training as a flow that shortens the decision boundary.
public struct CurvatureFlowExperiment: Experiment {
  public static let name = "curvature-flow"
  public static let summary =
    "adversarial training as minimising movements of a nonlocal perimeter: discs shrink as under curvature"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let sizes = setting.choose(small: [(4, 0.06)], full: [(4, 0.06), (4, 0.03), (8, 0.06), (8, 0.03)])
    var flows: [(cells: Int, flow: DiscFlow)] = []
    for (index, size) in sizes.enumerated() {
      let steps = Int((0.12 / size.1).rounded())
      flows.append((size.0, DiscFlow(radius: 0.7, cells: size.0, epsilon: size.1, steps: steps)))
      setting.progress(0.4 * Double(index + 1) / Double(sizes.count))
    }
    let width = setting.choose(small: 0.04, full: 0.02)
    let weighted = [0.4, 0.6].map { radius in
      DiscFlow(
        radius: radius, cells: 4, epsilon: width, steps: setting.choose(small: 1, full: 2), deviation: 0.5)
    }
    setting.progress(0.5)
    let blobs = NestedBlobs(
      side: setting.choose(small: 40, full: 80), cells: setting.choose(small: 3, full: 4),
      steps: 2, seed: setting.seed)
    setting.progress(0.6)
    let trials = try Self.straightened(setting)
    var quantities = flows.flatMap { Self.quantities($0.flow, $0.cells) }
    quantities += Self.order(flows)
    for flow in weighted { quantities.append(Self.weightedQuantity(flow)) }
    quantities += Self.quantities(blobs) + Self.quantities(trials)
    return ExperimentPage(
      title: "Adversarial training as a curvature flow",
      question:
        "Does adversarial training, repeated with small budgets, move a decision boundary by its curvature?",
      setting: [
        "A′ ∈ argmin (1/τ)∫_{A Δ A₀} dist(x, ∂A₀) ρ dx + Per_ε(A), the nonlocal perimeter from suprema and infima over ε-balls, weighted by the two classes' densities; τ = ε, which is a training with budget ε whose clean errors count by their distance from the boundary before",
        "cells of the length h; each step is solved exactly as a cut of least capacity; ε is the mean reach of the ball of cells",
        "a disc of radius .7 until t = .12 on a quarter of the plane; discs of radius .4 and .6 under ρ = exp(−|x|²/(2·.5²)); two nested blobs under uneven densities, with τ = .02",
        Self.straighteningSetting(trials),
      ],
      figures: [radiusFigure(flows.map(\.flow)), blobFigure(blobs), Self.boundaryFigure(trials[0])],
      quantities: quantities,
      paragraphs: [
        """
        The time scale: for discs and equal densities Per_ε is exactly 2πr, so that a step takes the radius R to the r \
        with (R − r)/τ = 1/r, an implicit Euler step of ṙ = −1/r over the time τ. The solution of that equation is \
        r² = r₀² − 2t with t the number of steps times τ: no other factor is hidden. With a density it is \
        ṙ = −1/r − ρ′/ρ, the published law V = −div(ρν)/ρ for a circle.
        """,
        """
        On the grid the radii follow these steps to within a cell, and the error against r² = r₀² − 2t falls with ε. \
        Nested sets stay nested exactly, since every step takes the largest of the exact minimisers. Under the Gaussian \
        density the smaller disc shrinks and the larger one grows, as the closed form says.
        """,
        """
        One training with the budget ε as it is usually done minimises the clean risk plus ε Per_ε, without a \
        distance from a boundary before. Where the classes pass into one another over a width, its minimiser gives up some \
        clean risk for a shorter boundary: found exactly, as a cut, it straightens as ε grows. So do the boundaries of nets \
        trained on samples by PGD, although what they minimise is the cross-entropy, and each is nearer to the exact \
        minimiser of its ε than the boundary of plain training is.
        """,
      ],
      sources: [Self.bungert, Self.geometry, Self.almgren])
  }

  static let bungert = Source(
    authors: "Bungert, Laux & Stinson", year: 2024,
    title: "A Mean Curvature Flow Arising in Adversarial Training",
    identifier: "arXiv 2404.14402")
  static let geometry = Source(
    authors: "Bungert, García Trillos & Murray", year: 2023,
    title: "The Geometry of Adversarial Training in Binary Classification",
    identifier: "arXiv 2111.13613")
  static let almgren = Source(
    authors: "Almgren, Taylor & Wang", year: 1993, title: "Curvature-Driven Flows: A Variational Approach",
    identifier: "doi 10.1137/0331020")

  private static func name(_ flow: DiscFlow, _ cells: Int) -> String {
    "ε = \(Wording.number(flow.epsilon)), ball of \(cells) cells"
  }

  private static func quantities(_ flow: DiscFlow, _ cells: Int) -> [Quantity] {
    let exact = DiscFlow.exact(flow.expected[0], time: flow.finalTime, deviation: nil)
    return [
      Quantity(
        "radius at t = .12, \(name(flow, cells))",
        published: .init(exact, in: bungert, place: "limit r² = r₀² − 2t"), ours: flow.radii.last ?? .nan),
      Quantity(
        "distance from implicit Euler over h, \(name(flow, cells))", ours: flow.gridError / flow.spacing,
        claim: .init(
          .atMost(1), because: "the minimiser in the continuum is known; a set of cells resolves a cell")),
      Quantity(
        "Per_ε of the disc over 2πr, \(name(flow, cells))", ours: flow.perimeterRatio,
        claim: .init(
          .equal(to: 1, within: 0.1 / Double(cells)),
          because: "2πr for every ε ≤ r; cells leave a part of h/ε")),
    ]
  }

  /// How the error at equal numbers of cells falls with ε.
  private static func order(_ flows: [(cells: Int, flow: DiscFlow)]) -> [Quantity] {
    Set(flows.map(\.cells)).sorted().compactMap { cells in
      let same = flows.filter { $0.cells == cells }.map(\.flow).sorted { $0.epsilon > $1.epsilon }
      guard let coarse = same.first, let fine = same.last, fine.epsilon < coarse.epsilon else { return nil }
      return Quantity(
        "error at ε = \(Wording.number(fine.epsilon)) over that at \(Wording.number(coarse.epsilon)), ball of \(cells) cells",
        ours: fine.error / coarse.error,
        claim: .init(
          .atMost(0.6), because: "an implicit Euler scheme errs in proportion to τ = ε, and h falls with ε"))
    }
  }

  private static func weightedQuantity(_ flow: DiscFlow) -> Quantity {
    let start = flow.expected[0]
    let exact = DiscFlow.exact(start, time: flow.finalTime, deviation: flow.deviation)
    let end = flow.expected.last ?? .nan
    let tolerance = flow.spacing + flow.epsilon * flow.epsilon
    return Quantity(
      "radius from \(Wording.number(start)) under a Gaussian density at t = \(Wording.number(flow.finalTime))",
      published: .init(exact, in: bungert, place: "limit, closed form"), ours: flow.radii.last ?? .nan,
      claim: .init(
        .equal(to: end, within: tolerance),
        because: "implicit Euler of ṙ = −1/r + r/s²; a cell, and ε² of the perimeter"))
  }

  private static func quantities(_ blobs: NestedBlobs) -> [Quantity] {
    let rises = zip(blobs.perimeters, blobs.perimeters.dropFirst()).map { $1 - $0 }.max() ?? .nan
    return [
      Quantity(
        "cells of A outside B, all steps", published: .init(0, in: bungert, place: "monotonicity"),
        ours: Double(blobs.escaped), claim: .init(.equal(to: 0, within: 0), because: "A ⊂ B gives A′ ⊂ B′")),
      Quantity(
        "largest rise of Per_ε in a step", ours: rises,
        claim: .init(.atMost(0), because: "the set before is a candidate of every step")),
    ]
  }

  private func radiusFigure(_ flows: [DiscFlow]) -> ExperimentFigure {
    let exact = (0...120).map { step -> ChartMark.Point in
      let time = Double(step) / 1000
      return .init(time, DiscFlow.exact(0.7, time: time, deviation: nil))
    }
    let inks: [ChartMark.Ink] = [.orange, .purple, .green, .grey]
    let marks = flows.enumerated().map { index, flow in
      let points = flow.radii.enumerated().map {
        ChartMark.Point(Double($0.offset) * flow.epsilon, $0.element)
      }
      let label = "ε = \(Wording.number(flow.epsilon)), h = \(Rounding.significant(flow.spacing, digits: 2))"
      return ChartMark(.dots(points, size: 4), inks[index % inks.count], label: label)
    }
    let ends = flows.map { flow in
      "\(Rounding.significant(flow.radii.last ?? 0, digits: 3)) at ε = \(Wording.number(flow.epsilon))"
    }
    let figure = ChartFigure(
      title: "The radius of a disc",
      description: """
        The radius over time: the curve √(.49 − 2t) falls from .7 to .5 at t = .12; the scheme ends at \
        \(ends.joined(separator: ", ")), nearer with smaller ε.
        """,
      charts: [
        Chart(
          x: ChartAxis("t = steps · τ", from: 0, to: 0.125), y: ChartAxis("radius", from: 0.42, to: 0.72),
          marks: [ChartMark(.line(exact), .blue, label: "√(r₀² − 2t)")] + marks)
      ])
    return ExperimentFigure(
      "radius", caption: "Discs shrink as under curvature, the better the smaller ε.", figure)
  }

  private func blobFigure(_ blobs: NestedBlobs) -> ExperimentFigure {
    func line(_ set: [Bool]) -> ChartMark.Shape {
      LevelLine(of: blobs.grid.averages(of: set), level: 0.5, on: blobs.grid).shape
    }
    let steps = blobs.small.count - 1
    let figure = ChartFigure(
      title: "Nested sets stay nested",
      description: """
        Two wavy closed curves around the origin, one inside the other, and the same after \(steps) steps: both have \
        become rounder and shorter, and the inner one is still inside.
        """,
      height: 360,
      charts: [
        Chart(
          x: ChartAxis("x₁", from: -1.2, to: 1.2), y: ChartAxis("x₂", from: -0.7, to: 0.7), isEqual: true,
          marks: [
            ChartMark(line(blobs.large[0]), .grey, label: "B"),
            ChartMark(line(blobs.small[0]), .purple, label: "A"),
            ChartMark(line(blobs.large[steps]), .blue, label: "B after \(steps) steps"),
            ChartMark(line(blobs.small[steps]), .orange, label: "A after \(steps) steps"),
          ])
      ])
    return ExperimentFigure("nested", caption: "The step keeps inclusions and shortens boundaries.", figure)
  }
}
