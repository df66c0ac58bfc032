import CertifyThreat
import Testing

@Suite struct HalfSpaceProjectionTests {
  /// Random problems: c in the box, g, and a gain that part of the box reaches.
  static func problem(_ seed: UInt64, box: Bool) -> (c: [Float], g: [Float], gain: Double) {
    var generator = SplitMix(seed)
    let d = Int.random(in: 1...40, using: &generator)
    let c = (0..<d).map { _ in Bool.random(using: &generator) ? 0 : Float.random(in: 0...1, using: &generator)
    }
    let g = (0..<d).map { _ in
      Int.random(in: 0..<4, using: &generator) == 0 ? 0 : Float.random(in: -1...1, using: &generator)
    }
    var most = 0.0
    for (c, g) in zip(c, g) { most += Double(abs(g)) * Double(g > 0 ? 1 - c : c) }
    return (c, g, most * Double.random(in: 0.05...0.95, using: &generator))
  }

  static func solve(
    _ norm: Norm, _ bounds: InputSpace.Bounds?, _ c: [Float], _ g: [Float], gain: Double, stretch: Double = 1
  ) -> (distance: Double?, point: [Float]) {
    var projection = HalfSpaceProjection(norm: norm, bounds: bounds, dimension: c.count)
    var point = c
    let distance = c.withUnsafeBufferPointer { c in
      g.withUnsafeBufferPointer { g in
        point.withUnsafeMutableBufferPointer {
          projection.project(c, gradient: g, gain: gain, stretch: stretch, into: $0)
        }
      }
    }
    return (distance, point)
  }

  static func gained(_ c: [Float], _ g: [Float], _ v: [Float]) -> Double {
    c.indices.reduce(0) { $0 + Double(g[$1]) * (Double(v[$1]) - Double(c[$1])) }
  }

  @Test(arguments: Norm.allCases, 0..<60) func pointIsFeasibleAndReachesTheGain(_ norm: Norm, _ seed: UInt64)
    throws
  {
    let (c, g, gain) = Self.problem(seed, box: true)
    guard gain > 1e-6 else { return }
    let (distance, point) = Self.solve(norm, .init(lower: 0, upper: 1), c, g, gain: gain)
    #expect(point.allSatisfy { (0...1).contains($0) })
    #expect(abs(Self.gained(c, g, point) - gain) < 1e-4 * gain)
    #expect(abs(try #require(distance) - norm.distance(point, c)) < 1e-4 * norm.distance(point, c))
  }

  /// The ball a little smaller than the distance contains no point of the half-space: its linear maximum, from
  /// the projection of a far point along g, stays below the gain.
  @Test(arguments: Norm.allCases, 0..<60) func noPointIsNearer(_ norm: Norm, _ seed: UInt64) throws {
    let (c, g, gain) = Self.problem(seed, box: true)
    guard gain > 1e-6 else { return }
    let bounds = InputSpace.Bounds(lower: 0, upper: 1)
    let distance = try #require(Self.solve(norm, bounds, c, g, gain: gain).distance)
    var set = try FeasibleSet(norm: norm, bounds: bounds, center: c, radius: distance * 0.995)
    var generator = SplitMix(seed &+ 1000)
    for scale in [Float(1), 10, 100, 1000, 1e5] {
      // A far point along g projects on to the maximiser of the linear function as the scale grows.
      let far = zip(c, g).map { $0 + scale * $1 }
      #expect(Self.gained(c, g, set.projection(of: far)) < gain)
      let random = c.indices.map { c[$0] + scale * Float.random(in: -1...1, using: &generator) }
      #expect(Self.gained(c, g, set.projection(of: random)) < gain)
    }
  }

  @Test(arguments: Norm.allCases) func unreachableGain(_ norm: Norm) {
    let (distance, point) = Self.solve(
      norm, .init(lower: 0, upper: 1), [0.5, 0.25, 1], [1, -1, 0], gain: 0.8)
    #expect(distance == nil)
    #expect(point == [1, 0, 1])
    #expect(Self.solve(norm, nil, [0.5, 1], [0, .nan], gain: 1).distance == nil)
  }

  @Test(arguments: Norm.allCases) func nothingToGain(_ norm: Norm) {
    let (distance, point) = Self.solve(norm, nil, [0.5, 1], [1, 1], gain: 0)
    #expect(distance == 0)
    #expect(point == [0.5, 1])
  }

  @Test func withoutABoxItIsHolders() throws {
    let g: [Float] = [3, -4, 0]
    let c: [Float] = [1, 1, 1]
    #expect(abs(try #require(Self.solve(.l2, nil, c, g, gain: 10).distance) - 2) < 1e-5)
    #expect(abs(try #require(Self.solve(.linf, nil, c, g, gain: 10).distance) - 10.0 / 7) < 1e-5)
    #expect(abs(try #require(Self.solve(.l1, nil, c, g, gain: 10).distance) - 2.5) < 1e-5)
    #expect(Self.solve(.l1, nil, c, g, gain: 10, stretch: 2).point == [1, -4, 1])
  }
}
