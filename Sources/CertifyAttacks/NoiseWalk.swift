import CertifySmoothing
import CertifyThreat

/// A walk on the boundary of a smoothed classifier from decisions alone, for every norm.
///
/// The noise samples that are counted at a boundary point give the boundary's normal there as well (see
/// ``SmoothedOracle/slope(at:round:samples:rival:)``), so that one sample does what a whole query of g does for a
/// boundary attack on it (Chen, Jordan & Wainwright 2020, arXiv 1904.02144). The next point is where the ray along
/// argmax { v·δ : ‖δ‖_p ≤ ε, x + δ in the box } crosses, v the mean of the normals seen; normals seen much farther
/// out count for less.
struct NoiseWalk {
  static let name = "noise-walk"
  private static let rounds = 7
  /// What older normals count for after the boundary came much nearer.
  private static let kept = 0.3

  let oracle: SmoothedOracle
  private var direction: [Double]
  private var rival: Int?

  init(oracle: SmoothedOracle) {
    self.oracle = oracle
    direction = Array(repeating: 0, count: oracle.dimension)
  }

  /// Looks for the direction in which the boundary is nearest, and where it is.
  ///
  /// - Parameter clean: f's answers under noise at x.
  mutating func search(clean: ClassCounts, generator: inout SplitMix64) throws -> SmoothedCrossing? {
    let samples = max(oracle.remaining / 12, 64)
    // What is found has to be confirmed yet.
    let reserve = oracle.remaining * 2 / 5
    guard var crossing = try first(clean: clean, samples: samples, generator: &generator) else { return nil }
    var best = crossing
    for _ in 0..<Self.rounds where oracle.remaining - samples > reserve {
      guard try look(at: crossing.point, samples: samples),
        let next = try self.crossing(near: crossing.distance, samples: 512)
      else { break }
      if next.distance < 0.8 * crossing.distance { for i in direction.indices { direction[i] *= Self.kept } }
      crossing = next
      if crossing.distance < best.distance { best = crossing }
    }
    return best
  }

  /// Looks for a witness with ‖x'−x‖ ≤ ε: points of that ball along the normals seen, then one flip test.
  mutating func run(epsilon: Double, generator: inout SplitMix64) throws {
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let samples = max(oracle.remaining / 8, 64)
    var point = oracle.input.point
    if try !look(at: point, samples: samples) || !hasDirection {
      point = try SmoothedRandomSearch(oracle: oracle).bestOf(
        64, radius: radius, samples: 64, generator: &generator)
    }
    for _ in 0..<3 {
      if hasDirection { point = reach(radius) }
      guard try look(at: point, samples: samples) else { break }
    }
    if hasDirection { point = reach(radius) }
    guard let seen = try oracle.counts(at: point, round: oracle.nextRound(), samples: 0..<256) else { return }
    try oracle.testWithin(epsilon, point, seen: seen, attack: Self.name)
  }

  /// A first crossing: along the normal at x where answers change there, else towards a random point that flips.
  private mutating func first(
    clean: ClassCounts, samples: Int, generator: inout SplitMix64
  ) throws -> SmoothedCrossing? {
    if try look(at: oracle.input.point, samples: samples), hasDirection,
      let crossing = try self.crossing(near: oracle.firstGuess(clean), samples: 256)
    {
      return crossing
    }
    guard let point = try SmoothedRandomSearch(oracle: oracle).findAny(generator: &generator) else {
      return nil
    }
    return try SmoothedCrossing(oracle: oracle, towards: point, samples: 256, attack: Self.name)
  }

  /// Where the ray along the normals seen crosses, which is known to be near a radius.
  ///
  /// The farthest point of a ball in the box bends with the radius: the segment is drawn to a ball that is large enough
  /// for most answers to be a rival's at its end.
  private func crossing(near radius: Double, samples: Int) throws -> SmoothedCrossing? {
    let farthest = oracle.neighbourhood.farthest
    var reached = radius * 1.05
    for _ in 0..<8 where reached < farthest {
      guard
        let seen = try oracle.counts(
          at: reach(reached), round: oracle.nextRound(), samples: 0..<max(samples / 4, 64))
      else { return nil }
      let observation = SegmentSearch.observation(t: 1, counts: seen, label: oracle.input.label)
      if observation.rivalHits > observation.labelHits { break }
      reached *= 1.2
    }
    return try SmoothedCrossing(
      oracle: oracle, towards: reach(min(reached, farthest)), guess: 0.95, samples: samples, attack: Self.name
    )
  }

  private var hasDirection: Bool { direction.contains { $0 != 0 } }

  /// Adds the normal at a point to those seen; `false` when the budget is spent.
  private mutating func look(at point: [Float], samples: Int) throws -> Bool {
    guard
      let slope = try oracle.slope(at: point, round: oracle.nextRound(), samples: samples, rival: rival)
    else { return false }
    for i in direction.indices { direction[i] += slope.direction[i] }
    let counts = slope.counts.counts
    rival = counts.indices.filter { $0 != oracle.input.label && counts[$0] > 0 }
      .max { (counts[$0], $1) < (counts[$1], $0) }
    return true
  }

  /// The farthest point along the normals seen in the ball of a radius and the box.
  private func reach(_ radius: Double) -> [Float] {
    let scale = direction.reduce(0) { max($0, abs($1)) }
    let gradient = direction.map { Float($0 / max(scale, .leastNormalMagnitude)) }
    var point = oracle.input.point
    point.withUnsafeMutableBufferPointer {
      LinearPath(neighbourhood: oracle.neighbourhood, gradient: gradient).write(radius: radius, into: $0)
    }
    return point
  }
}
