import CertifyAttacks
import Foundation
import Testing

@testable import CertifyExperiments

@Suite struct CurvatureFlowTests {
  /// Against all choices there are, for random costs and conditions.
  @Test(arguments: 0..<30) func cutIsTheCheapest(seed: UInt64) {
    var random = SplitMix64(seed: seed, input: 0, stage: 0)
    let count = 8
    let costs = (0..<count).map { _ in Double(Int.random(in: -9...9, using: &random)) }
    let pairs = (0..<12).map { _ in
      (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
    }.filter { $0.0 != $0.1 }
    var cut = MinimumCut()
    for cost in costs { cut.charge(cut.variable(), whenOne: cost) }
    for (a, b) in pairs { cut.require(a, atLeast: b) }
    func cost(_ choice: Int) -> Double? {
      guard pairs.allSatisfy({ choice >> $0.0 & 1 >= choice >> $0.1 & 1 }) else { return nil }
      return (0..<count).reduce(0) { $0 + (choice >> $1 & 1 == 1 ? costs[$1] : 0) }
    }
    let best = (0..<1 << count).compactMap(cost).min() ?? 0
    let largest = (0..<1 << count).filter { cost($0) == best }.reduce(0, |)
    let found = cut.largestMinimiser().enumerated().reduce(0) { $0 | ($1.element ? 1 << $1.offset : 0) }
    #expect(found == largest)
  }

  /// A step of a tiny grid against all sets there are.
  @Test(arguments: 0..<6) func stepIsTheMinimiser(seed: UInt64) {
    var random = SplitMix64(seed: seed, input: 0, stage: 1)
    let grid = CellGrid(side: 4, spacing: 0.25, isQuarter: false)
    let weights = (0..<16).map { _ in (zero: random.unit(), one: random.unit()) }
    let scheme = PerimeterScheme(grid: grid, radius: 1, timeStep: 0.02) { x, y in
      weights[Int((x + 0.5) / 0.25) + 4 * Int((y + 0.5) / 0.25)]
    }
    let before = grid.set { x, y in x * x + y * y < 0.2 }
    let distances = scheme.signedDistances(of: before, upTo: 0.25)
    func cost(_ set: [Bool]) -> Double {
      zip(set, distances).enumerated().reduce(scheme.perimeter(of: set)) { sum, entry in
        let (inside, distance) = entry.element
        let weight = scheme.weights.zero[entry.offset] + scheme.weights.one[entry.offset]
        return sum + (inside ? distance * weight / 0.02 * 0.0625 : 0)
      }
    }
    let best = (0..<1 << 16).reduce(Double.infinity) { least, choice in
      min(least, cost((0..<16).map { choice >> $0 & 1 == 1 }))
    }
    #expect(abs(cost(scheme.step(before)) - best) < 1e-12)
  }

  /// A quarter with mirrors is the whole.
  @Test func quarterIsTheWhole() {
    func step(_ isQuarter: Bool) -> Double {
      let grid = CellGrid(side: isQuarter ? 20 : 40, spacing: 0.05, isQuarter: isQuarter)
      let scheme = PerimeterScheme(grid: grid, radius: 3, timeStep: 0.05)
      return grid.area(of: scheme.step(grid.set { $0 * $0 + $1 * $1 < 0.49 }))
    }
    #expect(abs(step(true) - step(false)) < 1e-9)
  }

  @Test func distancesAreThoseOfTheCircle() {
    let grid = CellGrid(side: 60, spacing: 0.02, isQuarter: true)
    let scheme = PerimeterScheme(grid: grid, radius: 3)
    let found = scheme.signedDistances(of: grid.set { $0 * $0 + $1 * $1 < 0.64 }, upTo: 0.1)
    for index in 0..<grid.count where abs(found[index]) < 0.09 {
      let middle = grid.middle(index)
      let exact = (middle.x * middle.x + middle.y * middle.y).squareRoot() - 0.8
      #expect(abs(found[index] - exact) < 0.01)
    }
    #expect(found.contains { abs($0) < 0.005 })
  }

  /// The closed forms: a step solves its equation, and small steps follow the flow.
  @Test(arguments: [nil, 0.5]) func discsFollowTheirEquation(deviation: Double?) {
    let next = DiscFlow.next(0.6, step: 0.01, deviation: deviation)
    let pull = deviation.map { next / ($0 * $0) } ?? 0
    #expect(abs((0.6 - next) / 0.01 - (1 / next - pull)) < 1e-10)
    var radius = 0.6
    for _ in 0..<1000 { radius = DiscFlow.next(radius, step: 1e-4, deviation: deviation) }
    #expect(abs(radius - DiscFlow.exact(0.6, time: 0.1, deviation: deviation)) < 1e-3)
  }
}
