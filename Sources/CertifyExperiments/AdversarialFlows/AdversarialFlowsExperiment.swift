import CertifyAttacks
import CertifyReport
import CertifyThreat

/// `adversarial-flows`: iterated FGSM and minimising movements as discretisations of one gradient flow.
public struct AdversarialFlowsExperiment: Experiment {
  public static let name = "adversarial-flows"
  public static let summary = "iterated FGSM and minimising movements draw together as their steps shrink"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let nets = try FlowNet.all(setting)
    let starts = Self.starts(setting.choose(small: 8, full: 50), seed: setting.seed)
    let halvings = setting.choose(small: 5, full: 8)
    var all = Extremes()
    var courses: [Course] = []
    var quantities: [Quantity] = []
    for (index, net) in nets.enumerated() {
      func report(_ part: Double) { setting.progress((Double(index) + part) / Double(nets.count)) }
      var distances = FlowDistances()
      var rises = (euler: 0.0, movement: 0.0)
      for i in 0..<halvings {
        let tau = Self.epsilon / Double(1 << i)
        let paths = try net.paths(starts, Self.step(tau), setting)
        all.add(paths, Self.epsilon)
        distances.append(paths.map(\.distance), tau: tau)
        rises = paths.map(\.rises).reduce((0, 0)) { ($0.0 + $1.euler, $0.1 + $1.movement) }
        report(Double(2 << i) / Double(2 << halvings))
      }
      courses.append(Course(name: net.name, distances: distances))
      quantities += Self.quantities(net.name, distances, rises: rises)
    }
    var figures = [
      ExperimentFigure(
        "distances", caption: "The distance of the two schemes over the length of their steps.",
        Self.distances(courses))
    ]
    for net in nets.suffix(2) {
      let shown = try trajectories(net, starts, setting)
      figures.append(shown.figure)
      all.add(shown.paths, Self.epsilon)
    }
    let pairs = try pairs(nets[0], starts, setting)
    all.add(pairs.paths, Self.epsilon)
    return ExperimentPage(
      title: "Adversarial flows",
      question:
        "Do iterated FGSM and minimising movements follow the same flow as their steps τ go to 0, and how fast?",
      setting: [
        "two moons, 1000 points; networks of three layers of 20 units (the paper's besides have batch normalisation)",
        "ε = 0.2, time 1, so that there are 1/τ steps; starts uniform in [−1, 1]², \(starts.count) of them, attacked away from the class they are given",
        "E = (1 − probability of that class)², as in the paper's code; 30 particles and 30 rounds a movement, as there",
        "orders by least squares over the distances above 2⁻¹⁰ ≈ 0.001",
      ]
        + nets.map {
          "\($0.name): accuracy \(Rounding.significant($0.accuracy, digits: 3)) on 1000 new points"
        },
      figures: figures, quantities: all.quantities + quantities + pairs.quantities, paragraphs: Self.words,
      sources: [Self.weigand], files: nets.compactMap(\.file))
  }

  static let weigand = Source(
    authors: "Weigand, Roith & Burger", year: 2025,
    title: "Adversarial flows: A gradient flow characterization of adversarial attacks",
    identifier: "arXiv 2406.05376")
  static let epsilon = 0.2

  static func step(_ tau: Double, _ stepNorm: Norm = .linf, _ budgetNorm: Norm = .linf) -> FlowStep {
    FlowStep(stepNorm: stepNorm, stepLength: tau, budgetNorm: budgetNorm, budget: epsilon, box: nil)
  }

  /// The distances of the two schemes on a net.
  struct Course {
    let name: String
    let distances: FlowDistances
  }

  /// What must hold of every path.
  private struct Extremes {
    /// The largest fall of E along minimising movements.
    var fall = 0.0
    /// The farthest point from a start, over ε.
    var reach = 0.0

    mutating func add(_ paths: [FlowPaths], _ epsilon: Double) {
      for path in paths {
        fall = max(fall, path.largestFall)
        reach = max(reach, path.reach / epsilon)
      }
    }

    var quantities: [Quantity] {
      [
        Quantity(
          "largest fall of E along minimising movements", ours: fall,
          claim: .init(
            .atMost(0), because: "each movement maximises E over a set that holds the point it starts from")),
        Quantity(
          "farthest point over ε", ours: reach,
          claim: .init(
            .atMost(1 + 1e-9),
            because: "every step stays in the budget's ball, up to rounding in double precision")),
      ]
    }
  }

  private static func starts(_ count: Int, seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed, input: 1, stage: 0x666C_6F77)
    return (0..<count).map { _ in (0..<2).map { _ in 2 * generator.unit() - 1 } }
  }

  private static func quantities(
    _ net: String, _ distances: FlowDistances, rises: (euler: Double, movement: Double)
  ) -> [Quantity] {
    var quantities = [
      Quantity(
        "rise of E by iterated FGSM over that by movements, \(net)", ours: rises.euler / rises.movement,
        claim: .init(
          .between(0.9, 1.1),
          because:
            "both schemes go uphill to the same height at the smallest τ; a tenth is left to starts that they leave on different sides"
        ))
    ]
    for (kind, means) in [("mean", distances.means), ("median", distances.medians)] {
      if let order = FlowDistances.order(means) {
        quantities.append(Quantity("observed order of the \(kind) distance, \(net)", ours: order))
      }
    }
    quantities.append(
      Quantity(
        "starts more than ε/4 apart at the smallest τ, \(net)", ours: Double(distances.apart(by: epsilon / 4))
      ))
    return quantities
      + distances.means.enumerated().map { index, row in
        Quantity("mean sup-distance at τ = ε·2^−\(index), \(net)", ours: row.distance)
      }
  }

  /// All nine pairs of norms at one τ.
  private func pairs(
    _ net: FlowNet, _ starts: [[Double]], _ setting: ExperimentSetting
  ) throws -> (quantities: [Quantity], paths: [FlowPaths]) {
    var quantities: [Quantity] = []
    var all: [FlowPaths] = []
    for budgetNorm in Norm.allCases {
      for stepNorm in Norm.allCases {
        let paths = try net.paths(starts, Self.step(0.02, stepNorm, budgetNorm), setting)
        let names =
          "p = \(Wording.symbol(Distance(budgetNorm))), s = \(Wording.symbol(Distance(stepNorm))), τ = 0.02"
        func mean(_ value: (FlowPaths) -> Double) -> Double {
          paths.map(value).reduce(0, +) / Double(paths.count)
        }
        quantities += [
          Quantity(
            "mean E at the end of Euler steps, \(names)", ours: mean { $0.eulerEnergies.last ?? .nan }),
          Quantity("mean sup-distance, \(names)", ours: mean(\.distance)),
        ]
        all += paths
      }
    }
    return (quantities, all)
  }

  private static let words = [
    """
    Along minimising movements the energy never falls, and both schemes rise alike. The mean distance between them \
    shrinks with τ. Its order is observed and not asserted: as τ → 0 both converge, up to subsequences, to the flow, which \
    need not be unique where a component of the gradient is 0. Starts that the two schemes leave on different sides of \
    such a line keep their distance at every τ. The table counts them: a few lower the order of the mean, and the median \
    does not see them.
    """,
    """
    Starts that meet no such line go to a corner of the budget by the same signs under both schemes, and are apart by \
    rounding alone; where they are more than half, so is the median. Logits are single precision, u = 2⁻²⁴: the place of a \
    maximum is known to about √u and no better, and distances below 4√u = 2⁻¹⁰ (the broken line) take no part in the \
    order. Where fewer than three are above it, no order is given.
    """,
    """
    The paper proves convergence up to subsequences, and its code draws trajectories and distances as pictures, without \
    numbers that could stand beside ours. The distance of its code is the matrix norm ‖·‖_∞ of the difference of the two \
    paths, which adds the coordinates; ours is the largest coordinate, at least half of it.
    """,
    """
    For other pairs of norms a step that is taken and then projected is not the maximiser of the linearised \
    energy over the intersection of both balls; the steps here are.
    """,
  ]
}
