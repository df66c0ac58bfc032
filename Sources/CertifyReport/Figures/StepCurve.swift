/// A count of inputs that only falls as the radius grows, constant between steps.
struct StepCurve {
  /// Where it falls, ascending, and the count from there on; the first is at 0.
  private(set) var steps: [(radius: Double, count: Int)]

  /// - Parameters:
  ///   - start: The count at radius 0.
  ///   - falls: The radii at each of which one input falls out, in any order.
  ///   - limit: The largest radius drawn.
  ///   - rounding: With many inputs, how fall radii are moved onto a grid of 400 so that the curve stays on
  ///     its side: down for what is certified, up for what was not broken.
  init(start: Int, falls: [Double], limit: Double, rounding: FloatingPointRoundingRule) {
    let cells = 400.0
    let grid = falls.count > Int(cells)
    var remaining = start
    steps = [(0, start)]
    for fall in falls.sorted() where fall <= limit {
      let radius = grid ? (fall / limit * cells).rounded(rounding) / cells * limit : fall
      remaining -= 1
      if steps.last?.radius == radius {
        steps[steps.count - 1].count = remaining
      } else {
        steps.append((radius, remaining))
      }
    }
  }

  /// The outline to the right edge, `fraction` giving the height of a count.
  func outline(in plot: Plot, _ fraction: (Int) -> Double) -> String {
    var path = ""
    for step in steps {
      let height = plot.vertical(fraction(step.count))
      path +=
        path.isEmpty
        ? "M\(plot.horizontal(step.radius)) \(height)" : "H\(plot.horizontal(step.radius))V\(height)"
    }
    return path + "H\(Drawing.number(plot.right))"
  }

  /// The same from the right edge back to the left.
  func outlineBack(in plot: Plot, _ fraction: (Int) -> Double) -> String {
    var path = "V\(plot.vertical(fraction(steps.last?.count ?? 0)))"
    for (step, before) in zip(steps.dropFirst(), steps).reversed() {
      path += "H\(plot.horizontal(step.radius))V\(plot.vertical(fraction(before.count)))"
    }
    return path + "H\(Drawing.number(plot.left))"
  }
}
