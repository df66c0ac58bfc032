import CertifyAttacks
import CertifyEngine
import CertifyModel
import CertifyReport
import CertifyResults
import CertifyStore
import CertifyThreat
import CertifyTraining
import Foundation
import Synchronization

/// `adversarial-flows`: iterated FGSM and minimising movements as discretisations of one gradient flow.
public struct AdversarialFlowsExperiment: Experiment {
  public static let name = "adversarial-flows"
  public static let summary = "iterated FGSM and minimising movements draw together as their steps shrink"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let nets = try nets(setting)
    let starts = Self.starts(setting.choose(small: 6, full: 50), seed: setting.seed)
    let halvings = setting.choose(small: 5, full: 8)
    var quantities: [Quantity] = []
    var lines: [ChartMark] = []
    var figures: [ExperimentFigure] = []
    var (fall, reach) = (0.0, 0.0)
    for (index, net) in nets.enumerated() {
      func report(_ part: Double) { setting.progress((Double(index) + part) / Double(nets.count)) }
      var means: [(tau: Double, mean: Double)] = []
      for i in 0..<halvings {
        let tau = Self.epsilon * exp2(-Double(i))
        let paths = try self.paths(net.classifier, starts, Self.step(tau), setting)
        means.append((tau, paths.map(\.distance).reduce(0, +) / Double(paths.count)))
        fall = max(fall, paths.map(\.largestFall).max() ?? .nan)
        reach = max(reach, (paths.map(\.reach).max() ?? .nan) / Self.epsilon)
        quantities.append(
          Quantity("mean sup-distance at τ = ε·2^−\(i), \(net.name)", ours: means[i].mean))
        report(0.6 * exp2(Double(i + 1 - halvings)))
      }
      if let order = Self.order(means) {
        quantities.append(Quantity("observed order, \(net.name)", ours: order))
      }
      lines.append(
        ChartMark(
          .line(means.map { .init($0.tau, $0.mean) }), Self.inks[index % Self.inks.count],
          isDashed: index % 2 == 1, label: net.name))
      if index < 2 {
        let gallery = try trajectories(net, starts, setting)
        figures.append(gallery.figure)
        fall = max(fall, gallery.fall)
      }
      report(0.8)
      if index == 0 {
        let pairs = try self.pairs(net.classifier, starts, setting)
        quantities += pairs.quantities
        fall = max(fall, pairs.fall)
        reach = max(reach, pairs.reach)
      }
      report(1)
    }
    figures.append(
      ExperimentFigure(
        "distances", caption: "The mean distance of the two schemes, over the length of their steps.",
        Self.distances(lines, quantities)))
    return ExperimentPage(
      title: "Adversarial flows",
      question:
        "Do iterated FGSM and minimising movements follow the same flow as their steps τ go to 0, and how fast?",
      setting: [
        "two moons, 1000 points; networks of three layers of 20 units (the paper's besides have batch normalisation)",
        "ε = 0.2, time 1, so that there are 1/τ steps; starts uniform in [−1, 1]², \(starts.count) of them, attacked away from the class they are given",
        "E = (1 − probability of that class)², as in the paper's code; 30 particles and 30 rounds a movement, as there",
      ]
        + nets.map {
          "\($0.name): accuracy \(Rounding.significant($0.accuracy, digits: 3)) on 1000 new points"
        },
      figures: figures,
      quantities: [
        Quantity(
          "largest fall of E along minimising movements", ours: fall,
          claim: .init(
            .atMost(0), because: "each movement maximises E over a set that holds the point it starts from")),
        Quantity(
          "farthest point over ε", ours: reach,
          claim: .init(
            .atMost(1 + 1e-9),
            because: "every step stays in the budget's ball, up to rounding in double precision")),
      ] + quantities,
      paragraphs: [
        """
        Along minimising movements the energy never falls. The distance between the two schemes shrinks with τ. The \
        order is observed and not asserted: as τ → 0 both converge, up to subsequences, to the flow, which need not \
        be unique where a component of the gradient is 0, and a single start that the two schemes leave on different \
        sides of such a line keeps its distance at every τ.
        """,
        """
        The paper shows such trajectories and distances as pictures and prints no numbers, so that there is none to \
        put beside ours. Its distance is the matrix norm ‖·‖_∞ of the difference of the two paths, which adds the \
        coordinates; ours is the largest coordinate.
        """,
        """
        For other pairs of norms a step that is taken and then projected is not the maximiser of the linearised \
        energy over the intersection of both balls; the steps here are.
        """,
      ], sources: [Self.weigand], files: nets.compactMap(\.file))
  }

  static let weigand = Source(
    authors: "Weigand, Roith & Burger", year: 2025,
    title: "Adversarial flows: A gradient flow characterization of adversarial attacks",
    identifier: "arXiv 2406.05376")
  private static let epsilon = 0.2
  private static let inks: [ChartMark.Ink] = [.blue, .orange, .purple, .green]

  private static func step(_ tau: Double, _ stepNorm: Norm = .linf, _ budgetNorm: Norm = .linf) -> FlowStep {
    FlowStep(stepNorm: stepNorm, stepLength: tau, budgetNorm: budgetNorm, budget: epsilon, box: nil)
  }

  private struct Net {
    let name: String
    let classifier: LoadedClassifier
    let accuracy: Double
    var file: FileRecord?
  }

  /// Ours, and the paper's where they are.
  private func nets(_ setting: ExperimentSetting) throws -> [Net] {
    var generator = SplitMix64(seed: setting.seed, input: 0, stage: 0x666C_6F77)
    let training = try TrainingSet(Moons(1000, using: &generator).dataset())
    let test = try Moons(1000, using: &generator).dataset()
    var nets: [Net] = []
    for (name, activation) in [("ReLU", Architecture.Activation.relu), ("GeLU", .gelu)] {
      let net = try TrainedNet(
        .mlp(hidden: [20, 20, 20], activation: activation), on: training,
        .adam(.standard, rate: 0.005, epochs: 60, batchSize: 100, seed: setting.seed), jobs: setting.jobs)
      nets.append(
        Net(name: name, classifier: net.classifier, accuracy: try net.classifier.accuracy(on: test)))
    }
    for name in ["ReLU", "GeLU"] where setting.scale == .full {
      guard let path = setting.file(["two_moons_\(name).onnx"]) else { continue }
      let classifier = try LoadedClassifier(model: OnnxModel.load(path: path))
      nets.append(
        Net(
          name: "\(name) of the paper", classifier: classifier, accuracy: try classifier.accuracy(on: test),
          file: FileRecord(path: "two_moons_\(name).onnx", sha256: try FileRecord(path: path).sha256)))
    }
    return nets
  }

  private static func starts(_ count: Int, seed: UInt64) -> [[Double]] {
    var generator = SplitMix64(seed: seed, input: 1, stage: 0x666C_6F77)
    return (0..<count).map { _ in (0..<2).map { _ in 2 * generator.unit() - 1 } }
  }

  /// The two paths from each start, with the same draws whatever the threads.
  private func paths(
    _ net: LoadedClassifier, _ starts: [[Double]], _ step: FlowStep, _ setting: ExperimentSetting
  ) throws -> [FlowPaths] {
    let labels = try net.decisions(on: starts.map { $0.map { Float($0) } })
    let found = Mutex<[Int: FlowPaths]>([:])
    let seed = setting.seed
    try Team.run(starts.count, jobs: setting.jobs) { index in
      var generator = SplitMix64(seed: seed, input: index, stage: step.stepLength.bitPattern)
      let paths = try FlowPaths(
        PlaneEnergy(net, label: labels[index]), from: starts[index], step: step, using: &generator)
      found.withLock { $0[index] = paths }
    }
    return found.withLock { all in starts.indices.compactMap { all[$0] } }
  }

  /// The slope of log distance over log τ, by least squares over the distances above rounding to single precision;
  /// `nil` for fewer than three such.
  private static func order(_ means: [(tau: Double, mean: Double)]) -> Double? {
    let points = means.filter { $0.mean > 1e-6 }.map { (log($0.tau), log($0.mean)) }
    guard points.count >= 3 else { return nil }
    let count = Double(points.count)
    let middle = (points.reduce(0) { $0 + $1.0 } / count, points.reduce(0) { $0 + $1.1 } / count)
    let products = points.reduce(0) { $0 + ($1.0 - middle.0) * ($1.1 - middle.1) }
    let squares = points.reduce(0) { $0 + ($1.0 - middle.0) * ($1.0 - middle.0) }
    return products / squares
  }

  /// Both schemes from the start from which E rises most.
  private func trajectories(
    _ net: Net, _ starts: [[Double]], _ setting: ExperimentSetting
  ) throws -> (figure: ExperimentFigure, fall: Double) {
    let coarse = try paths(net.classifier, starts, Self.step(0.02), setting)
    func rise(_ paths: FlowPaths) -> Double { (paths.eulerEnergies.last ?? 0) - paths.eulerEnergies[0] }
    let chosen = coarse.indices.max { rise(coarse[$0]) < rise(coarse[$1]) } ?? 0
    let start = starts[chosen]
    let (x, y) = (start[0] - 0.25...start[0] + 0.25, start[1] - 0.25...start[1] + 0.25)
    let region = try DecisionMap(net.classifier, x: x, y: y)
    var charts: [Chart] = []
    var words: [String] = []
    var fall = 0.0
    for tau in setting.choose(small: [0.2, 0.1, 0.02], full: [0.2, 0.1, 0.02, 0.001]) {
      guard let paths = try self.paths(net.classifier, [start], Self.step(tau), setting).first else {
        continue
      }
      fall = max(fall, paths.largestFall)
      func points(_ path: [[Double]]) -> [ChartMark.Point] { path.map { .init($0[0], $0[1]) } }
      let box = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1), (-1, -1)].map { across, up in
        ChartMark.Point(start[0] + Self.epsilon * across, start[1] + Self.epsilon * up)
      }
      charts.append(
        Chart(
          "τ = \(tau)", x: ChartAxis("x₁", from: x.lowerBound, to: x.upperBound),
          y: ChartAxis("x₂", from: y.lowerBound, to: y.upperBound), isEqual: true,
          marks: [
            ChartMark(.cells(region.cells), .grey, label: "class 1"),
            ChartMark(.line(box), .grey, isDashed: true, label: "budget"),
            ChartMark(.line(points(paths.euler)), .blue, label: "iterated FGSM"),
            ChartMark(.line(points(paths.movement)), .orange, isDashed: true, label: "movements"),
            ChartMark(.dots([.init(start[0], start[1])], size: 4), .purple, label: "start"),
          ]))
      words.append(
        "τ = \(tau): E rises to \(Rounding.significant(paths.eulerEnergies.last ?? 0, digits: 3)) by iterated FGSM and "
          + "to \(Rounding.significant(paths.movementEnergies.last ?? 0, digits: 3)) by movements.")
    }
    return (
      ExperimentFigure(
        "paths-\(net.name)", caption: "Both schemes from one start, \(net.name) net, with steps that shrink.",
        ChartFigure(
          title: "Trajectories on the \(net.name) net",
          description:
            "\(charts.count) charts of both schemes from one start. \(words.joined(separator: " "))",
          columns: 2, height: 260, charts: charts)), fall
    )
  }

  /// All nine pairs of norms at one τ.
  private func pairs(
    _ net: LoadedClassifier, _ starts: [[Double]], _ setting: ExperimentSetting
  ) throws -> (quantities: [Quantity], fall: Double, reach: Double) {
    var quantities: [Quantity] = []
    var (fall, reach) = (0.0, 0.0)
    for budgetNorm in Norm.allCases {
      for stepNorm in Norm.allCases {
        let paths = try self.paths(net, starts, Self.step(0.02, stepNorm, budgetNorm), setting)
        fall = max(fall, paths.map(\.largestFall).max() ?? .nan)
        reach = max(reach, (paths.map(\.reach).max() ?? .nan) / Self.epsilon)
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
      }
    }
    return (quantities, fall, reach)
  }

  private static func distances(_ lines: [ChartMark], _ quantities: [Quantity]) -> ChartFigure {
    let points = lines.flatMap { mark -> [ChartMark.Point] in
      if case .line(let points) = mark.shape { points } else { [] }
    }
    let orders = quantities.filter { $0.name.hasPrefix("observed order") }.map {
      "\($0.name): \(Rounding.significant($0.ours, digits: 3))."
    }
    return ChartFigure(
      title: "Distance of the two schemes",
      description:
        "One line for each net over τ from 0.2 down, both axes logarithmic. \(orders.joined(separator: " "))",
      height: 280,
      charts: [
        Chart(
          x: ChartAxis("τ", holding: points.map(\.x), isLogarithmic: true),
          y: ChartAxis("mean sup-distance", holding: points.map(\.y), isLogarithmic: true), marks: lines)
      ])
  }
}
