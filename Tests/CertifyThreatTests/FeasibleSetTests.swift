import CertifyThreat
import Testing

/// The projection by bisection on its multiplier in double precision: slow and obvious.
func referenceProjection(
  _ norm: Norm, of point: [Float], center: [Float], radius: Double, bounds: InputSpace.Bounds?
) -> [Double] {
  let y = zip(point, center).map { Double($0) - Double($1) }
  let room = zip(y, center).map { y, c in
    guard let bounds else { return Double.infinity }
    return y >= 0 ? Double(bounds.upper) - Double(c) : Double(c) - Double(bounds.lower)
  }
  func lengths(_ multiplier: Double) -> [Double] {
    zip(y, room).map { y, room in
      switch norm {
      case .l1: min(max(abs(y) - multiplier, 0), room)
      case .l2: min(abs(y) / (1 + multiplier), room)
      case .linf: min(abs(y), room, radius)
      }
    }
  }
  func size(_ lengths: [Double]) -> Double {
    switch norm {
    case .l1: lengths.reduce(0, +)
    case .l2: lengths.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: 0
    }
  }
  var low = 0.0
  var high = 1e9
  if size(lengths(0)) <= radius { high = 0 }
  for _ in 0..<150 where high > 0 {
    let middle = (low + high) / 2
    if size(lengths(middle)) > radius { low = middle } else { high = middle }
  }
  return zip(zip(lengths(high), y), center).map { Double($1) + ($0.1 < 0 ? -$0.0 : $0.0) }
}

struct ProjectionCase: CustomTestStringConvertible, Sendable {
  var norm: Norm
  var boxed: Bool
  var count: Int
  var testDescription: String { "\(norm) d=\(count)\(boxed ? " in the box" : "")" }

  static let all = Norm.allCases.flatMap { norm in
    [true, false].flatMap { boxed in
      [1, 2, 3, 10, 100, 784].map { ProjectionCase(norm: norm, boxed: boxed, count: $0) }
    }
  }
}

@Suite struct FeasibleSetTests {
  let box = InputSpace.Bounds(lower: 0, upper: 1)

  /// A point like an image: many coordinates sit exactly on the bounds.
  func image(_ count: Int, using generator: inout SplitMix) -> [Float] {
    generator.floats(count, in: 0...1).map { $0 < 0.4 ? 0 : $0 > 0.8 ? 1 : $0 }
  }

