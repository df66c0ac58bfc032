import CertifyThreat
import Testing

@Suite struct InputSpaceTests {
  let pixels = InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: 255)

  @Test func everyPixelIsOnTheGrid() throws {
    let all = (0...255).map { Float($0) / 255 }
    #expect(pixels.contains(all))
    #expect(pixels.rounded(all) == all)
    #expect(try pixels.gridIntegers(of: all, steps: 255) == Array(0...255).map(Int32.init))
    #expect(pixels.rounded(all.map { min(max($0 + 0.0019, 0), 1) }) == all)
  }

  @Test func neighboursOfPixelsAreOffTheGrid() {
    for k in 1...254 {
      let value = Float(k) / 255
      #expect(!pixels.contains(value.nextUp))
      #expect(!pixels.contains(value.nextDown))
    }
  }

  @Test func theFirstOffendingCoordinateIsNamed() {
    #expect(throws: ThreatError.offGrid(coordinate: 2, value: 0.3, steps: 255)) {
      try pixels.gridIntegers(of: [0, 1, 0.3, 0.7], steps: 255)
    }
    #expect(throws: ThreatError.outsideBounds(coordinate: 1, value: 2, lower: 0, upper: 1)) {
      try pixels.gridIntegers(of: [0, 2, 0.3], steps: 255)
    }
    #expect(throws: ThreatError.self) { try pixels.gridIntegers(of: [.nan], steps: 255) }
    let description = ThreatError.offGrid(coordinate: 2, value: 0.3, steps: 255).description
    #expect(description.contains("coordinate 2") && description.contains("0.3"))
  }

  @Test func roundingStaysInsideOddBounds() {
    let space = InputSpace(bounds: .init(lower: 0.1, upper: 0.9), gridSteps: 255)
    for value: Float in [-1, 0.1, 0.1001, 0.5, 0.8999, 0.9, 7, .nan, .infinity] {
      let rounded = space.rounded([value])
      #expect(space.contains(rounded), "\(value) became \(rounded)")
    }
  }

  @Test func openSpacesTakeAnyFiniteNumber() {
    let space = InputSpace(bounds: nil, gridSteps: nil)
    #expect(space.contains([-1e30, 7]))
    #expect(!space.contains([.infinity]))
    #expect(!space.contains([.nan]))
    #expect(space.rounded([0.3]) == [0.3])
    let grid = InputSpace(bounds: nil, gridSteps: 255)
    #expect(grid.contains([-Float(1000) / 255]))
    #expect(!grid.contains([1e9]), "too far out for k to be unique")
  }

  @Test func radiusOnTheGridIsTheIntegerOne() throws {
    let threat = ThreatModel(norm: .l1, space: pixels)
    let input = [Float](repeating: 0, count: 3)
    let witness = [Float(85) / 255, Float(170) / 255, 0]
    #expect(try threat.radius(of: witness, from: input) == 1)
    #expect(throws: ThreatError.offGrid(coordinate: 1, value: 0.3, steps: 255)) {
      try threat.radius(of: [0, 0.3, 0], from: input)
    }
    let real = ThreatModel(norm: .linf, space: InputSpace(bounds: pixels.bounds, gridSteps: nil))
    #expect(try real.radius(of: [0, 0.25, 0], from: input) == 0.25)
    #expect(throws: ThreatError.self) { try real.radius(of: [0, 1.25, 0], from: input) }
    #expect(throws: ThreatError.self) { try real.radius(of: [0, 1], from: input) }
  }
}
