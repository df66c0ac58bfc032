/// Where an adversary with a budget may go from one input: { x : ‖x − x₀‖_p ≤ radius } ∩ box.
///
/// It owns the memory its methods need, so that an attack makes one a worker and then moves it from input to
/// input and projects at every step without allocating. What the methods write is feasible in floats: the
/// exact distance of the written point from x₀ does not exceed the radius, and every coordinate is in the box.
public struct FeasibleSet: Sendable {
  /// The norm ‖·‖_p that distances from x₀ are measured in.
  public let norm: Norm
  /// The box, or `nil` for all of ℝᵈ.
  public let box: Box?
  /// The number of coordinates d.
  public let dimension: Int
  /// The budget; infinite for the box alone.
  public private(set) var radius: Double
  /// x₀, in the box.
  public private(set) var center: [Float]

  /// The smallest and largest float allowed in each coordinate: the box, for ℓ∞ cut with the ball.
  var lower: [Float]
  var upper: [Float]
  /// |yᵢ| for y = u − x₀, and how much of it the box leaves.
  var magnitudes: [Double]
  var rooms: [Double]
  /// Where the ℓ₁ multiplier may change its slope.
  var breakpoints: [Double]

  /// Makes a set around the point of the box nearest to 0, to be moved.
  ///
  /// - Parameters:
  ///   - norm: What distances from x₀ are measured in.
  ///   - bounds: The interval of every coordinate; `nil` for all of ℝᵈ.
  ///   - dimension: d, 0 or more.
  public init(norm: Norm, bounds: InputSpace.Bounds?, dimension: Int) {
    self.init(norm: norm, box: bounds.map { Box($0, dimension: dimension) }, dimension: dimension)
  }

  /// Makes a set around the point of the box nearest to 0, to be moved.
  ///
  /// - Parameters:
  ///   - norm: What distances from x₀ are measured in.
  ///   - box: An interval a coordinate; `nil` for all of ℝᵈ.
  ///   - dimension: d, 0 or more.
  /// - Precondition: The box has `dimension` coordinates.
  public init(norm: Norm, box: Box?, dimension: Int) {
    precondition(dimension >= 0, "a space has no negative dimension")
    precondition(box.map { $0.lower.count == dimension } ?? true, "a box of the space")
    self.norm = norm
    self.box = box
    self.dimension = dimension
    radius = 0
    center = (0..<dimension).map { i in box.map { min(max(0, $0.lower[i]), $0.upper[i]) } ?? 0 }
    lower = center
    upper = center
    magnitudes = Array(repeating: 0, count: norm == .linf ? 0 : dimension)
    rooms = magnitudes
    breakpoints = Array(repeating: 0, count: norm == .l1 ? 2 * dimension : 0)
  }

  /// Makes the set of the points within `radius` of `center`.
  ///
  /// - Parameters:
  ///   - norm: What distances from x₀ are measured in.
  ///   - bounds: The interval of every coordinate; `nil` for all of ℝᵈ.
  ///   - center: x₀, d finite numbers.
  ///   - radius: The budget, in the units of the input; infinite for the box alone.
  /// - Throws: ``ThreatError`` when the center is not in the box or the radius is negative or NaN.
  public init(norm: Norm, bounds: InputSpace.Bounds?, center: [Float], radius: Double) throws(ThreatError) {
    self.init(norm: norm, bounds: bounds, dimension: center.count)
    try move(to: center, radius: radius)
  }

  /// Makes the set of the points within `radius` of `center`.
  ///
  /// - Parameters:
  ///   - norm: What distances from x₀ are measured in.
  ///   - box: An interval a coordinate; `nil` for all of ℝᵈ.
  ///   - center: x₀, d finite numbers.
  ///   - radius: The budget, in the units of the input; infinite for the box alone.
  /// - Throws: ``ThreatError`` when the center is not in the box or the radius is negative or NaN.
  public init(norm: Norm, box: Box?, center: [Float], radius: Double) throws(ThreatError) {
    self.init(norm: norm, box: box, dimension: center.count)
    try move(to: center, radius: radius)
  }

