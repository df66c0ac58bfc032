/// What an adversary may do to each coordinate, where they differ: tabular features, masked images.
///
/// It narrows ``InputSpace/bounds``, which still hold for every coordinate. A certificate for a larger set holds for the
/// narrower one as well.
public struct FeatureLimits: Sendable, Equatable, Codable {
  /// d.
  public let count: Int
  /// The smallest value of each coordinate, d numbers; `nil` where there are none of their own.
  public let lower: [Float]?
  /// The largest value of each coordinate, d numbers; `nil` where there are none of their own.
  public let upper: [Float]?
  /// The coordinates that may not change, ascending.
  public let immutable: [Int]
  /// A coordinate moves by whole multiples of its step from the input's own value, d numbers; 0 moves freely.
  public let step: [Float]?
  /// sᵢ > 0, d numbers: lengths are those of (x'ᵢ − xᵢ)/sᵢ; `nil` for all 1.
  public let scale: [Float]?

  /// - Parameters:
  ///   - count: d, the number of coordinates.
  ///   - lower: The smallest value of each coordinate; `nil` for no limits.
  ///   - upper: The largest value of each coordinate; `nil` for no limits.
  ///   - immutable: The coordinates that no adversary changes, in 0..<d.
  ///   - step: The step of each coordinate, at least 0; `nil` where all move freely.
  ///   - scale: sᵢ > 0: lengths are those of (x′ᵢ − xᵢ)/sᵢ; `nil` for all 1.
  /// - Throws: ``ThreatError`` when a list has another length, an interval is empty, a step or a scale is not a number
  ///   that makes sense, or a coordinate does not exist.
  public init(
    count: Int, lower: [Float]? = nil, upper: [Float]? = nil, immutable: [Int] = [], step: [Float]? = nil,
    scale: [Float]? = nil
  ) throws(ThreatError) {
    for list in [lower, upper, step, scale] {
      if let list, list.count != count { throw .dimension(expected: count, found: list.count) }
    }
    for i in 0..<count {
      let (low, high) = (lower?[i] ?? -.infinity, upper?[i] ?? .infinity)
      if !(low <= high) || low == .infinity || high == -.infinity {
        throw .interval(coordinate: i, lower: low, upper: high)
      }
      if let size = step?[i], !(size >= 0 && size.isFinite) { throw .step(coordinate: i, size) }
      if let unit = scale?[i], !(unit > 0 && unit.isFinite) { throw .scale(coordinate: i, unit) }
    }
    if let i = immutable.first(where: { !(0..<count).contains($0) }) {
      throw .noCoordinate(i, dimension: count)
    }
    self.count = count
    self.lower = lower
    self.upper = upper
    self.immutable = Set(immutable).sorted()
    self.step = step.flatMap { $0.allSatisfy { $0 == 0 } ? nil : $0 }
    self.scale = scale.flatMap { $0.allSatisfy { $0 == 1 } ? nil : $0 }
  }

  /// The largest scale of a coordinate that may change; 1 where there is none.
  ///
  /// ‖δ‖_p ≤ largestScale · ‖δ/s‖_p, so that a radius that was proven in plain units, divided by it, is one in units
  /// of the scales.
  public var largestScale: Double {
    guard let scale else { return 1 }
    let fixed = Set(immutable)
    return scale.indices.filter { !fixed.contains($0) }.map { Double(scale[$0]) }.max() ?? 1
  }

  /// The smallest interval that holds those of all coordinates; `nil` where one is unbounded.
  public var hull: InputSpace.Bounds? {
    guard let low = lower?.min(), let high = upper?.max(), low.isFinite, high.isFinite else { return nil }
    return InputSpace.Bounds(lower: low, upper: high)
  }

  /// The same limits in plain units.
  public var withoutScale: FeatureLimits { FeatureLimits(self, scale: nil) }

  private init(_ other: FeatureLimits, scale: [Float]?) {
    count = other.count
    lower = other.lower
    upper = other.upper
    immutable = other.immutable
    step = other.step
    self.scale = scale
  }
}

/// An interval for each coordinate, such as the values that are allowed around one input.
public struct Box: Sendable, Equatable {
  /// d numbers each, perhaps infinite.
  public var lower: [Float]
  /// The upper ends, d numbers, perhaps infinite.
  public var upper: [Float]

  public init(lower: [Float], upper: [Float]) {
    precondition(lower.count == upper.count, "a box has as many lower ends as upper ones")
    self.lower = lower
    self.upper = upper
  }

  /// The same interval, `bounds`, for each of `dimension` coordinates.
  public init(_ bounds: InputSpace.Bounds, dimension: Int) {
    self.init(
      lower: Array(repeating: bounds.lower, count: dimension),
      upper: Array(repeating: bounds.upper, count: dimension))
  }
}

extension InputSpace {
  /// The values that every coordinate may take when the adversary starts at `input`; `nil` when nothing bounds them.
  ///
  /// Coordinates with a step end at the last multiple of it.
  public func box(around input: [Float]) -> Box? {
    let all = bounds ?? (gridSteps == nil ? nil : Bounds(lower: 0, upper: 1))
    guard all != nil || features != nil else { return nil }
    var box = Box(all ?? Bounds(lower: -.infinity, upper: .infinity), dimension: input.count)
    guard let features, features.count == input.count else { return box }
    for i in input.indices {
      if let lower = features.lower?[i] { box.lower[i] = max(box.lower[i], onGrid(lower, .up)) }
      if let upper = features.upper?[i] { box.upper[i] = min(box.upper[i], onGrid(upper, .down)) }
      if let step = features.step?[i], step > 0 {
        box.lower[i] = input[i].last(multiple: -step, before: box.lower[i])
        box.upper[i] = input[i].last(multiple: step, before: box.upper[i])
      }
    }
    for i in features.immutable { (box.lower[i], box.upper[i]) = (input[i], input[i]) }
    return box
  }

  /// Moves every coordinate that has a step to the nearest multiple of it from `start`.
  ///
  /// - Precondition: `point` is in the box around `start`.
  public func roundToSteps(_ point: UnsafeMutableBufferPointer<Float>, from start: [Float]) {
    guard let steps = features?.step else { return }
    for i in point.indices { point[i] = stepped(point[i], from: start[i], step: steps[i]) }
  }

  /// The first value of the grid from `value` on; `value` itself without a grid.
  private func onGrid(_ value: Float, _ rule: FloatingPointRoundingRule) -> Float {
    guard let gridSteps, value.isFinite, Self.gridInteger(of: value, steps: gridSteps) == nil else {
      return value
    }
    return Float((Double(value) * Double(gridSteps)).rounded(rule)) / Float(gridSteps)
  }

  /// The value nearest to `value` that coordinate `i` can reach from `start` by whole steps.
  @inline(__always)
  func stepped(_ value: Float, from start: Float, step: Float) -> Float {
    guard step > 0 else { return value }
    let count = ((Double(value) - Double(start)) / Double(step)).rounded(.toNearestOrEven)
    return Float(Double(start) + count * Double(step))
  }
}

extension Float {
  /// self + k·step with the largest k ≥ 0 that does not pass `end`; `end` itself when it is infinite.
  fileprivate func last(multiple step: Float, before end: Float) -> Float {
    guard end.isFinite else { return end }
    var count = ((Double(end) - Double(self)) / Double(step)).rounded(.down)
    // The division may have rounded over a whole number.
    func place(_ count: Double) -> Float { Float(Double(self) + count * Double(step)) }
    if step > 0 ? place(count + 1) <= end : place(count + 1) >= end { count += 1 }
    return count > 0 ? place(count) : self
  }
}
