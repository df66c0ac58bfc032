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

  /// The set of least adversarial risk of a tiny grid against all sets there are, the risk counted ball by ball.
  @Test(arguments: 0..<3) func adversarialRiskIsLeast(seed: UInt64) {
    var random = SplitMix64(seed: seed, input: 0, stage: 2)
    let grid = CellGrid(side: 4, spacing: 0.25, isQuarter: false)
    // Most of class 0 in two corners, most of class 1 where its balls do not meet theirs.
    let weights = (0..<16).map { cell -> (zero: Double, one: Double) in
      let (zero, one) = (0.1 * random.unit(), 0.1 * random.unit())
      return ([0, 12].contains(cell) ? 1 + zero : zero, [6, 10].contains(cell) ? 1 + one : one)
    }
    let scheme = PerimeterScheme(grid: grid, radius: 1) { x, y in
      weights[Int((x + 0.5) / 0.25) + 4 * Int((y + 0.5) / 0.25)]
    }
    func risk(_ set: [Bool]) -> Double {
      let total = weights.reduce(0) { $0 + $1.zero + $1.one }
      return (0..<16).reduce(0) { sum, cell in
        let ball = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)].map { right, up -> Bool in
          let (column, row) = (cell % 4 + right, cell / 4 + up)
          return (0..<4).contains(column) && (0..<4).contains(row) && set[column + 4 * row]
        }
        return sum + (ball.contains(true) ? weights[cell].zero : 0)
          + (ball.contains(false) ? weights[cell].one : 0)
      } / total
    }
    let best = (0..<1 << 16).reduce(Double.infinity) { least, choice in
      min(least, risk((0..<16).map { choice >> $0 & 1 == 1 }))
    }
    let found = scheme.leastAdversarialRisk()
    #expect(Set(found).count == 2)
    #expect(abs(risk(found) - best) < 1e-12)
    #expect(abs(scheme.adversarialRisk(of: found) - best) < 1e-12)
    for _ in 0..<20 {
      let set = (0..<16).map { _ in random.unit() < 0.5 }
      #expect(abs(scheme.adversarialRisk(of: set) - risk(set)) < 1e-12)
    }
  }

  @Test func linesKnowTheirDistance() {
    let grid = CellGrid(side: 60, spacing: 0.05, isQuarter: false)
    func line(_ value: (Double, Double) -> Double) -> LevelLine {
      LevelLine(
        of: (0..<grid.count).map { value(grid.middle($0).x, grid.middle($0).y) }, level: 0, on: grid)
    }
    let (flat, higher, circle) = (line { $1 }, line { $1 - 0.3 }, line { $0 * $0 + $1 * $1 - 0.25 })
    #expect(abs(flat.within(1).length - 2) < 0.11)
    #expect(abs(flat.meanDistance(from: higher) - 0.3) < 1e-9)
    #expect(abs(circle.length - Double.pi) < 0.01)
    // The mean of |sin| over the circle of radius ½.
    #expect(abs(circle.meanDistance(from: flat) - 1 / Double.pi) < 0.01)
    #expect(circle.within(0.4).length < circle.length - 0.1)
    #expect(line { _, _ in 1 }.meanDistance(from: flat) == .infinity)
  }

  /// Labels are drawn with the chances that the exact minimiser is given.
  @Test func wavyClassesHaveTheirChances() throws {
    var random = SplitMix64(seed: 4, input: 0, stage: 0)
    let data = try WavyClasses.draw(20_000, using: &random)
    let labels = try data.requiredLabels()
    var (drawn, expected, above) = (0.0, 0.0, (right: 0, all: 0))
    for index in 0..<data.count {
      let point = data.input(index)
      let (x, y) = (Double(point[0]), Double(point[1]))
      #expect(max(abs(x), abs(y)) <= WavyClasses.reach)
      guard abs(y - WavyClasses.middle(x)) < 0.1, y > WavyClasses.middle(x) else { continue }
      drawn += Double(labels[index])
      expected += WavyClasses.chance(x, y)
      above.all += 1
      if labels[index] == 1 { above.right += 1 }
    }
    #expect(above.all > 500 && above.right > above.all / 2)
    #expect(abs(drawn - expected) < 4 * Double(above.all).squareRoot() / 2)
    let inside = WavyClasses.densities(0.3, 0.1)
    #expect(abs(inside.zero + inside.one - 1) < 1e-12 && inside.one == WavyClasses.chance(0.3, 0.1))
    #expect(WavyClasses.densities(0, 1.3) == (0, 0))
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