  /// The finite ends of the interval of a coordinate.
  private func ends(_ i: Int) -> (lower: Float, upper: Float) {
    let largest = Float.greatestFiniteMagnitude
    guard let box else { return (-largest, largest) }
    return (max(box.lower[i], -largest), min(box.upper[i], largest))
  }

  /// Moves the set to another input and budget.
  ///
  /// - Throws: ``ThreatError`` when the center is not finite and in the box, has another dimension, or the
  ///   radius is negative or NaN. The set is then as it was.
  public mutating func move(to center: UnsafeBufferPointer<Float>, radius: Double) throws(ThreatError) {
    guard center.count == dimension else {
      throw .dimension(expected: dimension, found: center.count)
    }
    for i in 0..<dimension {
      let (lowest, highest) = ends(i)
      guard center[i] >= lowest, center[i] <= highest else {
        throw .outsideBounds(coordinate: i, value: center[i], lower: lowest, upper: highest)
      }
    }
    guard radius >= 0 else { throw .radius(radius) }
    for i in 0..<dimension { self.center[i] = center[i] }
    self.radius = radius
    placeFaces()
  }

  /// Moves the set to another input and budget.
  ///
  /// - Parameters:
  ///   - center: The input, d coordinates.
  ///   - radius: The budget, at least 0.
  public mutating func move(to center: [Float], radius: Double) throws(ThreatError) {
    var failure: ThreatError?
    center.withUnsafeBufferPointer { center in
      do throws(ThreatError) { try move(to: center, radius: radius) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Changes the budget and keeps the center.
  ///
  /// - Throws: ``ThreatError/radius(_:)`` when it is negative or NaN.
  public mutating func setRadius(_ radius: Double) throws(ThreatError) {
    guard radius >= 0 else { throw .radius(radius) }
    guard radius != self.radius else { return }
    self.radius = radius
    placeFaces()
  }

  private mutating func placeFaces() {
    guard norm == .linf, radius < .infinity else {
      for i in 0..<dimension { (lower[i], upper[i]) = ends(i) }
      return
    }
    for i in 0..<dimension {
      let (lowest, highest) = ends(i)
      lower[i] = max(lowest, center[i].farthest(within: -radius))
      upper[i] = min(highest, center[i].farthest(within: radius))
    }
  }

  /// Whether `point` is in the box and its exact distance from the center is at most the radius.
  ///
  /// Decided with the distance rounded up: a point that is outside is never called inside.
  public func contains(_ point: UnsafeBufferPointer<Float>) -> Bool {
    guard point.count == dimension else { return false }
    for i in 0..<dimension where !(point[i] >= lower[i] && point[i] <= upper[i]) { return false }
    return center.withUnsafeBufferPointer { norm.distanceRoundedUp(point, $0) } <= radius
  }

  /// Whether `point` is in the box and its exact distance from the center is at most the radius.
  public func contains(_ point: [Float]) -> Bool { point.withUnsafeBufferPointer { contains($0) } }

  /// The factor by which a budget is shortened so that the rounding of sums of d terms cannot exceed it.
  static func margin(dimension: Int) -> Double { 1 - Double(dimension + 16) * 0x1p-51 }
}

extension FeasibleSet: CustomStringConvertible {
  /// Such as `l2 ball of radius 0.5 in 784 coordinates within [0.0, 1.0]`.
  public var description: String {
    var within = ""
    if let box, let lower = box.lower.first, let upper = box.upper.first {
      let isUniform = box.lower.allSatisfy { $0 == lower } && box.upper.allSatisfy { $0 == upper }
      within = isUniform ? " within [\(lower), \(upper)]" : " within a box"
    }
    return "\(norm.rawValue) ball of radius \(radius) in \(dimension) coordinates\(within)"
  }
}

extension Float {
  /// The float farthest from `self` in the direction of `offset` whose exact distance is at most |`offset`|.
  func farthest(within offset: Double) -> Float {
    let moved = Float(Double(self) + offset).finite(orElse: self)
    guard Upward.distance(moved, self) > abs(offset) else { return moved }
    return offset > 0 ? moved.nextDown : moved.nextUp
  }
}
