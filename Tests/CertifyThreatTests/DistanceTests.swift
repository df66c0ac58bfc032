import CertifyThreat
import Testing

/// Lengths and the number of changed features under one type.
@Suite struct DistanceTests {
  @Test func everyNormIsADistanceAndCountingIsNoNorm() {
    #expect(Norm.allCases.map { Distance($0).norm } == Norm.allCases)
    #expect(Norm.allCases.map { Distance($0).rawValue } == Norm.allCases.map(\.rawValue))
    #expect(Distance.allCases.filter { $0.norm == nil } == [.l0])
  }

  @Test func changedFeaturesAreCounted() {
    let a: [Float] = [0, 1, -0.0, 5, 1e-30]
    let b: [Float] = [0, 1.0000001, 0, 2, 0]
    let count = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in Distance.l0.distance(a, b) }
    }
    #expect(count == 3)
    let length = a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in Distance.linf.distance(a, b) }
    }
    #expect(length == 3)
  }

  @Test func radiiOfWitnesses() throws {
    let grid = InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: 255)
    let x: [Float] = [0, 51.0 / 255, 1]
    let near: [Float] = [1.0 / 255, 51.0 / 255, 0]
    #expect(try grid.radius(of: near, from: x, by: .l0) == 2)
    let length = try grid.radius(of: near, from: x, by: .l1)
    #expect(length >= 256.0 / 255 && length <= (256.0 / 255).nextUp)
    #expect(throws: ThreatError.self) { try grid.radius(of: [0.001, 0.2, 1], from: x, by: .l0) }
    // Counting has no units.
    let limits = try FeatureLimits(count: 3, immutable: [2], scale: [0.5, 2, 1])
    let scaled = InputSpace(bounds: nil, gridSteps: nil, features: limits)
    #expect(try scaled.radius(of: [1, 4, 1], from: [0, 0, 1], by: .l0) == 2)
    #expect(try scaled.radius(of: [1, 4, 1], from: [0, 0, 1], by: .linf) == 2)
    #expect(throws: ThreatError.immutable(coordinate: 2)) {
      try scaled.radius(of: [1, 4, 2], from: [0, 0, 1], by: .l0)
    }
    #expect(throws: ThreatError.self) { try scaled.radius(of: [1, 4], from: [0, 0, 1], by: .l0) }
  }
}
