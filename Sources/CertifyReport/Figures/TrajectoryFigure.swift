import CertifyResults

/// The paths of a flow through the plane, for inputs of two coordinates.
struct TrajectoryFigure {
  private static let width = Drawing.width
  private static let height = 520.0
  private static let margin = 56.0

  let key: BracketKey
  private let paths: [(label: Int, points: [[Float]])]
  private let low: (x: Double, y: Double)
  private let high: (x: Double, y: Double)

  /// - Returns: `nil` when no bracket of the key has a path of points in the plane.
  init?(_ key: BracketKey, of results: RunResults) {
    self.key = key
    paths = results.inputs.compactMap { input in
      guard let path = input.bracket(of: key)?.trajectory, path.count > 1, path.allSatisfy({ $0.count == 2 })
      else { return nil }
      return (input.label, path)
    }
    let points = paths.flatMap(\.points)
    guard let first = points.first else { return nil }
    var (low, high) = ((x: Double(first[0]), y: Double(first[1])), (x: Double(first[0]), y: Double(first[1])))
    for point in points {
      low = (min(low.x, Double(point[0])), min(low.y, Double(point[1])))
      high = (max(high.x, Double(point[0])), max(high.y, Double(point[1])))
    }
    (self.low, self.high) = (low, high)
  }

  var drawing: Drawing {
    let lines = paths.map { path in
      let points = path.points.map { "\(horizontal($0[0])) \(vertical($0[1]))" }
      let style = Self.styles[path.label % Self.styles.count]
      return """
        <path class="\(style)" style="fill:none;stroke-width:1.5" d="M\(points.joined(separator: "L"))"/>
        <circle class="\(style)" cx="\(horizontal(path.points[0][0]))" cy="\(vertical(path.points[0][1]))" r="3"/>
        """
    }
    let ends =
      "the first coordinate from \(Wording.number(low.x)) to \(Wording.number(high.x)), the second from "
      + "\(Wording.number(low.y)) to \(Wording.number(high.y))"
    return Drawing(
      title: "Trajectories: \(Wording.title(key))",
      description: "\(paths.count) paths, each from its input, a dot, to where the attack ended; \(ends).",
      height: Self.height,
      body: lines + [
        Drawing.text("Trajectories: \(Wording.title(key))", x: 24, y: 30, style: "title"),
        Drawing.text(ends, x: Self.width / 2, y: Self.height - 16, anchor: .middle, style: "small"),
      ])
  }

  private static let styles = ["certified", "attacked", "axis", "open"]

  private func horizontal(_ x: Float) -> String {
    Self.place(Double(x), from: low.x, to: high.x, onto: (Self.margin, Self.width - Self.margin))
  }

  private func vertical(_ y: Float) -> String {
    Self.place(Double(y), from: low.y, to: high.y, onto: (Self.height - Self.margin, Self.margin))
  }

  private static func place(
    _ value: Double, from low: Double, to high: Double, onto ends: (Double, Double)
  ) -> String {
    let part = high > low ? (value - low) / (high - low) : 0.5
    return Rounding.nearest(ends.0 + part * (ends.1 - ends.0), places: 2)
  }
}
