/// Finds the largest radius at which all margins are verified, by repeated bounding.
///
/// The smallest margin falls as the radius grows, so its root is bracketed and narrowed by false position with the
/// stale end's value halved (Dowell, Jarratt 1971, doi:10.1007/BF01934364), and by bisection where there is no
/// number to go by. Only a radius whose margins were all positive is ever returned.
struct RadiusSearch {
  /// The largest radius worth asking about.
  let farthest: Double
  /// The relative width at which the search ends.
  var tolerance = 0x1p-12
  var maximumEvaluations = 60

  struct Found {
    var radius: Double
    /// The margins at `radius`; empty when not even the input itself is verified.
    var margins: [Double]
  }

  init(farthest: Double) { self.farthest = farthest }

  /// - Parameters:
  ///   - start: a radius that is verified already, or 0.
  ///   - margins: lower bounds of the margins at a radius.
  func run(from start: Found, _ margins: (Double) -> [Double]) -> Found {
    // NaN proves nothing, and `min` would pass over one that is not the first.
    func smallest(_ margins: [Double]) -> Double {
      margins.contains(where: \.isNaN) ? -.infinity : margins.min() ?? -.infinity
    }
    var found = start
    let atStart = margins(found.radius)
    if smallest(atStart) > 0 { found.margins = atStart }
    guard smallest(found.margins) > 0 else { return Found(radius: 0, margins: []) }

    var (low, high) = (found.radius, Double.infinity)
    var (atLow, atHigh) = (smallest(found.margins), -Double.infinity)
    var guess = low > 0 ? low * 1.1 : farthest * 0x1p-10
    var side = 0
    for _ in 0..<maximumEvaluations {
      if low >= farthest { break }
      let radius = min(guess, farthest)
      let values = margins(radius)
      let value = smallest(values)
      if value > 0 {
        (low, atLow) = (radius, value)
        found = Found(radius: radius, margins: values)
        if side == 1 { atHigh /= 2 }
        side = 1
      } else {
        (high, atHigh) = (radius, value)
        if side == -1 { atLow /= 2 }
        side = -1
      }
      let isNarrow = high < .infinity && high - low <= tolerance * high
      if isNarrow || (low == 0 && high < farthest * 0x1p-60) { break }
      guess = next(low, atLow, high, atHigh)
    }
    return found
  }

  private func next(_ low: Double, _ atLow: Double, _ high: Double, _ atHigh: Double) -> Double {
    guard high < .infinity else { return low * 2 }
    guard low > 0 || atHigh > -.infinity else { return high * 0x1p-4 }
    guard atHigh > -.infinity, atLow < .infinity else { return (low + high) / 2 }
    // Not so close to an end that it would not narrow the bracket to the tolerance.
    let margin = min(0.75 * tolerance * high, (high - low) / 4)
    let root = low + (high - low) * (atLow / (atLow - atHigh))
    return min(max(root, low + margin), high - margin)
  }
}
