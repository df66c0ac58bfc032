import CertifyThreat
import Testing

@Suite struct FeatureLimitsTests {
  private static func space(_ limits: FeatureLimits, grid: Int? = nil) -> InputSpace {
    InputSpace(bounds: nil, gridSteps: grid, features: limits)
  }

  @Test func theBoxKnowsBoundsStepsAndWhatMayNotChange() throws {
    let limits = try FeatureLimits(
      count: 4, lower: [0, 0, -1, -.infinity], upper: [1, 10, 1, .infinity], immutable: [2],
      step: [0, 3, 0, 0])
    let box = try #require(Self.space(limits).box(around: [0.5, 4, 0.25, 7]))
    // From 4, steps of 3 end at 1 and 10.
    #expect(box == Box(lower: [0, 1, 0.25, -.infinity], upper: [1, 10, 0.25, .infinity]))
    #expect(InputSpace(bounds: nil, gridSteps: nil).box(around: [1]) == nil)
  }

  /// On a grid the ends are points of it, so that rounding to it stays inside.
  @Test func boundsOffTheGridAreMovedInward() throws {
    let limits = try FeatureLimits(count: 2, lower: [0.1, 0], upper: [0.3, 1], immutable: [1])
    let space = Self.space(limits, grid: 255)
    let box = try #require(space.box(around: [51.0 / 255, 0.4]))
    #expect(box.lower[0] == 26.0 / 255 && box.upper[0] == 76.0 / 255)
    #expect(box.lower[1] == 0.4 && box.upper[1] == 0.4)
  }

  @Test func radiiAreMeasuredInScalesAndRoundedUp() throws {
    let limits = try FeatureLimits(count: 2, scale: [3, 0.5])
    let x: [Float] = [1, 1]
    let moved: [Float] = [2, 1.25]
    for (norm, exact) in [(Norm.l1, 1.0 / 3 + 0.5), (.l2, (1.0 / 9 + 0.25).squareRoot()), (.linf, 0.5)] {
      let threat = ThreatModel(norm: norm, space: Self.space(limits))
      let radius = try threat.radius(of: moved, from: x)
      #expect(radius >= exact && radius <= exact * (1 + 1e-14))
    }
    #expect(limits.largestScale == 3)
    #expect(try FeatureLimits(count: 2, immutable: [0], scale: [3, 0.5]).largestScale == 0.5)
    #expect(limits.withoutScale.scale == nil)
  }

  @Test func whatIsNotAllowedProvesNothing() throws {
    let limits = try FeatureLimits(
      count: 3, lower: [0, 0, 0], upper: [1, 1, 9], immutable: [1], step: [0, 0, 2])
    let threat = ThreatModel(norm: .l2, space: Self.space(limits))
    let x: [Float] = [0.5, 0.5, 4]
    #expect(try threat.radius(of: [0.5, 0.5, 6], from: x) == 2)
    #expect(throws: ThreatError.immutable(coordinate: 1)) { try threat.radius(of: [0.5, 0.6, 4], from: x) }
    #expect(throws: ThreatError.offStep(coordinate: 2, value: 5, step: 2)) {
      try threat.radius(of: [0.5, 0.5, 5], from: x)
    }
    #expect(throws: ThreatError.self) { try threat.radius(of: [1.5, 0.5, 4], from: x) }
    #expect(threat.space.firstCoordinateOutside(of: [0.5, 0.5, 10]) == 2)
    #expect(threat.space.firstCoordinateOutside(of: [0.5]) == 0)
  }

  @Test func limitsThatMakeNoSenseAreRefused() {
    #expect(throws: ThreatError.dimension(expected: 2, found: 1)) {
      try FeatureLimits(count: 2, lower: [0])
    }
    #expect(throws: ThreatError.interval(coordinate: 1, lower: 2, upper: 1)) {
      try FeatureLimits(count: 2, lower: [0, 2], upper: [1, 1])
    }
    #expect(throws: ThreatError.scale(coordinate: 0, 0)) { try FeatureLimits(count: 1, scale: [0]) }
    #expect(throws: ThreatError.step(coordinate: 0, -1)) { try FeatureLimits(count: 1, step: [-1]) }
    #expect(throws: ThreatError.noCoordinate(3, dimension: 3)) {
      try FeatureLimits(count: 3, immutable: [0, 3])
    }
  }

  /// Projections in a box with sides of their own: feasible, and no worse than any of many feasible points.
  @Test(arguments: Norm.allCases) func projectionsKeepEveryInterval(_ norm: Norm) throws {
    var generator = SplitMix(4)
    func draw(_ low: Float, _ high: Float) -> Float { Float.random(in: low...high, using: &generator) }
    for _ in 0..<20 {
      let x = (0..<6).map { _ in draw(0, 1) }
      let box = Box(lower: x.map { $0 - draw(0, 0.5) }, upper: x.map { $0 + draw(0, 0.5) })
      var set = try FeasibleSet(norm: norm, box: box, center: x, radius: 0.4)
      let u = x.map { $0 + draw(-1, 1) }
      let projected = set.projection(of: u)
      #expect(set.contains(projected))
      let nearest = Norm.l2.distance(projected, u)
      for _ in 0..<500 {
        #expect(Norm.l2.distance(set.randomPoint(using: &generator), u) >= nearest - 1e-5)
      }
    }
  }

  @Test(arguments: Norm.allCases) func halfSpacesKeepEveryInterval(_ norm: Norm) throws {
    let box = Box(lower: [-1, -0.1, 0], upper: [1, 0.1, 0])
    var projection = HalfSpaceProjection(norm: norm, box: box, dimension: 3)
    var point: [Float] = [0, 0, 0]
    let distance = [Float](repeating: 0, count: 3).withUnsafeBufferPointer { center in
      [Float(1), 5, 9].withUnsafeBufferPointer { gradient in
        point.withUnsafeMutableBufferPointer {
          projection.project(center, gradient: gradient, gain: 1, into: $0)
        }
      }
    }
    #expect(distance != nil)
    #expect(point[2] == 0 && abs(point[1]) <= 0.1)
    #expect(abs(Double(point[0]) + 5 * Double(point[1]) - 1) < 1e-5)
  }
}
