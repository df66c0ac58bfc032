extension Norm {
  /// ‖v‖_p, computed in double precision and rounded to nearest.
  ///
  /// The relative error is at most about `v.count` · 2⁻⁵³. NaN coordinates make the length NaN.
  public func length(of vector: UnsafeBufferPointer<Float>) -> Double {
    accumulate(count: vector.count) { Double(vector[$0]) }
  }

  /// ‖v‖_p, computed in double precision and rounded to nearest.
  public func length(of vector: [Float]) -> Double {
    vector.withUnsafeBufferPointer { length(of: $0) }
  }

  /// ‖a − b‖_p, computed in double precision and rounded to nearest.
  ///
  /// For a radius that is reported, use ``distanceRoundedUp(_:_:)-(UnsafeBufferPointer<Float>,_)``.
  ///
  /// - Precondition: both have the same number of coordinates.
  public func distance(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
    precondition(a.count == b.count, "points of \(a.count) and \(b.count) coordinates have no distance")
    return accumulate(count: a.count) { Double(a[$0]) - Double(b[$0]) }
  }

  /// ‖a − b‖_p, computed in double precision and rounded to nearest.
  public func distance(_ a: [Float], _ b: [Float]) -> Double {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in distance(a, b) } }
  }

  /// A number that is at least the exact ‖a − b‖_p of the two float vectors.
  ///
  /// Every operation is rounded upward; a result that double precision holds exactly is returned as it is.
  /// The relative excess is at most about `a.count` · 2⁻⁵². NaN coordinates make the distance NaN.
  ///
  /// - Precondition: both have the same number of coordinates.
  public func distanceRoundedUp(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
    precondition(a.count == b.count, "points of \(a.count) and \(b.count) coordinates have no distance")
    return accumulateUpward(count: a.count) { i in
      a[i].isNaN || b[i].isNaN ? .nan : Upward.distance(a[i], b[i])
    }
  }

  /// A number that is at least the exact ‖a − b‖_p of the two float vectors.
  public func distanceRoundedUp(_ a: [Float], _ b: [Float]) -> Double {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in distanceRoundedUp(a, b) } }
  }

  /// A number that is at least the exact ‖(a − b)/s‖_p of the two float vectors.
  ///
  /// - Parameters:
  ///   - a: a point.
  ///   - b: another one, of as many coordinates.
  ///   - scale: s, positive, as many numbers as coordinates; `nil` for all 1.
  public func distanceRoundedUp(_ a: [Float], _ b: [Float], scale: [Float]?) -> Double {
    guard let scale else { return distanceRoundedUp(a, b) }
    precondition(a.count == b.count && a.count == scale.count, "points and scales of one space")
    return accumulateUpward(count: a.count) { i in
      a[i].isNaN || b[i].isNaN ? .nan : Upward.quotient(Upward.distance(a[i], b[i]), Double(scale[i]))
    }
  }

  /// ‖a − b‖_p / steps for points of the integer grid, rounded up.
  ///
  /// The differences are integers, so below 2⁵³ only the root and the division round: unlike the distance of
  /// the floats k/255, this is the distance that a certificate on the grid speaks of.
  ///
  /// - Precondition: both have the same number of coordinates, and `steps` > 0.
  public func gridDistance(_ a: [Int32], _ b: [Int32], steps: Int) -> Double {
    precondition(a.count == b.count, "points of \(a.count) and \(b.count) coordinates have no distance")
    precondition(steps > 0, "a grid has at least one step")
    let length = accumulateUpward(count: a.count) { abs(Double(a[$0]) - Double(b[$0])) }
    return Upward.quotient(length, Double(steps))
  }

  @inline(__always)
  private func accumulate(count: Int, _ coordinate: (Int) -> Double) -> Double {
    var total = 0.0
    switch self {
    case .l1:
      for i in 0..<count { total += abs(coordinate(i)) }
    case .l2:
      for i in 0..<count {
        let value = coordinate(i)
        total += value * value
      }
      total = total.squareRoot()
    case .linf:
      for i in 0..<count {
        let value = abs(coordinate(i))
        if !(value <= total) { total = value }
        if value.isNaN { break }
      }
    }
    return total
  }

  @inline(__always)
  private func accumulateUpward(count: Int, _ magnitude: (Int) -> Double) -> Double {
    var total = 0.0
    switch self {
    case .l1:
      for i in 0..<count { total = Upward.sum(total, magnitude(i)) }
    case .l2:
      for i in 0..<count { total = Upward.sum(total, Upward.square(magnitude(i))) }
      total = Upward.squareRoot(total)
    case .linf:
      for i in 0..<count {
        let value = magnitude(i)
        if !(value <= total) { total = value }
        if value.isNaN { break }
      }
    }
    return total
  }
}
