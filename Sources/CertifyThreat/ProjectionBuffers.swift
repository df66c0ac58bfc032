/// The memory of a ``FeasibleSet`` while it projects.
struct ProjectionBuffers {
  let count: Int
  let center: UnsafeBufferPointer<Float>
  let lower: UnsafeBufferPointer<Float>
  let upper: UnsafeBufferPointer<Float>
  /// |yᵢ| for y = u − x₀.
  let magnitudes: UnsafeMutableBufferPointer<Double>
  /// min(|yᵢ|, γᵢ), γᵢ the room to the box.
  let rooms: UnsafeMutableBufferPointer<Double>
  let breakpoints: UnsafeMutableBufferPointer<Double>

  /// Moves every coordinate into its interval, NaN to x₀.
  func clip(_ point: UnsafeMutableBufferPointer<Float>) {
    for i in 0..<count {
      var value = point[i]
      value = value < lower[i] ? lower[i] : value
      value = value > upper[i] ? upper[i] : value
      point[i] = value.isNaN ? center[i] : value
    }
  }

  /// Projects onto ball ∩ box; when the box alone leaves ‖w‖₂ ≤ `accepted`, the box decides.
  func projectL2(_ point: UnsafeMutableBufferPointer<Float>, target: Double, accepted: Double) {
    measure(point, limit: .infinity)
    if sum({ rooms[$0] * rooms[$0] }) <= accepted * accepted { return clip(point) }
    var t = 0.0
    while true {
      let free = sum { i in
        let square = magnitudes[i] * magnitudes[i]
        return square * t < rooms[i] * rooms[i] ? square : 0
      }
      let fixed = sum { i in
        let limit = rooms[i] * rooms[i]
        return magnitudes[i] * magnitudes[i] * t < limit ? 0 : limit
      }
      let next = (target * target - fixed) / free
      guard next > t, next < .infinity else { break }
      t = next
    }
    let scale = t.squareRoot()
    for i in 0..<count { place(point, i, length: least(magnitudes[i] * scale, rooms[i])) }
  }

  /// Projects onto ball ∩ box; when the box alone leaves ‖w‖₁ ≤ `accepted`, the box decides.
  func projectL1(
    _ point: UnsafeMutableBufferPointer<Float>, target: Double, accepted: Double, limit: Double
  ) {
    measure(point, limit: limit)
    let inside = sum { rooms[$0] }
    if inside <= accepted { return clip(point) }
    let threshold = self.threshold(reaching: target, from: inside)
    let total = sum { shrunk($0, threshold) }
    let scale = total > target ? target / total : 1
    for i in 0..<count { place(point, i, length: shrunk(i, threshold) * scale) }
  }

  /// Writes `magnitudes` and `rooms`.
  private func measure(_ point: UnsafeMutableBufferPointer<Float>, limit: Double) {
    for i in 0..<count {
      let c = Double(center[i])
      let y = Double(point[i].finite(orElse: center[i])) - c
      let room = y >= 0 ? Double(upper[i]) - c : c - Double(lower[i])
      magnitudes[i] = least(abs(y), limit)
      rooms[i] = least(magnitudes[i], room)
    }
  }

  /// Moves coordinate `i` of `point` to `length` from x₀ on the side where it is.
  @inline(__always)
  private func place(_ point: UnsafeMutableBufferPointer<Float>, _ i: Int, length: Double) {
    let c = center[i]
    let moved = c.moved(by: point[i] < c ? -length : length)
    let raised = moved < lower[i] ? lower[i] : moved
    point[i] = raised > upper[i] ? upper[i] : raised
  }

  /// min(max(|yᵢ| − λ, 0), γᵢ).
  @inline(__always)
  private func shrunk(_ i: Int, _ threshold: Double) -> Double {
    let rest = magnitudes[i] - threshold
    return least(rest > 0 ? rest : 0, rooms[i])
  }

  /// The λ > 0 at which h(λ) = Σ min(max(|yᵢ| − λ, 0), γᵢ) is `target` < h(0).
  ///
  /// h decreases and is linear between breakpoints: bracket λ between two neighbours by selection, then solve.
  private func threshold(reaching target: Double, from start: Double) -> Double {
    var candidates = 0
    var low = 0.0
    var valueAtLow = start
    var high = 0.0
    for i in 0..<count where rooms[i] > 0 {
      high = max(high, magnitudes[i])
      breakpoints[candidates] = magnitudes[i]
      candidates += 1
      if magnitudes[i] > rooms[i] {
        breakpoints[candidates] = magnitudes[i] - rooms[i]
        candidates += 1
      }
    }
    var draw: UInt64 = 0x9E37_79B9_7F4A_7C15
    while candidates > 0 {
      let pivot = median(of: candidates, &draw)
      let value = sum { shrunk($0, pivot) }
      let isLow = value > target
      if isLow {
        low = pivot
        valueAtLow = value
      } else {
        high = pivot
      }
      var kept = 0
      for j in 0..<candidates {
        let candidate = breakpoints[j]
        breakpoints[kept] = candidate
        kept += (isLow ? candidate > pivot : candidate < pivot) ? 1 : 0
      }
      candidates = kept
    }
    let slope = sum { magnitudes[$0] >= high && magnitudes[$0] - rooms[$0] <= low ? 1 : 0 }
    return slope > 0 ? min(low + (valueAtLow - target) / slope, high) : high
  }

  /// The median of three of the first `candidates` breakpoints, picked by a fixed pseudorandom sequence so
  /// that no order of the coordinates makes the selection slow.
  private func median(of candidates: Int, _ draw: inout UInt64) -> Double {
    func pick() -> Double {
      draw = draw &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return breakpoints[Int((draw >> 33) % UInt64(candidates))]
    }
    let (a, b, c) = (pick(), pick(), pick())
    return max(min(a, b), min(max(a, b), c))
  }

  /// Σ term(i).
  @inline(__always)
  private func sum(_ term: (Int) -> Double) -> Double { partialSums(count, term) }
}

/// Σ term(i) over i < `count`, in four partial sums: one alone waits for each addition before the next.
@inline(__always)
func partialSums(_ count: Int, _ term: (Int) -> Double) -> Double {
  var partial = SIMD4<Double>()
  var i = 0
  while i + 4 <= count {
    partial += SIMD4(term(i), term(i + 1), term(i + 2), term(i + 3))
    i += 4
  }
  var total = (partial[0] + partial[1]) + (partial[2] + partial[3])
  while i < count {
    total += term(i)
    i += 1
  }
  return total
}

/// The smaller number, in the form of one instruction.
@inline(__always)
private func least(_ a: Double, _ b: Double) -> Double { a < b ? a : b }
