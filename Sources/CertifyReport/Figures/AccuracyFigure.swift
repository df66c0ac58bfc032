import CertifyGate
import CertifyResults

/// Certified and attacked accuracy over the radius: two falling steps with a band between, in which the
/// share of robust inputs lies, and around it what sampling these inputs leaves open.
struct AccuracyFigure {
  private let title: String
  private let plot: Plot
  private let total: Int
  private let certified: StepCurve?
  private let attacked: StepCurve?
  private let bounds: AccuracyBounds?
  private let description: String

  /// - Parameters:
  ///   - group: The figures; with at least one input.
  ///   - results: The run they are of.
  init(_ group: GroupSummary, of results: RunResults) {
    let brackets = results.inputs.compactMap { $0.bracket(of: group.key) }
    let limit = group.points.last.map { $0.radius > 0 ? $0.radius : 1 } ?? 1
    plot = Plot(top: 96, bottom: 336, limit: limit)
    total = group.inputs
    title = Wording.title(group.key)
    let correct = brackets.filter { $0.correct && !$0.abstained }
    var certified: StepCurve?
    var attacked: StepCurve?
    if brackets.contains(where: { $0.lowerInForce != nil }) {
      let proven = correct.filter { $0.isCertified(at: 0) }
      certified = StepCurve(
        start: proven.count, falls: proven.map(\.certifiedRadius), limit: limit, rounding: .down)
    }
    if brackets.contains(where: { $0.attack != nil }) {
      attacked = StepCurve(
        start: correct.count, falls: correct.compactMap(\.upperInForce?.radius), limit: limit, rounding: .up)
    }
    self.certified = certified
    self.attacked = attacked
    let bounds = AccuracyBounds(of: group.key, in: results)
    self.bounds = bounds
    description = Self.describe(
      group, certified: certified != nil, attacked: attacked != nil, bounds: bounds)
  }

  var drawing: Drawing {
    var body: [String] = []
    if let bounds { body += doubt(bounds) }
    if let certified, let attacked {
      body.append(
        "<path class=\"band\" d=\"\(attacked.outline(in: plot, share))"
          + "\(certified.outlineBack(in: plot, share))Z\"/>")
    }
    body += plot.percentAxis + plot.radiusAxis
    if let attacked { body.append("<path class=\"attacked\" d=\"\(attacked.outline(in: plot, share))\"/>") }
    if let certified {
      body.append("<path class=\"certified\" d=\"\(certified.outline(in: plot, share))\"/>")
    }
    return Drawing(
      title: "Certified and attacked accuracy: \(title)", description: description, height: 392,
      body: Drawing.heading("Accuracy over the radius", of: title) + body + legend)
  }

  private func share(_ count: Int) -> Double { Double(count) / Double(total) }

  /// The outer band: as far as these inputs, as a sample of all, leave the two curves open.
  private func doubt(_ bounds: AccuracyBounds) -> [String] {
    let lower = certified.map { curve in (curve, bounds.certified) }
    let upper = attacked.map { curve in (curve, bounds.unbroken) }
    switch (lower, upper) {
    case (let lower?, let upper?):
      return [
        "<path class=\"doubt\" d=\"\(upper.0.outline(in: plot, upper.1))"
          + "\(lower.0.outlineBack(in: plot, lower.1))Z\"/>"
      ]
    case (let lower?, nil):
      return [
        "<path class=\"doubt\" d=\"\(lower.0.outline(in: plot, share))"
          + "\(lower.0.outlineBack(in: plot, lower.1))Z\"/>"
      ]
    case (nil, let upper?):
      return [
        "<path class=\"doubt\" d=\"\(upper.0.outline(in: plot, upper.1))"
          + "\(upper.0.outlineBack(in: plot, share))Z\"/>"
      ]
    case (nil, nil): return []
    }
  }

  private var legend: [String] {
    let first = "certified: at least\(certified == nil ? " (no certificate)" : "")"
    let second = "not broken by an attack: at most\(attacked == nil ? " (no attack ran)" : "")"
    var parts = [
      "<path class=\"certified\" d=\"M24 53h28\"/>", Drawing.text(first, x: 58, y: 57.5),
      "<path class=\"attacked\" d=\"M300 53h28\"/>", Drawing.text(second, x: 334, y: 57.5),
    ]
    if certified != nil, attacked != nil {
      // Drawn as in the plot: one band on the other.
      for band in bounds == nil ? ["band"] : ["doubt", "band"] {
        parts.append("<rect class=\"\(band)\" x=\"24\" y=\"68\" width=\"28\" height=\"14\"/>")
      }
      parts.append(Drawing.text("robust accuracy of these inputs", x: 58, y: 79.5))
    }
    if bounds != nil, certified != nil || attacked != nil {
      parts.append("<rect class=\"doubt\" x=\"300\" y=\"68\" width=\"28\" height=\"14\"/>")
      parts.append(Drawing.text("95 % confidence at each radius, for new inputs", x: 334, y: 79.5))
    }
    return parts
  }

  private static func describe(
    _ group: GroupSummary, certified: Bool, attacked: Bool, bounds: AccuracyBounds?
  ) -> String {
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
    let doubt = bounds.map { bounds in
      let start = group.points.first
      let lower = start.map { Rounding.percentDown(bounds.certified($0.certified)) } ?? "–"
      let upper = start.map { Rounding.percentUp(bounds.unbroken($0.attacked)) } ?? "–"
      return " As a sample of all inputs they leave, at radius 0, everything from \(lower) to \(upper) open"
        + " at 95 % confidence."
    }
    return "Over \(group.inputs) inputs: \(points.joined(separator: "; ")).\(doubt ?? "")"
  }
}
