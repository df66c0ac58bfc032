extension FeasibleSet {
  /// Replaces `point` by the nearest point of ball ∩ box, nearest in the Euclidean sense.
  ///
  /// With y = u − x₀ and γᵢ the room to the box in the direction of yᵢ, the projection moves from x₀ by
  /// sign(yᵢ)·wᵢ, where
  /// - ℓ∞: wᵢ = min(|yᵢ|, γᵢ, radius);
  /// - ℓ₂: wᵢ = min(s|yᵢ|, γᵢ) with the s ≤ 1 that makes ‖w‖₂ = radius, by Newton's method on
  ///   t = s² ↦ Σ min(tyᵢ², γᵢ²), which is concave and piecewise linear, so it ends after finitely many steps;
  /// - ℓ₁: wᵢ = min(max(|yᵢ| − λ, 0), γᵢ) with the λ that makes Σwᵢ = radius, by selection among the
  ///   breakpoints |yᵢ| and |yᵢ| − γᵢ, O(d log d) (Croce & Hein 2021, arXiv 2103.01208).
  ///
  /// A feasible point stays as it is, except that one within a relative (d + 16)·2⁻⁵¹ of the sphere may move
  /// inward by a rounding error. NaN coordinates become those of x₀. For ℓ₁, coordinates more than 2³² radii
  /// away count as equally far: double precision does not hold both scales.
  ///
  /// - Parameter point: u, d coordinates, overwritten.
  public mutating func project(_ point: UnsafeMutableBufferPointer<Float>) {
    precondition(point.count == dimension, "a point of the set has \(dimension) coordinates")
    switch norm {
    case .linf: clip(point)
    case .l1, .l2:
      guard radius < .infinity else { return clip(point) }
      guard radius > 0 else {
        for i in 0..<dimension { point[i] = center[i] }
        return
      }
      let within = norm == .l1 ? projectL1(point) : projectL2(point)
      if within { clip(point) }
    }
  }

  /// The nearest point of ball ∩ box, nearest in the Euclidean sense.
  public mutating func projection(of point: [Float]) -> [Float] {
    var point = point
    point.withUnsafeMutableBufferPointer { project($0) }
    return point
  }

  /// Moves every coordinate into its interval.
  func clip(_ point: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<dimension {
      let value = point[i]
      point[i] = value.isNaN ? center[i] : min(max(value, lower[i]), upper[i])
    }
  }

  /// Writes |yᵢ| to `magnitudes` and min(|yᵢ|, γᵢ) to `rooms`.
  private mutating func measure(_ point: UnsafeMutableBufferPointer<Float>, limit: Double = .infinity) {
    for i in 0..<dimension {
      let c = Double(center[i])
      let y = Double(point[i].finite(orElse: center[i])) - c
      let room = y >= 0 ? Double(upper[i]) - c : c - Double(lower[i])
      magnitudes[i] = min(abs(y), limit)
      rooms[i] = min(magnitudes[i], room)
    }
  }

  /// Moves coordinate `i` of `point` to `length` from x₀ on the side where it is.
  @inline(__always)
  private func place(_ point: UnsafeMutableBufferPointer<Float>, _ i: Int, length: Double) {
    let c = center[i]
    let moved = c.moved(by: point[i] < c ? -length : length)
    point[i] = min(max(moved, lower[i]), upper[i])
  }

  /// Projects onto ball ∩ box, or leaves `point` and returns `true` when the box alone decides.
  private mutating func projectL2(_ point: UnsafeMutableBufferPointer<Float>) -> Bool {
    measure(point)
    var inside = 0.0
    for i in 0..<dimension { inside += rooms[i] * rooms[i] }
    let accepted = radius * (1 + Self.margin(dimension: dimension)) / 2
    if inside <= accepted * accepted { return true }

    let target = radius * Self.margin(dimension: dimension)
    var t = 0.0
    while true {
      var free = 0.0
      var fixed = 0.0
      for i in 0..<dimension {
        let square = magnitudes[i] * magnitudes[i]
        let limit = rooms[i] * rooms[i]
        if square * t < limit { free += square } else { fixed += limit }
      }
      let next = (target * target - fixed) / free
      guard next > t, next < .infinity else { break }
      t = next
    }
    let scale = t.squareRoot()
    for i in 0..<dimension { place(point, i, length: min(magnitudes[i] * scale, rooms[i])) }
    return false
  }

  /// Projects onto ball ∩ box, or leaves `point` and returns `true` when the box alone decides.
  private mutating func projectL1(_ point: UnsafeMutableBufferPointer<Float>) -> Bool {
    measure(point, limit: 0x1p32 * radius)
    var inside = 0.0
    for i in 0..<dimension { inside += rooms[i] }
    if inside <= radius * (1 + Self.margin(dimension: dimension)) / 2 { return true }

    let target = radius * Self.margin(dimension: dimension)
    let threshold = self.threshold(reaching: target, from: inside)
    var total = 0.0
    for i in 0..<dimension { total += min(max(magnitudes[i] - threshold, 0), rooms[i]) }
    let scale = total > target ? target / total : 1
    for i in 0..<dimension {
      place(point, i, length: min(max(magnitudes[i] - threshold, 0), rooms[i]) * scale)
    }
    return false
  }

  /// The λ > 0 at which h(λ) = Σ min(max(|yᵢ| − λ, 0), γᵢ) is `target` < h(0).
  ///
  /// h decreases and is linear between breakpoints: bracket λ between two neighbours by selection, then solve.
  private mutating func threshold(reaching target: Double, from start: Double) -> Double {
    var count = 0
    var low = 0.0
    var valueAtLow = start
    var high = 0.0
    for i in 0..<dimension where rooms[i] > 0 {
      high = max(high, magnitudes[i])
      breakpoints[count] = magnitudes[i]
      count += 1
      if magnitudes[i] > rooms[i] {
        breakpoints[count] = magnitudes[i] - rooms[i]
        count += 1
      }
    }
    var draw: UInt64 = 0x9E37_79B9_7F4A_7C15
    while count > 0 {
      let pivot = median(of: count, &draw)
      var value = 0.0
      for i in 0..<dimension { value += min(max(magnitudes[i] - pivot, 0), rooms[i]) }
      let left = value > target
      if left {
        low = pivot
        valueAtLow = value
      } else {
        high = pivot
      }
      var kept = 0
      for j in 0..<count where left ? breakpoints[j] > pivot : breakpoints[j] < pivot {
        breakpoints[kept] = breakpoints[j]
        kept += 1
      }
      count = kept
    }
    var slope = 0.0
    for i in 0..<dimension where magnitudes[i] >= high && magnitudes[i] - rooms[i] <= low { slope += 1 }
    return slope > 0 ? min(low + (valueAtLow - target) / slope, high) : high
  }

  /// The median of three of the first `count` breakpoints, picked by a fixed pseudorandom sequence so that
  /// no order of the coordinates makes the selection slow.
  private func median(of count: Int, _ draw: inout UInt64) -> Double {
    var picks = (0.0, 0.0, 0.0)
    func pick() -> Double {
      draw = draw &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return breakpoints[Int((draw >> 33) % UInt64(count))]
    }
    picks = (pick(), pick(), pick())
    return max(min(picks.0, picks.1), min(max(picks.0, picks.1), picks.2))
  }
}
