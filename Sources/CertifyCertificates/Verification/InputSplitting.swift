/// Branch and bound over the input: a box is halved until a constraint is violated all over each part.
///
/// Complete in the limit for few coordinates; every part is bounded anew, all intermediate bounds included.
struct InputSplitting {
  let propagation: BoundPropagation
  let unsafe: UnsafeCase
  let isExpired: () -> Bool
  /// Asks about a point of the box; true ends the search.
  let isCounterexample: ([Double]) throws -> Bool

  enum Outcome {
    case proven, refuted, undecided
  }

  func run() throws -> Outcome {
    var open = [unsafe.region]
    while let region = open.popLast() {
      if isExpired() { return .undecided }
      let bounds = propagation.bounds(over: region)
      guard bounds.isFinite else { return .undecided }
      let (minima, form) = propagation.linearMinima(of: unsafe.forms, bounds, over: region)
      if zip(minima, unsafe.constraints).contains(where: { $0 > $1.bound }) { continue }
      let minimizer = region.minimizer(of: form.coefficients)
      for lane in unsafe.constraints.indices.prefix(Lanes.scalarCount) {
        if try isCounterexample(minimizer.map { $0[lane] }) { return .refuted }
      }
      guard let (left, right) = halves(of: region, form) else { return .undecided }
      open.append(left)
      open.append(right)
    }
    return .proven
  }

  /// Halves the coordinate whose width moves the linear bounds most.
  private func halves(of region: InputRegion, _ form: InputForm) -> (InputRegion, InputRegion)? {
    var best: (coordinate: Int, effect: Double)?
    for i in region.lower.indices {
      let width = region.upper[i] - region.lower[i]
      let middle = (region.lower[i] + region.upper[i]) / 2
      guard middle > region.lower[i], middle < region.upper[i] else { continue }
      // A little of the width alone, for coordinates that the linear bound does not see.
      let effect = width * (magnitude(form.coefficients[i]).sum() + 1e-6)
      if effect > best?.effect ?? -1 { best = (i, effect) }
    }
    guard let best else { return nil }
    let middle = (region.lower[best.coordinate] + region.upper[best.coordinate]) / 2
    var (low, high) = (region.lower, region.upper)
    low[best.coordinate] = middle
    high[best.coordinate] = middle
    return (
      InputRegion(lower: region.lower, upper: high), InputRegion(lower: low, upper: region.upper)
    )
  }
}
