/// Finds the largest radius at which all margins are verified, by repeated bounding.
///
/// The smallest margin falls as the radius grows, so its root is bracketed and narrowed by false position with the
/// stale end's value halved (Dowell, Jarratt 1971, doi:10.1007/BF01934364), and by bisection where there is no
/// number to go by. Where the smallest margin jumps, as that of linear bounds does when a slope changes sides, it may be
/// positive again beyond its root: once the bracket is narrow a few larger radii are tried. Only a radius whose margins
/// were all positive is ever returned.
struct RadiusSearch {
  /// The largest radius worth asking about.
  let farthest: Double
  /// The relative width at which the search ends.
  var tolerance = 0x1p-12
  var maximumEvaluations = 60
  /// Whether larger radii are tried once a root is found: for margins that may jump.
  var looksBeyond = false

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
    func firstVerified(beyond radius: Double) -> Found? {
      guard looksBeyond, radius > 0 else { return nil }
      for step in Self.steps where radius * (1 + step) < farthest {
        let farther = Found(radius: radius * (1 + step), margins: margins(radius * (1 + step)))
        if smallest(farther.margins) > 0 { return farther }
      }
      return nil
    }

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
      if low == 0 && high < farthest * 0x1p-60 { break }
      guard high < .infinity, high - low <= tolerance * high else {
        guess = next(low, atLow, high, atHigh)
        continue
      }
      guard let beyond = firstVerified(beyond: low) else { break }
      (low, atLow) = (beyond.radius, smallest(beyond.margins))
      (high, atHigh) = (.infinity, -.infinity)
      (found, side) = (beyond, 0)
      guess = low * (1 + Self.steps[0])
    }
    return found
  }

  /// How far beyond a root is looked, relative to it.
  private static let steps = [0x1p-6, 0x1p-5, 0x1p-4]

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
