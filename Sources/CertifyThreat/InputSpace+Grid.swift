extension InputSpace {
  /// The largest |k| for which k/steps as a float still determines k.
  private static let largestGridInteger = 1 << 22

  /// The index of the first coordinate outside the space, or `nil` when `point` is an allowed input.
  ///
  /// A coordinate is inside when it is finite, within the bounds, and k/`gridSteps` on a grid.
  public func firstCoordinateOutside(of point: UnsafeBufferPointer<Float>) -> Int? {
    guard let features else { return point.indices.first { !contains(point[$0]) } }
    guard features.count == point.count else { return 0 }
    return point.indices.first { i in
      let isBelow = features.lower.map { point[i] < $0[i] } ?? false
      let isAbove = features.upper.map { point[i] > $0[i] } ?? false
      return isBelow || isAbove || !contains(point[i])
    }
  }

  /// Whether every coordinate of `point` is allowed.
  public func contains(_ point: UnsafeBufferPointer<Float>) -> Bool {
    firstCoordinateOutside(of: point) == nil
  }

  /// Whether every coordinate of `point` is allowed.
  public func contains(_ point: [Float]) -> Bool { firstCoordinateOutside(of: point) == nil }

  /// The index of the first coordinate outside the space, or `nil` when `point` is an allowed input.
  public func firstCoordinateOutside(of point: [Float]) -> Int? {
    point.withUnsafeBufferPointer { firstCoordinateOutside(of: $0) }
  }

  /// Whether a coordinate without limits of its own may have the value `value`.
  public func contains(_ value: Float) -> Bool {
    guard value.isFinite else { return false }
    if let bounds, value < bounds.lower || value > bounds.upper { return false }
    if let gridSteps { return Self.gridInteger(of: value, steps: gridSteps) != nil }
    return true
  }

  /// Moves every coordinate to the nearest allowed value: into the bounds, and on a grid to Float(k)/steps.
  ///
  /// NaN becomes the lower bound, or 0 without bounds. Halves go to the even k.
  public func round(_ point: UnsafeMutableBufferPointer<Float>) {
    for i in point.indices {
      var value = point[i].finite(orElse: bounds?.lower ?? 0)
      if let bounds { value = min(max(value, bounds.lower), bounds.upper) }
      point[i] = gridSteps.map { rounded(value, steps: $0) } ?? value
    }
  }

  /// The nearest allowed point: into the bounds, and on a grid to Float(k)/steps.
  public func rounded(_ point: [Float]) -> [Float] {
    var point = point
    point.withUnsafeMutableBufferPointer { round($0) }
    return point
  }

  /// The integers k of a point of the grid, whose coordinates are Float(k)/steps.
  ///
  /// - Throws: ``ThreatError/offGrid(coordinate:value:steps:)`` or
  ///   ``ThreatError/outsideBounds(coordinate:value:lower:upper:)`` for the first coordinate that is not.
  public func gridIntegers(of point: [Float], steps: Int) throws(ThreatError) -> [Int32] {
    var integers = [Int32]()
    integers.reserveCapacity(point.count)
    for (i, value) in point.enumerated() {
      if let bounds, !(value >= bounds.lower && value <= bounds.upper) {
        throw .outsideBounds(coordinate: i, value: value, lower: bounds.lower, upper: bounds.upper)
      }
      guard let k = Self.gridInteger(of: value, steps: steps) else {
        throw .offGrid(coordinate: i, value: value, steps: steps)
      }
      integers.append(Int32(k))
    }
    return integers
  }

  /// The integer k with Float(k)/steps = value, or `nil` when there is none or it is not unique.
  static func gridInteger(of value: Float, steps: Int) -> Int? {
    let scaled = (Double(value) * Double(steps)).rounded(.toNearestOrEven)
    guard abs(scaled) <= Double(largestGridInteger) else { return nil }
    let k = Int(scaled)
    return Float(k) / Float(steps) == value ? k : nil
  }

  private func rounded(_ value: Float, steps: Int) -> Float {
    let limit = Double(Self.largestGridInteger)
    let scaled = (Double(value) * Double(steps)).rounded(.toNearestOrEven)
    var k = Int(min(max(scaled, -limit), limit))
    if let bounds {
      if Float(k) / Float(steps) > bounds.upper { k -= 1 }
      if Float(k) / Float(steps) < bounds.lower { k += 1 }
    }
    return Float(k) / Float(steps)
  }
}
