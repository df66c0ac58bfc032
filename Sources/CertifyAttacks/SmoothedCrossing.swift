import CertifySmoothing

/// A segment from x and where it was estimated to cross the boundary of g: what a search on cheap samples ends with,
/// before anything is tested.
struct SmoothedCrossing {
  private(set) var search: SegmentSearch
  private(set) var line: ProbitLine
  private var observations: [ProbitLine.Observation]
  /// The norm of the estimated crossing.
  let distance: Double

  /// Estimates where the segment towards `point` crosses; `nil` when no crossing was found.
  ///
  /// - Parameter guess: Where to look first, x at 0 and `point` at 1.
  init?(
    oracle: SmoothedOracle, towards point: [Float], guess: Double = 1, samples: Int, attack: String
  ) throws {
    guard point != oracle.input.point else { return nil }
    search = SegmentSearch(oracle: oracle, attack: attack, point: point, samples: samples)
    observations = []
    guard let line = try search.line(from: guess, observations: &observations), line.boundary > 0,
      search.at(line.boundary) != oracle.input.point
    else { return nil }
    self.line = line
    distance = search.distance(line.boundary)
  }

  /// The point of the segment at the estimated crossing.
  var point: [Float] { search.at(line.boundary) }

  /// Tests candidates beyond the crossing on fresh samples, nearer and nearer.
  ///
  /// - Parameters:
  ///   - refined: Samples that first sharpen the estimate; 0 for none.
  ///   - most: The samples to plan a test for.
  mutating func confirm(refined: Int, planning most: Int) throws {
    if refined > 0 { try search.refine(&line, observations: &observations, samples: refined) }
    try search.confirm(line: line, observations: observations, planning: most)
  }
}
