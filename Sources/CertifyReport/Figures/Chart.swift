/// A plane with two axes and what is drawn on it.
package struct Chart: Sendable {
  /// The line above it; may be empty.
  package var title: String
  package var x: ChartAxis
  package var y: ChartAxis
  /// In the order of drawing.
  package var marks: [ChartMark]
  /// Whether a unit is as long on both axes.
  package var isEqual: Bool

  package init(
    _ title: String = "", x: ChartAxis, y: ChartAxis, isEqual: Bool = false, marks: [ChartMark]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.isEqual = isEqual
    self.marks = marks
  }
}

/// Where a chart lies on the page.
struct ChartFrame {
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double
  var x: ChartAxis
  var y: ChartAxis

  func place(_ point: ChartMark.Point) -> (x: Double, y: Double)? {
    guard let across = x.place(point.x), let up = y.place(point.y), abs(across) < 100, abs(up) < 100 else {
      return nil
    }
    return (left + across * (right - left), bottom - up * (bottom - top))
  }

  /// The same page, with the longer axis of equal units cut to the room that the other one leaves.
  var withEqualUnits: ChartFrame {
    let unit = min((right - left) / (x.high - x.low), (bottom - top) / (y.high - y.low))
    var frame = self
    let width = unit * (x.high - x.low)
    frame.left = (left + right - width) / 2
    frame.right = frame.left + width
    frame.bottom = top + unit * (y.high - y.low)
    return frame
  }
}

/// Charts beside and below one another, as one drawing.
package struct ChartFigure: Sendable {
  package var title: String
  /// What the charts show, in sentences with figures, for those who do not see them.
  package var description: String
  package var charts: [Chart]
  /// The charts of a row.
  package var columns: Int
  /// The height of a chart's plane.
  package var height: Double

  package init(
    title: String, description: String, columns: Int = 1, height: Double = 260, charts: [Chart]
  ) {
    self.title = title
    self.description = description
    self.columns = max(1, columns)
    self.height = height
    self.charts = charts
  }

  package var drawing: Drawing {
    let margin = 20.0
    let width = (Drawing.width - 2 * margin) / Double(columns)
    var body = [Drawing.text(title, x: 24, y: 30, style: "title", longest: 90)]
    var top = 44.0
    for start in stride(from: 0, to: charts.count, by: columns) {
      let row = charts[start..<min(start + columns, charts.count)]
      let head = row.map { Self.headHeight($0, width: width) }.max() ?? 0
      var lowest = top
      for (position, chart) in row.enumerated() {
        let left = margin + width * Double(position)
        let (elements, bottom) = Self.elements(
          chart, left: left, top: top, width: width, head: head, height: height)
        body += elements
        lowest = max(lowest, bottom)
      }
      top = lowest + 10
    }
    return Drawing(title: title, description: description, height: top, body: body, sheet: Self.sheet)
  }

  private static let axisRoom = 62.0

  /// Legend entries in lines that fit the width; what lies off the chart has none.
  private static func legend(_ chart: Chart, width: Double) -> [[ChartMark]] {
    var rows: [[ChartMark]] = []
    var used = Double.infinity
    for mark in chart.marks {
      guard let label = mark.label, !mark.isOff(chart) else { continue }
      let length = 34 + 6.9 * Double(label.count) + 12
      if used + length > width - 16 {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(mark)
      used += length
    }
    return rows
  }

  private static func headHeight(_ chart: Chart, width: Double) -> Double {
    (chart.title.isEmpty ? 0 : 20) + 18 * Double(legend(chart, width: width).count) + 8
  }

  private static func elements(
    _ chart: Chart, left: Double, top: Double, width: Double, head: Double, height: Double
  ) -> (elements: [String], bottom: Double) {
    var body: [String] = []
    var line = top
    if !chart.title.isEmpty {
      line += 16
      body.append(
        Drawing.text(chart.title, x: left + 4, y: line, style: "name", longest: Int(width / 6.5)))
      line += 4
    }
    for row in legend(chart, width: width) {
      var x = left + 4
      for mark in row {
        body.append(mark.sample(x: x, y: line + 9))
        body.append(Drawing.text(mark.label ?? "", x: x + 30, y: line + 13.5))
        x += 34 + 6.9 * Double(mark.label?.count ?? 0) + 12
      }
      line += 18
    }
    var frame = ChartFrame(
      left: left + axisRoom, right: left + width - 14, top: top + head, bottom: top + head + height,
      x: chart.x, y: chart.y)
    if chart.isEqual { frame = frame.withEqualUnits }
    body += grid(frame)
    let numbers = [frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top].map(
      Drawing.number)
    body.append(
      """
      <svg x="\(numbers[0])" y="\(numbers[1])" width="\(numbers[2])" height="\(numbers[3])" \
      viewBox="\(numbers.joined(separator: " "))">
      """)
    body += chart.marks.map { $0.elements(frame.place, in: frame) }.filter { !$0.isEmpty }
    body.append("</svg>")
    return (body, frame.bottom + 44)
  }

  private static func grid(_ frame: ChartFrame) -> [String] {
    var body: [String] = []
    let (left, right) = (Drawing.number(frame.left), Drawing.number(frame.right))
    let (top, bottom) = (Drawing.number(frame.top), Drawing.number(frame.bottom))
    var lines = ""
    for tick in frame.x.ticks {
      guard let place = frame.place(.init(tick.value, frame.y.low)) else { continue }
      lines += "M\(Drawing.number(place.x)) \(top)V\(bottom)"
      body.append(Drawing.text(tick.text, x: place.x, y: frame.bottom + 17, anchor: .middle, style: "small"))
    }
    for tick in frame.y.ticks {
      guard let place = frame.place(.init(frame.x.low, tick.value)) else { continue }
      lines += "M\(left) \(Drawing.number(place.y))H\(right)"
      body.append(Drawing.text(tick.text, x: frame.left - 6, y: place.y + 4, anchor: .end, style: "small"))
    }
    let (middle, turned) = ((frame.top + frame.bottom) / 2, frame.left - 46)
    return ["<path class=\"grid\" d=\"\(lines)\"/>"] + body + [
      "<path class=\"axis\" d=\"M\(left) \(top)V\(bottom)H\(right)\"/>",
      Drawing.text(frame.x.label, x: (frame.left + frame.right) / 2, y: frame.bottom + 35, anchor: .middle),
      "<g transform=\"translate(\(Drawing.number(turned)) \(Drawing.number(middle))) rotate(-90)\">"
        + Drawing.text(frame.y.label, x: 0, y: 0, anchor: .middle) + "</g>",
    ]
  }

  private static let sheet = """
    svg .name { font-weight: 600; }
    .stroke { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    .dashed { stroke-dasharray: 6 4; }
    .dot { fill: currentColor; fill-opacity: 0.8; stroke: none; }
    .area { fill: currentColor; fill-opacity: 0.22; stroke: none; }
    .ink1 { color: #0550ae; }
    .ink2 { color: #bc4c00; }
    .ink3 { color: #8250df; }
    .ink4 { color: #1a7f37; }
    .ink5 { color: #59636e; }
    @media (prefers-color-scheme: dark) {
    .ink1 { color: #79c0ff; }
    .ink2 { color: #ffa657; }
    .ink3 { color: #d2a8ff; }
    .ink4 { color: #56d364; }
    .ink5 { color: #9198a1; }
    }
    """
}
