/// Branch and bound over the input: a box is halved until a constraint is violated all over each part.
///
/// Complete in the limit for few coordinates; every part is bounded anew, all intermediate bounds included.
struct InputSplitting {
  let propagation: BoundPropagation
  let unsafe: UnsafeCase
  let isExpired: () -> Bool
  /// Searches for a counterexample from some points; true ends the search.
  let isRefuted: ([[Double]]) throws -> Bool

  enum Outcome {
    case proven, refuted, undecided
  }

  func run() throws -> Outcome {
    // One violated constraint is enough, so a block of them is.
    let forms = Array(unsafe.forms.prefix(Lanes.scalarCount))
    var open = [unsafe.region]
    var bounded = 0
    while let region = open.popLast() {
      if isExpired() { return .undecided }
      bounded += 1
      let bounds = propagation.bounds(over: region)
      guard bounds.isFinite else { return .undecided }
      let (minima, form) = propagation.linearMinima(of: forms, bounds, over: region)
      if zip(minima, unsafe.constraints).contains(where: { $0 > $1.bound }) { continue }
      let minimizer = region.minimizer(of: form.coefficients)
      // Seldom: a search costs more than a bound.
      if bounded.isMultiple(of: 16) {
        let points = forms.indices.map { lane in minimizer.map { $0[lane] } }
        if try isRefuted(points) { return .refuted }
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
