import CertifyResults

/// Certified and attacked accuracy over the radius as a drawing: two falling steps with a band between, in
/// which the truth lies.
///
/// It brings its own background, light or dark as the reader prefers, so that it is readable on any page.
struct AccuracyFigure {
  private static let width = 720.0
  private static let height = 380.0
  private static let left = 64.0
  private static let right = 696.0
  private static let top = 84.0
  private static let bottom = 324.0

  private var title: String
  private var limit: Double
  private var certified: StepCurve?
  private var attacked: StepCurve?
  private var description: String

  /// - Parameters:
  ///   - group: The figures; with at least one input.
  ///   - results: The run they are of.
  init(_ group: GroupSummary, of results: RunResults) {
    let brackets = results.inputs.compactMap { $0.bracket(of: group.key) }
    let limit = group.points.last.map { $0.radius > 0 ? $0.radius : 1 } ?? 1
    self.limit = limit
    title = Wording.title(group.key)
    let correct = brackets.filter { $0.correct && !$0.abstained }
    if brackets.contains(where: { $0.lower != nil }) {
      let proven = correct.filter { $0.isCertified(at: 0) }
      certified = StepCurve(
        start: proven.count, falls: proven.map(\.certifiedRadius), total: group.inputs, limit: limit,
        rounding: .down)
    }
    if brackets.contains(where: { $0.attack != nil }) {
      attacked = StepCurve(
        start: correct.count, falls: correct.compactMap(\.upper?.radius), total: group.inputs, limit: limit,
        rounding: .up)
    }
    description = Self.describe(group, certified: certified != nil, attacked: attacked != nil)
  }

  /// The path of each key's figure inside the output directory, every one its own.
  static func paths(_ keys: [BracketKey]) -> [BracketKey: String] {
    var taken: Set<String> = []
    var paths: [BracketKey: String] = [:]
    for key in keys {
      let name = Wording.fileName(key)
      let candidates = [name] + (2...(keys.count + 1)).map { "\(name)-\($0)" }
      guard let free = candidates.first(where: { taken.insert($0).inserted }) else { continue }
      paths[key] = "figures/\(free).svg"
    }
    return paths
  }

  var svg: String {
    var body: [String] = []
    if let certified, let attacked {
      body.append("<path class=\"band\" d=\"\(band(certified, attacked))\"/>")
    }
    body += axes
    if let attacked { body.append("<path class=\"attacked\" d=\"\(line(attacked))\"/>") }
    if let certified { body.append("<path class=\"certified\" d=\"\(line(certified))\"/>") }
    body += legend
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 380" width="720" height="380" role="img" \
      aria-labelledby="title desc">
      <title id="title">\(Self.escaped("Certified and attacked accuracy: \(title)"))</title>
      <desc id="desc">\(Self.escaped(description))</desc>
      <style>
      \(Self.style)
      </style>
      <rect class="page" x="0.5" y="0.5" width="719" height="379" rx="6"/>
      <text class="title" x="24" y="30">\(Self.escaped(title))</text>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private static let style = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .page { fill: #ffffff; stroke: #d1d9e0; }
    .grid { stroke: #d1d9e0; stroke-width: 1; }
    .axis { stroke: #59636e; stroke-width: 1; fill: none; }
    .band { fill: #59636e; fill-opacity: 0.14; }
    .certified { stroke: #0550ae; stroke-width: 2.5; fill: none; }
    .attacked { stroke: #bc4c00; stroke-width: 2.5; fill: none; stroke-dasharray: 7 3; }
    @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .page { fill: #0d1117; stroke: #3d444d; }
    .grid { stroke: #2a313c; }
    .axis { stroke: #9198a1; }
    .band { fill: #9198a1; fill-opacity: 0.2; }
    .certified { stroke: #79c0ff; }
    .attacked { stroke: #ffa657; }
    }
    """

  private var axes: [String] {
    var parts: [String] = []
    for fifth in 0...5 {
      let y = vertical(Double(fifth) / 5)
      parts.append("<path class=\"grid\" d=\"M\(number(Self.left)) \(y)H\(number(Self.right))\"/>")
      parts.append("<text text-anchor=\"end\" x=\"56\" y=\"\(y)\" dy=\"4.5\">\(fifth * 20) %</text>")
    }
    for tick in RadiusList.fitting(limit) where tick <= limit {
      let x = horizontal(tick)
      parts.append("<path class=\"axis\" d=\"M\(x) \(number(Self.bottom))v5\"/>")
      let label = Wording.number(tick)
      parts.append("<text text-anchor=\"middle\" x=\"\(x)\" y=\"345\">\(label)</text>")
    }
    parts.append("<path class=\"axis\" d=\"M64 84V324H696\"/>")
    parts.append("<text text-anchor=\"middle\" x=\"380\" y=\"368\">radius</text>")
    return parts
  }

  private var legend: [String] {
    let second = "not broken by an attack: at most"
    return [
      "<path class=\"certified\" d=\"M24 53h28\"/>",
      "<text x=\"58\" y=\"57.5\">certified accuracy: at least\(certified == nil ? " (no certificate)" : "")</text>",
      "<path class=\"attacked\" d=\"M\(certified == nil ? 358 : 262) 53h28\"/>",
      "<text x=\"\(certified == nil ? 392 : 296)\" y=\"57.5\">\(second)\(attacked == nil ? " (no attack ran)" : "")</text>",
    ]
      + (certified != nil && attacked != nil
        ? [
          "<rect class=\"band\" x=\"528\" y=\"44\" width=\"28\" height=\"18\"/>",
          "<text x=\"562\" y=\"57.5\">robust accuracy</text>",
        ] : [])
  }

  /// The outline of a curve, to the right edge.
  private func line(_ curve: StepCurve) -> String {
    var path = ""
    for step in curve.steps {
      path +=
        path.isEmpty
        ? "M\(horizontal(step.radius)) \(vertical(step.fraction))"
        : "H\(horizontal(step.radius))V\(vertical(step.fraction))"
    }
    return path + "H\(number(Self.right))"
  }

  /// Along one curve to the right edge and back along the other.
  private func band(_ lower: StepCurve, _ upper: StepCurve) -> String {
    var path = line(upper)
    var fraction = lower.steps.last?.fraction ?? 0
    path += "V\(vertical(fraction))"
    for (step, before) in zip(lower.steps.dropFirst(), lower.steps).reversed() {
      fraction = before.fraction
      path += "H\(horizontal(step.radius))V\(vertical(fraction))"
    }
    return path + "H\(number(Self.left))Z"
  }

  private func horizontal(_ radius: Double) -> String {
    number(Self.left + (Self.right - Self.left) * radius / limit)
  }

  private func vertical(_ fraction: Double) -> String {
    number(Self.bottom - (Self.bottom - Self.top) * fraction)
  }

  private func number(_ value: Double) -> String { Rounding.nearest(value, places: 1) }

  private static func describe(_ group: GroupSummary, certified: Bool, attacked: Bool) -> String {
    let points = group.points.map { point in
      var parts: [String] = []
      if certified {
        parts.append("at least \(Rounding.percentDown(point.certified, of: group.inputs)) certified")
      }
      if attacked {
        parts.append("at most \(Rounding.percentUp(point.attacked, of: group.inputs)) not broken")
      }
      return "at radius \(Wording.number(point.radius)) \(parts.joined(separator: " and "))"
    }
    return "Over \(group.inputs) inputs: \(points.joined(separator: "; "))."
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar.value < 0x20 ? "\u{FFFD}" : scalar)
      }
    }
    return result
  }
}
