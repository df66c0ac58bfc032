import CertifyResults

/// A drawing in SVG with words for those who do not see it.
///
/// It brings its own background, light or dark as the reader prefers, so that it is readable on any page.
package struct Drawing: Equatable, Sendable {
  static let width = 720.0

  var title: String
  /// What the drawing shows, in sentences with figures.
  var description: String
  var height: Double
  /// Elements, in the coordinates of the drawing; their text is escaped.
  var body: [String]
  /// Styles besides those that all drawings share.
  var sheet = ""

  /// A file of its own.
  package var svg: String {
    element(identifier: "", style: sheet.isEmpty ? Self.style : "\(Self.style)\n\(sheet)")
  }

  /// An element for a page that holds `style` once; `identifier` tells several on a page apart.
  func inline(identifier: String) -> String { element(identifier: "\(identifier)-", style: nil) }

  private func element(identifier: String, style: String?) -> String {
    let size = "\(Self.number(Self.width))\" height=\"\(Self.number(height))"
    let sheet = style.map { "<style>\n\($0)\n</style>\n" } ?? ""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" \
      width="\(size)" role="img" aria-labelledby="\(identifier)title \(identifier)desc">
      <title id="\(identifier)title">\(MarkupText.escaped(title))</title>
      <desc id="\(identifier)desc">\(MarkupText.escaped(description))</desc>
      \(sheet)<rect class="page" x="0.5" y="0.5" width="\(Self.number(Self.width - 1))" \
      height="\(Self.number(height - 1))" rx="6"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  /// A position or a length, to a tenth.
  static func number(_ value: Double) -> String {
    let text = Rounding.nearest(value, places: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Where text begins, is centred or ends.
  enum Anchor: String {
    case start, middle, end
  }

  /// Text whose line stands at `y`; names longer than `longest` are cut, the whole name is shown on hover.
  static func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String? = nil, longest: Int = 200
  ) -> String {
    let short = PlainText.shortened(text, to: longest)
    let hover = short == text ? "" : "<title>\(MarkupText.escaped(text))</title>"
    let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let kind = style.map { " class=\"\($0)\"" } ?? ""
    return
      "<text\(kind)\(place) x=\"\(number(x))\" y=\"\(number(y))\">\(MarkupText.escaped(short))\(hover)</text>"
  }

  /// What is shown, and of which classifier and norm.
  static func heading(_ what: String, of subject: String) -> [String] {
    [
      text(what, x: 24, y: 30, style: "title"),
      text(subject, x: 696, y: 30, anchor: .end, style: "small", longest: 62),
    ]
  }

  static let style = """
    svg text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: #1f2328; }
    svg .title { font-size: 15px; font-weight: 600; }
    svg .small { font-size: 11.5px; fill: #59636e; }
    svg .halo { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
    .page { fill: #ffffff; stroke: #d1d9e0; }
    .grid { stroke: #d1d9e0; stroke-width: 1; }
    .axis { stroke: #59636e; stroke-width: 1; fill: none; }
    .band { fill: #59636e; fill-opacity: 0.22; }
    .doubt { fill: #59636e; fill-opacity: 0.1; stroke: #59636e; stroke-opacity: 0.55; stroke-dasharray: 2 3; }
    .certified { stroke: #0550ae; stroke-width: 2.5; fill: none; }
    .attacked { stroke: #bc4c00; stroke-width: 2.5; fill: none; stroke-dasharray: 7 3; }
    .open { stroke: #59636e; stroke-width: 1.5; fill: none; stroke-dasharray: 1 3; }
    .proven { fill: #0550ae; }
    .unknown { fill: #8c959f; fill-opacity: 0.55; }
    .broken { fill: #bc4c00; }
    .sampling { fill: #80b9f0; }
    .method { fill: #8250df; }
    .weakness { fill: #f0a76b; }
    .none { fill: none; stroke: #59636e; stroke-width: 1; }
    @media (prefers-color-scheme: dark) {
    svg text { fill: #f0f6fc; }
    svg .small { fill: #9198a1; }
    svg .halo { stroke: #0d1117; }
    .page { fill: #0d1117; stroke: #3d444d; }
    .grid { stroke: #2a313c; }
    .axis { stroke: #9198a1; }
    .band { fill: #9198a1; fill-opacity: 0.3; }
    .doubt { fill: #9198a1; fill-opacity: 0.12; stroke: #9198a1; }
    .certified { stroke: #79c0ff; }
    .attacked { stroke: #ffa657; }
    .open { stroke: #9198a1; }
    .proven { fill: #79c0ff; }
    .unknown { fill: #6e7681; fill-opacity: 0.7; }
    .broken { fill: #ffa657; }
    .sampling { fill: #2f5f93; }
    .method { fill: #a371f7; }
    .weakness { fill: #9a5a1f; }
    .none { stroke: #9198a1; }
    }
    """
}

/// A plane with a radius from left to right.
struct Plot {
  var left = 64.0
  var right = 696.0
  var top: Double
  var bottom: Double
  /// The radius at the right edge, above 0.
  var limit: Double

  func x(_ radius: Double) -> Double { left + (right - left) * min(max(radius / limit, 0), 1) }

  /// 0 at the bottom, 1 at the top.
  func y(_ fraction: Double) -> Double { bottom - (bottom - top) * fraction }

  func horizontal(_ radius: Double) -> String { Drawing.number(x(radius)) }

  func vertical(_ fraction: Double) -> String { Drawing.number(y(fraction)) }

  /// The axis of radii with its ticks and its name.
  var radiusAxis: [String] {
    let base = Drawing.number(bottom)
    var parts: [String] = []
    for tick in RadiusList.fitting(limit) where tick <= limit {
      parts.append("<path class=\"axis\" d=\"M\(horizontal(tick)) \(base)v5\"/>")
      parts.append(Drawing.text(Wording.number(tick), x: x(tick), y: bottom + 21, anchor: .middle))
    }
    parts.append("<path class=\"axis\" d=\"M\(Drawing.number(left)) \(base)H\(Drawing.number(right))\"/>")
    parts.append(Drawing.text("radius", x: (left + right) / 2, y: bottom + 44, anchor: .middle))
    return parts
  }

  /// Lines at every fifth from 0 to 100 %, and the axis.
  var percentAxis: [String] {
    var parts: [String] = []
    for fifth in 0...5 {
      let fraction = Double(fifth) / 5
      parts.append(
        "<path class=\"grid\" d=\"M\(Drawing.number(left)) \(vertical(fraction))H\(Drawing.number(right))\"/>"
      )
      parts.append(Drawing.text("\(fifth * 20) %", x: left - 8, y: y(fraction) + 4.5, anchor: .end))
    }
    parts.append(
      "<path class=\"axis\" d=\"M\(Drawing.number(left)) \(Drawing.number(top))V\(Drawing.number(bottom))\"/>"
    )
    return parts
  }
}
