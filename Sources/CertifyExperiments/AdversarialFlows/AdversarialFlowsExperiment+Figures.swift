import CertifyReport

extension AdversarialFlowsExperiment {
  private static let inks: [ChartMark.Ink] = [.blue, .orange, .purple, .green]

  /// The mean and the median distance over τ, a line for each net.
  static func distances(_ courses: [Course]) -> ChartFigure {
    let taus = courses.first?.distances.rows.map(\.tau) ?? []
    func chart(_ title: String, _ values: (FlowDistances) -> [(tau: Double, distance: Double)]) -> Chart {
      let lines = courses.enumerated().map { index, course in
        ChartMark(
          .line(values(course.distances).map { .init($0.tau, $0.distance) }), inks[index % inks.count],
          isDashed: index % 2 == 1, label: course.name)
      }
      // Lines that are rounding alone leave the chart below.
      let low = min(FlowDistances.floor, taus.last ?? 1) / 4
      return Chart(
        title, x: ChartAxis("τ", holding: taus, isLogarithmic: true),
        y: ChartAxis("sup-distance of the paths", from: low, to: 1, isLogarithmic: true),
        marks: [
          ChartMark(.line(taus.map { .init($0, $0) }), .grey, label: "τ"),
          ChartMark(.horizontal(FlowDistances.floor), .grey, isDashed: true, label: "rounding"),
        ] + lines)
    }
    let words = courses.map { course in
      let means = course.distances.means
      func number(_ value: Double?) -> String { Rounding.significant(value ?? .nan, digits: 2) }
      let order = FlowDistances.order(means).map { ", order \(number($0))" } ?? ""
      return
        "\(course.name): mean \(number(means.first?.distance)) falls to \(number(means.last?.distance))\(order)."
    }
    return ChartFigure(
      title: "Distance of the two schemes",
      description:
        "Mean and median over the starts, over τ from 0.2 down, all axes logarithmic. \(words.joined(separator: " "))",
      columns: 2, height: 260,
      charts: [chart("mean over the starts", \.means), chart("median over the starts", \.medians)])
  }

  /// Both schemes from the start with the largest rise of E among those that show them apart and coming together.
  func trajectories(
    _ net: FlowNet, _ starts: [[Double]], _ setting: ExperimentSetting
  ) throws -> (figure: ExperimentFigure, paths: [FlowPaths]) {
    let coarse = try net.paths(starts, Self.step(0.1), setting)
    let fine = try net.paths(starts, Self.step(0.02), setting)
    func rise(_ start: Int) -> Double { fine[start].rises.movement }
    let joined = starts.indices.filter { fine[$0].distance <= 0.04 }
    let parted = joined.filter { coarse[$0].distance >= 0.05 }
    let chosen = (parted.isEmpty ? Array(starts.indices) : parted).max { rise($0) < rise($1) } ?? 0
    let start = starts[chosen]
    let (x, y) = (start[0] - 0.25...start[0] + 0.25, start[1] - 0.25...start[1] + 0.25)
    let region = try DecisionMap(net.classifier, x: x, y: y)
    let budget = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1), (-1, -1)].map { across, up in
      ChartMark.Point(start[0] + Self.epsilon * across, start[1] + Self.epsilon * up)
    }
    var charts: [Chart] = []
    var words: [String] = []
    var shown: [FlowPaths] = []
    for tau in setting.choose(small: [0.2, 0.1, 0.02], full: [0.2, 0.1, 0.02, 0.001]) {
      guard let paths = try net.paths([start], Self.step(tau), setting).first else { continue }
      shown.append(paths)
      func points(_ path: [[Double]]) -> [ChartMark.Point] { path.map { .init($0[0], $0[1]) } }
      charts.append(
        Chart(
          "τ = \(tau)", x: ChartAxis("x₁", from: x.lowerBound, to: x.upperBound),
          y: ChartAxis("x₂", from: y.lowerBound, to: y.upperBound), isEqual: true,
          marks: [
            ChartMark(.cells(region.cells), .grey, label: "class 1"),
            ChartMark(.line(budget), .grey, isDashed: true, label: "budget"),
            ChartMark(.line(points(paths.euler)), .blue, label: "iterated FGSM"),
            ChartMark(.line(points(paths.movement)), .orange, isDashed: true, label: "movements"),
            ChartMark(.dots([.init(start[0], start[1])], size: 4), .purple, label: "start"),
          ]))
      words.append(
        "τ = \(tau): at most \(Rounding.significant(paths.distance, digits: 2)) apart; E rises by "
          + "\(Rounding.significant(paths.rises.euler, digits: 3)) and \(Rounding.significant(paths.rises.movement, digits: 3))."
      )
    }
    return (
      ExperimentFigure(
        "paths-\(net.name.replacing(" ", with: "-"))",
        caption: "Both schemes from one start with steps that shrink: \(net.name).",
        ChartFigure(
          title: "Trajectories: \(net.name)",
          description:
            "\(charts.count) charts of iterated FGSM and movements from one start. \(words.joined(separator: " "))",
          columns: 2, height: 260, charts: charts)), shown
    )
  }
}
