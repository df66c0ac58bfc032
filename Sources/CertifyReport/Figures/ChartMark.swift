/// Something drawn on a ``Chart``, in the units of its axes.
package struct ChartMark: Sendable {
  /// A place on a chart.
  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double

    package init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// What is drawn.
  package enum Shape: Sendable {
    /// A line through points.
    case line([Point])
    /// Pieces of lines, such as those of a level set.
    case segments([(from: Point, to: Point)])
    /// A mark at each point; the size is its radius on the page.
    case dots([Point], size: Double)
    /// What lies between two lines over the same abscissas.
    case band([(x: Double, low: Double, high: Double)])
    /// Columns from 0, as of a histogram.
    case bars([(from: Double, to: Double, height: Double)])
    /// Arrows.
    case arrows([(from: Point, to: Point)])
    /// Rectangles, such as the cells of a region.
    case cells([(from: Point, to: Point)])
    /// A line across at an abscissa.
    case vertical(Double)
    /// A line across at an ordinate.
    case horizontal(Double)
  }

  /// A colour that differs from the others on light and dark pages, and for readers who see few colours by the shape
  /// of its marks.
  package enum Ink: Int, Sendable, CaseIterable {
    case blue = 1
    case orange, purple, green, grey
  }

  package var shape: Shape
  package var ink: Ink
  /// Whether its line is broken.
  package var isDashed: Bool
  /// What the legend calls it; `nil` for nothing.
  package var label: String?

  package init(_ shape: Shape, _ ink: Ink, isDashed: Bool = false, label: String? = nil) {
    self.shape = shape
    self.ink = ink
    self.isDashed = isDashed
    self.label = label
  }
}

extension ChartMark {
  /// The elements in the coordinates of the drawing; what cannot be placed is left out.
  func elements(_ place: (Point) -> (x: Double, y: Double)?, in frame: ChartFrame) -> String {
    switch shape {
    case .line(let points):
      return stroke(Self.path(points.compactMap(place)))
    case .segments(let pieces):
      let paths = pieces.compactMap { piece -> String? in
        guard let from = place(piece.from), let to = place(piece.to) else { return nil }
        return Self.path([from, to])
      }
      return stroke(paths.joined())
    case .dots(let points, let size):
      let marks = points.compactMap(place).map { Self.mark(ink, at: $0, size: size) }
      return "<path class=\"dot ink\(ink.rawValue)\" d=\"\(marks.joined())\"/>"
    case .band(let columns):
      let above = columns.compactMap { place(Point($0.x, $0.high)) }
      let below = columns.compactMap { place(Point($0.x, $0.low)) }
      return "<path class=\"area ink\(ink.rawValue)\" d=\"\(Self.path(above + below.reversed()))Z\"/>"
    case .bars(let columns):
      return area(columns.map { (Point($0.from, 0), Point($0.to, $0.height)) }, place)
    case .cells(let cells): return area(cells, place)
    case .arrows(let arrows):
      let paths = arrows.compactMap { arrow -> String? in
        guard let from = place(arrow.from), let to = place(arrow.to) else { return nil }
        return Self.arrow(from, to)
      }
      return stroke(paths.joined())
    case .vertical(let x):
      guard let base = place(Point(x, frame.y.low)) else { return "" }
      return stroke(Self.path([(base.x, frame.top), (base.x, frame.bottom)]))
    case .horizontal(let y):
      guard let base = place(Point(frame.x.low, y)) else { return "" }
      return stroke(Self.path([(frame.left, base.y), (frame.right, base.y)]))
    }
  }

  /// Whether nothing of a line or of dots is seen, since all points lie beyond one edge of the chart.
  func isOff(_ chart: Chart) -> Bool {
    let points: [Point]
    switch shape {
    case .line(let all), .dots(let all, _): points = all
    default: return false
    }
    // What a logarithmic axis cannot place lies below it.
    let places = points.map { (x: chart.x.place($0.x) ?? -1, y: chart.y.place($0.y) ?? -1) }
    return places.allSatisfy { $0.x < 0 } || places.allSatisfy { $0.x > 1 }
      || places.allSatisfy { $0.y < 0 } || places.allSatisfy { $0.y > 1 }
  }

  /// A sample of it for the legend, 24 wide around the height `y`.
  func sample(x: Double, y: Double) -> String {
    switch shape {
    case .dots(_, let size):
      "<path class=\"dot ink\(ink.rawValue)\" d=\"\(Self.mark(ink, at: (x + 12, y), size: max(size, 3)))\"/>"
    case .band, .bars, .cells:
      "<rect class=\"area ink\(ink.rawValue)\" x=\"\(Drawing.number(x))\" y=\"\(Drawing.number(y - 5))\" "
        + "width=\"24\" height=\"10\"/>"
    case .arrows: stroke(Self.arrow((x, y), (x + 24, y)))
    case .line, .segments, .vertical, .horizontal: stroke(Self.path([(x, y), (x + 24, y)]))
    }
  }

  private func stroke(_ path: String) -> String {
    path.isEmpty
      ? "" : "<path class=\"stroke\(isDashed ? " dashed" : "") ink\(ink.rawValue)\" d=\"\(path)\"/>"
  }

  private func area(
    _ corners: [(from: Point, to: Point)], _ place: (Point) -> (x: Double, y: Double)?
  ) -> String {
    let paths = corners.compactMap { cell -> String? in
      guard let a = place(cell.from), let b = place(cell.to) else { return nil }
      return Self.path([a, (b.x, a.y), b, (a.x, b.y)]) + "Z"
    }
    return "<path class=\"area ink\(ink.rawValue)\" d=\"\(paths.joined())\"/>"
  }

  private static func path(_ points: [(x: Double, y: Double)]) -> String {
    points.isEmpty
      ? ""
      : "M" + points.map { "\(Drawing.number($0.x)) \(Drawing.number($0.y))" }.joined(separator: "L")
  }

  /// A disc, a square, a triangle or a diamond, by the ink.
  private static func mark(_ ink: Ink, at place: (x: Double, y: Double), size: Double) -> String {
    let (x, y, r) = (place.x, place.y, size)
    switch ink {
    case .blue, .grey:
      let diameter = Drawing.number(2 * r)
      let radius = Drawing.number(r)
      return "M\(Drawing.number(x - r)) \(Drawing.number(y))a\(radius) \(radius) 0 1 0 \(diameter) 0"
        + "a\(radius) \(radius) 0 1 0 -\(diameter) 0"
    case .orange: return path([(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]) + "Z"
    case .purple: return path([(x, y - 1.2 * r), (x + 1.2 * r, y + r), (x - 1.2 * r, y + r)]) + "Z"
    case .green: return path([(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)]) + "Z"
    }
  }

  /// A shaft with two barbs, shorter than the shaft.
  private static func arrow(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double)) -> String {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let length = (dx * dx + dy * dy).squareRoot()
    guard length > 0 else { return "" }
    let barb = min(5, 0.6 * length) / length
    let back = (x: to.x - barb * dx, y: to.y - barb * dy)
    let aside = (x: -0.6 * barb * dy, y: 0.6 * barb * dx)
    return path([from, to])
      + path([(back.x + aside.x, back.y + aside.y), to, (back.x - aside.x, back.y - aside.y)])
  }
}
