import CertifyThreat
import Testing

@Suite struct GridDistancesTests {
  private func grid(_ norm: Norm) throws -> GridDistances {
    let space = InputSpace(bounds: InputSpace.Bounds(lower: 0, upper: 1), gridSteps: 255)
    return try #require(GridDistances(ThreatModel(norm: norm, space: space)))
  }

  /// Between two distances the next one is certified; at a distance of the grid the floats may be nearer, and farther,
  /// than the grid says, so that it takes a little more.
  @Test(arguments: [Norm.l1, .linf])
  func multiples(norm: Norm) throws {
    let grid = try grid(norm)
    for n in 1...300 {
      let next = (Double(n) + 1) / 255
      #expect(grid.certified((Double(n) + 0.01 * Double(n) / 255) / 255) <= next)
      #expect(grid.certified((Double(n) + 0.5) / 255) > next * (1 - 1e-15))
      #expect(grid.certified(Double(n) / 255) <= Double(n) / 255)
      let covering = grid.radius(covering: next)
      #expect(covering > Double(n) / 255 && covering < Double(n) * (1 + 1e-4) / 255)
      #expect(grid.certified(covering) > next * (1 - 1e-15) && grid.certified(covering) <= next)
    }
    #expect(grid.certified(0) == 0)
    #expect(grid.certified(1e-9) > (1 - 1e-15) / 255)
  }

  @Test func squareRoots() throws {
    let grid = try grid(.l2)
    for n in [1, 2, 3, 50, 51, 10_000] {
      let next = Double(n + 1).squareRoot() / 255
      let between = (Double(n) + 0.9).squareRoot() / 255
      #expect(grid.certified(between) <= next && grid.certified(between) > next * (1 - 1e-14))
      let covering = grid.radius(covering: next)
      #expect(grid.certified(covering) <= next && grid.certified(covering) > next * (1 - 1e-14))
    }
  }

  /// Every distance between floats of the grid, rounded as they are, agrees: what is nearer than the certified distance
  /// on the grid lies within the radius as floats.
  @Test func floatsLieWithin() throws {
    let grid = try grid(.linf)
    for k in 0..<255 {
      for n in 1..<256 - k {
        let distance = Double(Float(k + n) / 255) - Double(Float(k) / 255)
        // A proof that falls short of this pair must not certify beyond it.
        #expect(grid.certified(distance.nextDown) <= Double(n) / 255)
      }
    }
  }

  @Test func realInputsHaveNoGrid() {
    let bounds = InputSpace.Bounds(lower: 0, upper: 1)
    for space in [
      InputSpace(bounds: bounds, gridSteps: nil), InputSpace(bounds: nil, gridSteps: 255),
      InputSpace(bounds: bounds, gridSteps: 0),
    ] {
      #expect(GridDistances(ThreatModel(norm: .l2, space: space)) == nil)
    }
  }
}
