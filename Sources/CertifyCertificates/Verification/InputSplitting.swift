/// Branch and bound over the input: a box is halved until its bounds settle what is asked of each part.
///
/// Complete in the limit for few coordinates; every part is bounded anew, all intermediate bounds included.
struct InputSplitting {
  let propagation: BoundPropagation
  let region: InputRegion
  /// At most sixteen forms of the output.
  let forms: [LinearForm]
  /// Whether lower bounds of the forms over a part settle it.
  let isSettled: ([Double]) -> Bool
  let isExpired: () -> Bool
  /// Searches for a counterexample from some points; true ends the search.
  let isRefuted: ([[Double]]) throws -> Bool
  /// Where the inputs are a grid's, Float(k)/steps, boxes are cut down to them.
  var gridSteps: Int?

  enum Outcome {
    case proven, refuted, undecided
  }

  func run() throws -> Outcome {
    var open = [region]
    var bounded = 0
    while let next = open.popLast() {
      if isExpired() { return .undecided }
      guard let region = snapped(next), !region.isEmpty else { continue }
      bounded += 1
      let bounds = propagation.bounds(over: region)
      guard bounds.isFinite else { return .undecided }
      let (minima, form) = propagation.linearMinima(of: forms, bounds, over: region)
      if isSettled(minima) { continue }
      let minimizer = region.minimizer(of: form.coefficients)
      let halves = halves(of: region, form)
      // Seldom: a search costs more than a bound. But a single input must be asked about.
      if bounded.isMultiple(of: 16) || halves == nil {
        let points = forms.indices.map { lane in minimizer.map { $0[lane] } }
        if try isRefuted(points) { return .refuted }
      }
      guard let (left, right) = halves else { return .undecided }
      open.append(left)
      open.append(right)
    }
    return .proven
  }

  /// The smallest box around the inputs of a region; `nil` when there are none.
  private func snapped(_ region: InputRegion) -> InputRegion? {
    guard let gridSteps else { return region }
    let steps = Float(gridSteps)
    func input(_ k: Double) -> Double { Double(Float(k) / steps) }
    var (lower, upper) = (region.lower, region.upper)
    for i in lower.indices {
      var first = (lower[i] * Double(steps)).rounded(.down) - 1
      while input(first) < lower[i] { first += 1 }
      var last = (upper[i] * Double(steps)).rounded(.up) + 1
      while input(last) > upper[i] { last -= 1 }
      guard first <= last else { return nil }
      (lower[i], upper[i]) = (input(first), input(last))
    }
    return InputRegion(lower: lower, upper: upper, ball: region.ball)
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
      InputRegion(lower: region.lower, upper: high, ball: region.ball),
      InputRegion(lower: low, upper: region.upper, ball: region.ball)
    )
  }
}
