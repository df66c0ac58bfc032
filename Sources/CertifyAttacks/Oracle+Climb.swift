extension Oracle {
  /// Looks for the smallest t at which a path of points flips: up a ladder of factors 1.3 from `start`, then by section.
  ///
  /// - Parameters:
  ///   - limit: No point beyond it is asked about.
  ///   - path: Writes the point at t into a row.
  func climb(
    from start: Double, limit: Double, attack: String,
    path: (_ t: Double, _ row: UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    let factor = 1.3
    var low = 0.0
    var next = start
    for _ in 0..<8 where low < limit {
      let count = min(batchSize, 8, remaining)
      guard count > 0 else { return }
      var places: [Double] = []
      for _ in 0..<count {
        places.append(min(next, limit))
        next *= factor
      }
      for index in 0..<count { path(places[index], row(index)) }
      guard try evaluate(count: count, attack: attack) == .answered else { return }
      if let first = (0..<count).first(where: { flips(row: $0) }) {
        _ = try section(
          low: first == 0 ? low : places[first - 1], high: places[first], precision: 1e-4, attack: attack,
          path: path)
        return
      }
      low = places[count - 1]
    }
  }
}
