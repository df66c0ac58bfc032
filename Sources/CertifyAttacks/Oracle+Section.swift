extension Oracle {
  /// Looks for the smallest t in (low, high] at which a path of points flips.
  ///
  /// Each query divides the interval by as many rows as a batch has, at most 32, and goes on in the
  /// first part whose end flips. The path is taken to flip at `high`.
  ///
  /// - Parameters:
  ///   - precision: Ends when the interval is shorter than this part of `high`.
  ///   - kept: Queries that are left unspent.
  ///   - path: Writes the point at t into a row.
  /// - Returns: The smallest t seen to flip, `high` when none did.
  func section(
    low: Double, high: Double, precision: Double, keeping kept: Int = 0, attack: String,
    path: (_ t: Double, _ row: UnsafeMutableBufferPointer<Float>) -> Void
  ) throws -> Double {
    var low = low
    var high = high
    while high - low > precision * high {
      let count = min(batchSize, 32, remaining - kept)
      guard count > 0 else { break }
      let step = (high - low) / Double(count + 1)
      for index in 0..<count { path(low + Double(index + 1) * step, row(index)) }
      guard try evaluate(count: count, attack: attack) == .answered else { break }
      if let first = (0..<count).first(where: { flips(row: $0) }) {
        high = low + Double(first + 1) * step
        low = high - step
      } else {
        low = high - step
      }
    }
    return high
  }

  /// Shrinks the nearest flipping point along the segment to x, roughly: ``finish()`` does it finely.
  func shrinkNearest(attack: String) throws {
    guard let nearest else { return }
    _ = try section(low: 0, high: 1, precision: 1e-3, attack: attack) { t, row in
      neighbourhood.interpolate(to: nearest.point, at: t, into: row)
    }
  }
}
