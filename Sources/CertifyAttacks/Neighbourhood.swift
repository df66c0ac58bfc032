import CertifyThreat

/// The input under attack and the ways to move around it: what all attacks share.
struct Neighbourhood {
  let x: [Float]
  let threat: ThreatModel
  /// The values that every coordinate may take; `nil` where nothing bounds any.
  let box: Box?
  /// The same; infinite without a box.
  let lower: [Float]
  let upper: [Float]

  init(input: AttackInput, threat: ThreatModel) {
    x = input.point
    self.threat = threat
    box = threat.space.box(around: input.point)
    let all = box ?? Box(.init(lower: -.infinity, upper: .infinity), dimension: input.point.count)
    (lower, upper) = (all.lower, all.upper)
  }

  var dimension: Int { x.count }
  var norm: Norm { threat.norm }
  /// Whether the points of 𝒳 lie apart, in all coordinates or in some.
  var isGrid: Bool { threat.space.gridSteps != nil || step != nil }
  private var step: [Float]? { threat.space.features?.step }

  /// The largest ‖x'−x‖ in the box; infinite without one.
  var farthest: Double {
    let corner = x.indices.map { abs(x[$0] - lower[$0]) > abs(upper[$0] - x[$0]) ? lower[$0] : upper[$0] }
    return norm.distance(corner, x)
  }

  /// The smallest positive distance in 𝒳, or 0 for real data.
  var resolution: Double {
    if let steps = threat.space.gridSteps { return 1 / Double(steps) }
    return step.map { Double($0.min() ?? 0) } ?? 0
  }

  /// The radius of the steps that keep within `epsilon`: on a grid and in ℓ∞ the whole steps it holds.
  func largestStep(within epsilon: Double) -> Double {
    guard let steps = threat.space.gridSteps, norm == .linf else { return epsilon }
    let count = (epsilon * Double(steps) * (1 + AttackGoal.slack)).rounded(.down)
    // A little over the whole step, so that rounding to the grid reaches it.
    return (count + 0.25) / Double(steps)
  }

  /// Ball ∩ box around x, with the memory that projections need.
  func feasibleSet() throws -> FeasibleSet {
    try FeasibleSet(norm: norm, box: box, center: x, radius: 0)
  }

  /// Half-spaces in the box, with the memory that projections in a norm need, in that of distances without one.
  func halfSpaceProjection(_ metric: Norm? = nil) -> HalfSpaceProjection {
    HalfSpaceProjection(norm: metric ?? norm, box: box, dimension: dimension)
  }

  /// ‖point − x‖, rounded to nearest: for the search, not for the report.
  func distance(to point: UnsafeBufferPointer<Float>) -> Double {
    x.withUnsafeBufferPointer { norm.distance(point, $0) }
  }

  /// Moves `row` to the nearest point of 𝒳; coordinates that are not finite return to x.
  func snap(_ row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices {
      let value = row[i]
      row[i] = value.isFinite ? min(max(value, lower[i]), upper[i]) : x[i]
    }
    if threat.space.gridSteps != nil { threat.space.round(row) }
    threat.space.roundToSteps(row, from: x)
  }

  /// Moves every coordinate into the box.
  func clip(_ row: UnsafeMutableBufferPointer<Float>) {
    for i in row.indices { row[i] = min(max(row[i], lower[i]), upper[i]) }
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
    lower.withUnsafeBufferPointer { lower in
      upper.withUnsafeBufferPointer { upper in
        for i in direction.indices {
          let g = direction[i]
          let (above, below) = (upper[i] - point[i], point[i] - lower[i])
          let room = g > 0 ? above : below
          direction[i] = room > 0 && g.isFinite ? g : 0
        }
      }
    }
  }
}