  @Test(arguments: ProjectionCase.all)
  func projectionIsTheNearestPoint(_ test: ProjectionCase) throws {
    var generator = SplitMix(UInt64(test.count))
    let bounds = test.boxed ? box : nil
    var set = FeasibleSet(norm: test.norm, bounds: bounds, dimension: test.count)
    for trial in 0..<(test.count > 10 ? 12 : 60) {
      let center = image(test.count, using: &generator)
      let radius = [1e-3, 0.1, 1, 5][trial % 4] * Double.random(in: 0.5...1, using: &generator)
      let spread: Float = [0.01, 1, 30][trial % 3]
      let offsets = generator.floats(test.count, in: -spread...spread)
      let point = zip(center, offsets).map { $0 + $1 }
      try set.move(to: center, radius: radius)
      let found = set.projection(of: point)

      // Feasible for the floats as they are, with no tolerance.
      #expect(test.norm.distanceRoundedUp(found, center) <= radius)
      #expect(set.contains(found))
      if test.boxed { #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 }) }

      let expected = referenceProjection(
        test.norm, of: point, center: center, radius: radius, bounds: bounds)
      let off = (0..<test.count).first { i in
        let unit = Double(max(center[i].ulp, found[i].ulp))
        return !(abs(Double(found[i]) - expected[i]) <= 2 * unit + 1e-9 * radius)
      }
      #expect(off == nil, "coordinate \(off ?? 0) of \(point) around \(center)")

      // ⟨u − x, z − x⟩ ≤ 0 for every feasible z characterises the projection x of u.
      for _ in 0..<20 {
        let other = set.randomPoint(using: &generator)
        #expect(set.contains(other))
        var product = 0.0
        var slack = 0.0
        for i in 0..<test.count {
          let residual = Double(point[i]) - Double(found[i])
          product += residual * (Double(other[i]) - Double(found[i]))
          slack += abs(residual) * 2 * Double(max(center[i].ulp, found[i].ulp))
        }
        #expect(product <= slack + 1e-9)
      }
    }
  }

  @Test(arguments: ProjectionCase.all)
  func feasiblePointsStay(_ test: ProjectionCase) throws {
    var generator = SplitMix(7)
    let bounds = test.boxed ? box : nil
    let center = image(test.count, using: &generator)
    var set = try FeasibleSet(norm: test.norm, bounds: bounds, center: center, radius: 0.7)
    #expect(set.projection(of: center) == center)
    for _ in 0..<50 {
      let once = set.projection(of: generator.floats(test.count, in: -2...3))
      let twice = set.projection(of: once)
      #expect((0..<test.count).allSatisfy { abs(once[$0] - twice[$0]) <= max(once[$0].ulp, center[$0].ulp) })
      let inner = set.randomPoint(using: &generator)
      if test.norm.distance(inner, center) < 0.699 { #expect(set.projection(of: inner) == inner) }
    }
  }

  /// Projecting on the ball and clipping afterwards leaves a large part of the budget unused on sparse images.
  @Test func projectThenClipWastesTheBudget() throws {
    var generator = SplitMix(8)
    let count = 784
    let center = (0..<count).map { Float($0 % 5 == 0 ? 1 : 0) }
    let point = zip(center, generator.floats(count, in: -1...1)).map { $0 + $1 }
    let radius = 10.0
    var ball = try FeasibleSet(norm: .l1, bounds: nil, center: center, radius: radius)
    var both = try FeasibleSet(norm: .l1, bounds: box, center: center, radius: radius)
    let clipped = ball.projection(of: point).map { min(max($0, 0), 1) }
    let exact = both.projection(of: point)
    let used = Norm.l1.distance(clipped, center) / radius
    #expect(used < 0.7)
    #expect(Norm.l1.distance(exact, center) / radius > 0.9999)
    #expect(both.contains(clipped))
    #expect(Norm.l2.distance(exact, point) < Norm.l2.distance(clipped, point))
  }

  @Test func shrinkThenClipIsNotTheL2Projection() throws {
    var ball = try FeasibleSet(norm: .l2, bounds: nil, center: [0.9, 0.5], radius: 0.4)
    var both = try FeasibleSet(norm: .l2, bounds: box, center: [0.9, 0.5], radius: 0.4)
    let point: [Float] = [1.9, 1.5]
    let clipped = ball.projection(of: point).map { min(max($0, 0), 1) }
    let exact = both.projection(of: point)
    #expect(Norm.l2.distance(exact, point) < Norm.l2.distance(clipped, point) - 0.01)
    // Room 0.1 in the first coordinate, the rest of the budget in the second.
    #expect(abs(Double(exact[1]) - 0.5 - (0.16 - 0.01).squareRoot()) < 1e-6)
  }

  @Test func linfIntervalsAreTheLargestThatFit() throws {
    var generator = SplitMix(9)
    let center = generator.floats(2000, in: 0...1)
    for radius in [0.1, 8.0 / 255, 1e-9, 0.3] {
      var set = try FeasibleSet(norm: .linf, bounds: nil, center: center, radius: radius)
      let high = set.projection(of: center.map { $0 + 1 })
      let tooFar = zip(high, center).filter { Double($0.0) - Double($0.1) > radius }
      let tooNear = zip(high, center).filter { Double($0.0.nextUp) - Double($0.1) <= radius }
      #expect(tooFar.isEmpty && tooNear.isEmpty)
    }
  }

  @Test(arguments: Norm.allCases)
  func oddPointsAndRadii(norm: Norm) throws {
    let center: [Float] = [0.25, 0.5, 1]
    var set = try FeasibleSet(norm: norm, bounds: box, center: center, radius: 0)
    #expect(set.projection(of: [5, -5, 5]) == center)
    try set.setRadius(.infinity)
    #expect(set.projection(of: [5, -5, 0.5]) == [1, 0, 0.5])
    try set.setRadius(0.125)
    #expect(set.projection(of: [.nan, .nan, .nan]) == center)
    let far = set.projection(of: [.infinity, -.infinity, .infinity])
    #expect(set.contains(far))
    #expect(norm.distance(far, center) > 0.12)
    let huge = set.projection(of: [.greatestFiniteMagnitude, 0.5, 1])
    #expect(set.contains(huge))
    #expect(abs(huge[0] - 0.375) < 1e-6)
    #expect(!set.contains([0.25, 0.5, .nan]))
    #expect(!set.contains([0.25, 0.5]))
    var empty = FeasibleSet(norm: norm, bounds: nil, dimension: 0)
    #expect(empty.projection(of: []) == [])
  }

  @Test(arguments: Norm.allCases)
  func unfitSetsAreRefused(norm: Norm) throws {
    var set = FeasibleSet(norm: norm, bounds: box, dimension: 2)
    #expect(throws: ThreatError.radius(-1)) { try set.move(to: [0, 0], radius: -1) }
    #expect(throws: ThreatError.dimension(expected: 2, found: 1)) { try set.move(to: [0], radius: 1) }
    #expect(throws: ThreatError.outsideBounds(coordinate: 1, value: 1.5, lower: 0, upper: 1)) {
      try set.move(to: [0, 1.5], radius: 1)
    }
    #expect(throws: ThreatError.self) { try set.move(to: [0, .nan], radius: 1) }
    #expect(throws: ThreatError.self) { try set.setRadius(.nan) }
    #expect(set.center == [0, 0])
    #expect(set.radius == 0)
  }

  /// A point a rounding error outside the ball is not left there.
  @Test(arguments: [Norm.l1, .l2])
  func theSphereIsNotCrossedByRounding(norm: Norm) throws {
    var generator = SplitMix(13)
    for _ in 0..<100 {
      let center = image(100, using: &generator)
      let point = generator.floats(100, in: 0...1)
      let radius = norm.distanceRoundedUp(point, center).nextDown
      var set = try FeasibleSet(norm: norm, bounds: box, center: center, radius: radius)
      #expect(set.contains(set.projection(of: point)))
    }
  }

  /// λ ≈ 2²⁴ is known to 2⁻²⁹ only, and a coordinate of 10⁻² that far off is still a float.
  @Test func farPointsDoNotOverdrawTheBudget() throws {
    var generator = SplitMix(14)
    var set = FeasibleSet(norm: .l1, bounds: nil, dimension: 2)
    for _ in 0..<100 {
      try set.move(to: [0, 0], radius: Double.random(in: 0.005...0.01, using: &generator))
      let found = set.projection(of: [0x1p24, 1])
      #expect(set.contains(found))
      #expect(found[1] == 0 && Double(found[0]) > set.radius * 0.999_999)
    }
  }

  @Test func manyEqualBreakpointsEnd() throws {
    let count = 20_000
    var set = try FeasibleSet(
      norm: .l1, bounds: box, center: Array(repeating: 0.5, count: count), radius: 100)
    let found = set.projection(of: Array(repeating: 0.75, count: count))
    #expect(Set(found).count == 1)
    #expect(abs(Norm.l1.distance(found, set.center) - 100) < 1e-2)
  }
}

@Suite struct RandomPointTests {
  /// P(‖v‖ ≤ r/2) = 2⁻ᵈ for a uniform point of any ball, and every orthant is as likely as another.
  @Test(arguments: Norm.allCases, [1, 2, 3])
  func pointsAreUniformInTheBall(norm: Norm, count: Int) {
    var generator = SplitMix(11)
    let draws = 10_000
    var inner = 0
    var positive = 0
    var outside = 0
    let origin = [Float](repeating: 0, count: count)
    var vector = [Float](repeating: 0, count: count)
    for _ in 0..<draws {
      vector.withUnsafeMutableBufferPointer { norm.fillBall(radius: 2, into: $0, using: &generator) }
      if norm.distanceRoundedUp(vector, origin) > 2 { outside += 1 }
      if norm.length(of: vector) <= 1 { inner += 1 }
      if vector.allSatisfy({ $0 > 0 }) { positive += 1 }
    }
    #expect(outside == 0)
    let expected = Double(draws) / Double(1 << count)
    let deviation = (expected * (1 - expected / Double(draws))).squareRoot()
    #expect(abs(Double(inner) - expected) < 5 * deviation)
    #expect(abs(Double(positive) - expected) < 5 * deviation)
  }

  @Test func linfStartsAreUniformInTheIntersection() throws {
    var generator = SplitMix(12)
    var set = try FeasibleSet(
      norm: .linf, bounds: InputSpace.Bounds(lower: 0, upper: 1), center: [0, 1], radius: 0.5)
    var sums = [0.0, 0.0]
    var outside = 0
    for _ in 0..<10_000 {
      let point = set.randomPoint(using: &generator)
      if !set.contains(point) { outside += 1 }
      sums[0] += Double(point[0])
      sums[1] += Double(point[1])
    }
    #expect(outside == 0)
    #expect(abs(sums[0] / 10_000 - 0.25) < 0.01)
    #expect(abs(sums[1] / 10_000 - 0.75) < 0.01)
  }
}
