/// A fraction of inputs that only falls as the radius grows, constant between steps.
struct StepCurve {
  /// Where it falls, ascending, and the fraction from there on; the first is at 0.
  private(set) var steps: [(radius: Double, fraction: Double)]

  /// - Parameters:
  ///   - start: The count at radius 0.
  ///   - falls: The radii at each of which one input falls out, in any order.
  ///   - total: The denominator, above 0.
  ///   - limit: The largest radius drawn.
  ///   - rounding: With many inputs, how fall radii are moved onto a grid of 400 so that the curve stays on
  ///     its side: down for what is certified, up for what was not broken.
  init(start: Int, falls: [Double], total: Int, limit: Double, rounding: FloatingPointRoundingRule) {
    let cells = 400.0
    let grid = falls.count > Int(cells)
    var remaining = start
    steps = [(0, Double(start) / Double(total))]
    for fall in falls.sorted() where fall <= limit {
      let radius = grid ? (fall / limit * cells).rounded(rounding) / cells * limit : fall
      remaining -= 1
      let fraction = Double(remaining) / Double(total)
      if steps.last?.radius == radius {
        steps[steps.count - 1].fraction = fraction
      } else {
        steps.append((radius, fraction))
      }
    }
  }
}
