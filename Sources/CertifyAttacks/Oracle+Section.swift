extension Oracle {
  /// Looks for the smallest t in (low, high] at which a path of points flips.
  ///
  /// The path is taken to flip at `high`. The first query looks just below it; then two points are asked
  /// about close to where the margin, interpolated linearly, crosses 0, one on each side. Where that shrinks
  /// the interval by less than half, the next points are spread evenly.
  ///
  /// - Parameters:
  ///   - precision: Ends when the interval is shorter than this part of `high`.
  ///   - kept: Queries that are left unspent.
  ///   - usingScores: Whether margins may be looked at, and not decisions alone.
  ///   - path: Writes the point at t into a row.
  /// - Returns: The smallest t seen to flip, `high` when none did.
  func section(
    low: Double, high: Double, precision: Double, keeping kept: Int = 0, usingScores: Bool = true,
    attack: String,
    path: (_ t: Double, _ row: UnsafeMutableBufferPointer<Float>) -> Void
  ) throws -> Double {
    var bracket = Bracket(low: low, high: high)
    var places = [0.9, 0.97, 1].map { low + (high - low) * $0 }
    while bracket.width > precision * bracket.high {
      let count = min(places.count, batchSize, remaining - kept)
      guard count > 0 else { break }
      for index in 0..<count { path(places[index], row(index)) }
      guard try evaluate(count: count, attack: attack) == .answered else { break }
      let width = bracket.width
      for index in 0..<count where bracket.contains(places[index]) {
        bracket.narrow(to: places[index], flips: flips(row: index), margin: margin(row: index))
      }
      let isSlow = bracket.width > width / 2
      places = isSlow || !usingScores ? bracket.evenly(4) : bracket.aroundCrossing()
    }
    return bracket.high
  }

  /// Shrinks the nearest flipping point along the segment to x, roughly: ``finish()`` does it finely.
  func shrinkNearest(attack: String) throws {
    guard let nearest else { return }
    _ = try section(low: 0, high: 1, precision: 1e-3, attack: attack) { t, row in
      neighbourhood.interpolate(to: nearest.point, at: t, into: row)
    }
  }

  /// max_{c≠y} z_c − z_y of a row of the last query.
  func margin(row index: Int) -> Double {
    let range = index * classCount..<(index + 1) * classCount
    return AttackLoss.margin.value(logits: UnsafeBufferPointer(rebasing: logits[range]), label: input.label)
  }
}

/// An interval at whose upper end a path flips and at whose lower end it does not.
private struct Bracket {
  var low: Double
  var high: Double
  private var lowMargin: Double?
  private var highMargin: Double?

  init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  var width: Double { high - low }

  func contains(_ t: Double) -> Bool { t > low && t <= high }

  mutating func narrow(to t: Double, flips: Bool, margin: Double) {
    if flips { (high, highMargin) = (t, margin) } else { (low, lowMargin) = (t, margin) }
  }

  /// Two points beside the crossing of the line through both margins; without them the interval is divided.
  func aroundCrossing() -> [Double] {
    guard let lowMargin, let highMargin, highMargin > lowMargin else { return evenly(4) }
    let crossing = low + width * min(max(-lowMargin / (highMargin - lowMargin), 0), 1)
    let reach = width * 0.02
    return [max(crossing - reach, low + reach / 2), min(crossing + reach, high - reach / 2)]
  }

  func evenly(_ count: Int) -> [Double] {
    (1...count).map { low + width * Double($0) / Double(count + 1) }
  }
}
