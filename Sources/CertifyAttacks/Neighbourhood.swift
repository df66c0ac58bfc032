import CertifyThreat

/// The input under attack and the ways to move around it: what all attacks share.
struct Neighbourhood {
  let x: [Float]
  let threat: ThreatModel
  /// The room of every coordinate below and above x; infinite without a box.
  let lower: Float
  let upper: Float

  init(input: AttackInput, threat: ThreatModel) {
    x = input.point
    self.threat = threat
    // A grid without bounds is that of 8-bit data, 0…steps.
    let isGrid = threat.space.gridSteps != nil
    lower = threat.space.bounds?.lower ?? (isGrid ? 0 : -.infinity)
    upper = threat.space.bounds?.upper ?? (isGrid ? 1 : .infinity)
  }

  var dimension: Int { x.count }
  var norm: Norm { threat.norm }
  var isGrid: Bool { threat.space.gridSteps != nil }

  /// The largest ‖x'−x‖ in the box; infinite without one.
  var farthest: Double {
    guard lower.isFinite, upper.isFinite else { return .infinity }
    let corner = x.map { abs($0 - lower) > abs(upper - $0) ? lower : upper }
    return norm.distance(corner, x)
  }

  /// The smallest positive distance in 𝒳, or 0 for real data.
  var resolution: Double { threat.space.gridSteps.map { 1 / Double($0) } ?? 0 }

  /// The radius of the steps that keep within `epsilon`: on a grid and in ℓ∞ the whole steps it holds.
  func largestStep(within epsilon: Double) -> Double {
    guard let steps = threat.space.gridSteps, norm == .linf else { return epsilon }
    let count = (epsilon * Double(steps) * (1 + AttackGoal.slack)).rounded(.down)
    // A little over the whole step, so that rounding to the grid reaches it.
    return (count + 0.25) / Double(steps)
  }

  /// The box; `nil` without one.
  var box: InputSpace.Bounds? {
    lower.isFinite && upper.isFinite ? InputSpace.Bounds(lower: lower, upper: upper) : nil
  }

  /// Ball ∩ box around x, with the memory that projections need.
  func feasibleSet() throws -> FeasibleSet {
    try FeasibleSet(norm: norm, bounds: box, center: x, radius: 0)
  }

  /// Half-spaces in the box, with the memory that projections need.
  func halfSpaceProjection() -> HalfSpaceProjection {
    HalfSpaceProjection(norm: norm, bounds: box, dimension: dimension)
  }

  /// ‖point − x‖, rounded to nearest: for the search, not for the report.
  func distance(to point: UnsafeBufferPointer<Float>) -> Double {
    x.withUnsafeBufferPointer { norm.distance(point, $0) }
  }

  /// Moves `row` to the nearest point of 𝒳; coordinates that are not finite return to x.
  func snap(_ row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices {
      let value = row[i]
      row[i] = value.isFinite ? min(max(value, lower), upper) : x[i]
    }
    if isGrid { threat.space.round(row) }
  }

  /// Moves every coordinate into the box.
  func clip(_ row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices { row[i] = min(max(row[i], lower), upper) }
  }

  /// Writes x into `row`.
  func copyInput(to row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices { row[i] = x[i] }
  }

  /// Writes x + t(point − x) into `row`.
  func interpolate(to point: [Float], at t: Double, into row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices { row[i] = Float(Double(x[i]) + t * (Double(point[i]) - Double(x[i]))) }
  }

  /// Zeroes the coordinates of a direction along which `point` cannot move inside the box.
  func removeBlocked(
    _ direction: UnsafeMutableBufferPointer<Float>, at point: UnsafeBufferPointer<Float>
  ) {
    for i in direction.indices {
      let g = direction[i]
      if !g.isFinite || (g > 0 && point[i] >= upper) || (g < 0 && point[i] <= lower) { direction[i] = 0 }
    }
  }
}
