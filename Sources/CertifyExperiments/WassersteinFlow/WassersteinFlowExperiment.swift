import CertifyReport

/// `wasserstein-flow`: the adversary of a whole distribution is a flow in a Wasserstein space.
public struct WassersteinFlowExperiment: Experiment {
  public static let name = "wasserstein-flow"
  public static let summary =
    "an empirical measure moved particle by particle: its energy rises, W∞ stays within ε, the inner problem is solved"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let energy = try ParticleEnergy(seed: setting.seed, jobs: setting.jobs)
    setting.progress(0.2)
    let count = setting.choose(small: 40, full: 200)
    let steps = setting.choose(small: 10, full: 40)
    let (points, labels) = ParticleEnergy.halfCircles(count, seed: setting.seed, stream: 1)
    let movement = try ParticleFlow(
      .movement, energy, from: points, labels: labels, epsilon: Self.epsilon, steps: steps)
    setting.progress(0.6)
    let euler = try ParticleFlow(
      .euler, energy, from: points, labels: labels, epsilon: Self.epsilon, steps: steps)
    let inner = try ParticleFlow.innerMaximum(energy, at: points, labels: labels, epsilon: Self.epsilon)
    setting.progress(0.9)
    let quantities = Self.quantities(movement, euler, inner: inner)
    return ExperimentPage(
      title: "An adversary of a distribution is a Wasserstein flow",
      question: "Does moving every particle by its own flow solve the inner problem of adversarial training?",
      setting: [
        "a net of two hidden layers of 16 units, trained by this program on 400 points of two interleaved half circles",
        "μ₀: \(count) fresh points, each with mass 1/\(count); E(x, y) = z_{1−y}(x) − z_y(x); steps and budget in ℓ∞, ε = \(Self.epsilon), τ = ε/\(steps)",
        "minimising movements by the best of a 9 × 9 grid of B_τ(u) ∩ B_ε(x); explicit Euler by the exact maximiser of the linear problem there (FlowStep)",
        "the inner problem ∫ sup_{‖x′ − x‖∞ ≤ ε} E dμ₀ by a 41 × 41 grid of each ball",
      ],
      figures: [Self.energyFigure(movement, euler, inner), Self.pathFigure(movement)],
      quantities: quantities,
      paragraphs: [
        """
        The potential energy ∫ E dμ_t rises at every step of the minimising movement, and the measure stays within W_∞ = ε \
        of where it began, because each particle stays within ε of its own start. At the end it has reached nearly all \
        of what the inner problem of adversarial training allows, the supremum over the W_∞ ball, which separates into \
        one problem for each particle. What is missing are particles that stop at a local maximum.
        """
      ],
      sources: [Self.weigand])
  }

  static let weigand = Source(
    authors: "Weigand, Roith & Burger", year: 2025,
    title: "Adversarial flows: A gradient flow characterization of adversarial attacks",
    identifier: "arXiv 2406.05376")
  private static let epsilon = 0.2

  private static func quantities(
    _ movement: ParticleFlow, _ euler: ParticleFlow, inner: Double
  ) -> [Quantity] {
    let start = movement.energies[0]
    func share(_ flow: ParticleFlow) -> Double { ((flow.energies.last ?? .nan) - start) / (inner - start) }
    func distance(_ flow: ParticleFlow) -> Double {
      TransportDistance.infinity(flow.places[0], flow.places[flow.places.count - 1])
    }
    let bound = Quantity.Claim(
      .atMost(epsilon * (1 + 1e-9)),
      because: "the pairing of each particle with its own start is one of all pairings")
    return [
      Quantity(
        "largest fall of ∫ E dμ in a step, minimising movement",
        published: .init(0, in: weigand, place: "§4: along curves of maximal slope the energy is monotone"),
        ours: movement.largestFall,
        claim: .init(.equal(to: 0, within: 0), because: "staying is a candidate of every step")),
      Quantity("largest fall of ∫ E dμ in a step, Euler", ours: euler.largestFall),
      Quantity(
        "W∞ to the start, minimising movement",
        published: .init(
          epsilon, in: weigand, place: "§4: the speed is at most 1, so that the time ε leads at most this far"
        ),
        ours: distance(movement), claim: bound),
      Quantity("W∞ to the start, Euler", ours: distance(euler), claim: bound),
      Quantity("∫ E dμ at the start", ours: start),
      Quantity("inner problem of adversarial training", ours: inner),
      Quantity(
        "part of the rise that the minimising movement reaches",
        ours: share(movement),
        claim: .init(
          .between(0.9, 1.02),
          because:
            "local maxima stop some particles; the grid of the inner problem may miss a corner of a fine step"
        )),
      Quantity(
        "part of the rise that Euler reaches", ours: share(euler),
        claim: .init(
          .between(0.9, 1.02),
          because:
            "local maxima stop some particles; the grid of the inner problem may miss a corner of a fine step"
        )),
    ]
  }

  private static func energyFigure(
    _ movement: ParticleFlow, _ euler: ParticleFlow, _ inner: Double
  ) -> ExperimentFigure {
    func course(_ flow: ParticleFlow) -> [ChartMark.Point] {
      flow.energies.enumerated().map {
        .init(Double($0.offset) * epsilon / Double(flow.energies.count - 1), $0.element)
      }
    }
    let ends = [movement, euler].map { Rounding.significant($0.energies.last ?? 0, digits: 3) }
    let figure = ChartFigure(
      title: "The energy of the measure",
      description: """
        ∫ E dμ over time rises from \(Rounding.significant(movement.energies[0], digits: 3)) to \(ends[0]) by minimising \
        movements and to \(ends[1]) by Euler steps, almost on one curve; the inner problem allows \
        \(Rounding.significant(inner, digits: 3)).
        """,
      charts: [
        Chart(
          x: ChartAxis("t = steps · τ", from: 0, to: epsilon),
          y: ChartAxis("∫ E dμ", holding: movement.energies + [inner]),
          marks: [
            ChartMark(.horizontal(inner), .grey, isDashed: true, label: "inner problem"),
            ChartMark(.line(course(movement)), .blue, label: "minimising movement"),
            ChartMark(.line(course(euler)), .orange, isDashed: true, label: "Euler"),
          ])
      ])
    return ExperimentFigure(
      "energy", caption: "The energy rises to what adversarial training asks for.", figure)
  }

  private static func pathFigure(_ flow: ParticleFlow) -> ExperimentFigure {
    func arrows(_ label: Int) -> ChartMark.Shape {
      .arrows(
        flow.labels.indices.filter { flow.labels[$0] == label }.map { particle in
          let (from, to) = (flow.places[0][particle], flow.places[flow.places.count - 1][particle])
          return (from: ChartMark.Point(from[0], from[1]), to: ChartMark.Point(to[0], to[1]))
        })
    }
    let figure = ChartFigure(
      title: "Where the particles go",
      description: """
        \(flow.labels.count) arrows from particles on two interleaved half circles to where the flow took them, each at \
        most \(Wording.number(epsilon)) in both coordinates, towards the other class.
        """,
      height: 340,
      charts: [
        Chart(
          x: ChartAxis("x₁", from: -1.5, to: 2.5), y: ChartAxis("x₂", from: -1, to: 1.5), isEqual: true,
          marks: [
            ChartMark(arrows(0), .blue, label: "class 0"), ChartMark(arrows(1), .orange, label: "class 1"),
          ])
      ])
    return ExperimentFigure(
      "paths", caption: "Each particle follows its own flow within its own ball.", figure)
  }
}
