import Testing

@testable import CertifyStatistics

@Suite struct RoundedNormalTests {
  @Test func massesAreTheFloorsOfTheTruth() throws {
    var tables: [Double: RoundedNormal] = [:]
    for row in Constants.roundedNormal {
      let table = try tables[row.sigma] ?? RoundedNormal(sigma: row.sigma)
      tables[row.sigma] = table
      #expect(table.mass(of: row.cell) == row.mass, "σ = \(row.sigma), cell \(row.cell)")
      #expect(table.mass(of: -row.cell) == row.mass)
    }
    #expect(tables.count == 10)
  }

  @Test func tailsAreFolded() throws {
    for row in Constants.roundedNormal where row.sigma < 7 && row.cell > 0 {
      let table = try RoundedNormal(sigma: row.sigma, reach: row.cell)
      #expect(table.reach == row.cell)
      // What lies beyond 9.75σ is left out.
      let last = table.mass(of: row.cell)
      #expect(last <= row.tail && row.tail - last <= 1, "σ = \(row.sigma), from cell \(row.cell)")
    }
  }

  @Test(arguments: [1.0 / 2550, 0.0123, 0.12, 0.25, 0.5, 1, 2])
  func everythingSumsToOne(sigma: Double) throws {
    for reach in [nil, 1, 510, 100_000] {
      let table = try RoundedNormal(sigma: sigma, reach: reach)
      #expect(table.masses.count == 2 * table.reach + 1)
      #expect(table.masses == table.masses.reversed())
      #expect(table.masses.reduce(table.failed, +) == RoundedCells.total)
      // At most one unit a cell, and the tails.
      #expect(table.failed <= UInt64(table.masses.count) + 1)
      #expect(table.mass(of: table.reach + 1) == 0 && table.mass(of: -table.reach - 1) == 0)
    }
  }

  /// The unrounded lower bounds miss only what lies beyond the last cell.
  @Test func lowerBoundsAreTight() {
    for (sigma, reach) in [(1.0 / 2550, 3), (0.05, 240), (0.25, 1200)] {
      let half = GaussianCells.lowerBounds(sigma: sigma, gridSteps: 255, reach: reach)
      let sum = half[0] + 2 * half.dropFirst().reduce(0, +)
      #expect(sum <= FixedPoint.one)
      // 18.8σ and more is covered: beyond lies less than 2⁻²⁰⁰.
      let reached = (Double(reach) + 0.5) / (255 * sigma)
      #expect(reached > 18.5)
      #expect((FixedPoint.one - sum).bitWidth <= FixedPoint.bits - 150, "σ = \(sigma)")
    }
  }

  @Test func exponentialIsALowerBound() throws {
    // e⁻¹ = 0x0.5E2D58D8B3BCDF1ABADEC7829054F90DDA9805AAB56C7733…
    let exact = try #require(
      type(of: FixedPoint.one).init("5E2D58D8B3BCDF1ABADEC7829054F90DDA9805AAB56C7733", radix: 16))
    let found = FixedPoint.exponentialOfMinus(FixedPoint.one) >> 64
    #expect(found == exact)
    #expect(FixedPoint.exponentialOfMinus(0) <= FixedPoint.one)
    #expect(FixedPoint.one - FixedPoint.exponentialOfMinus(0) < 64)
  }

  @Test func tableForSigmaOneIsFast() throws {
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try RoundedNormal(sigma: 1) }
    print("rounded normal, σ = 1: \(time)")
    #expect(time < .seconds(10))
  }

  @Test func badArgumentsAreRefused() {
    for sigma in [0, -1, Double.nan, .infinity, 1e-5, 101, .leastNonzeroMagnitude] {
      #expect(throws: StatisticsError.self) { try RoundedNormal(sigma: sigma) }
    }
    for reach in [0, -1, Int.max, Int.min] {
      #expect(throws: StatisticsError.self) { try RoundedNormal(sigma: 0.25, reach: reach) }
    }
    for steps in [0, -1, Int.max] {
      #expect(throws: StatisticsError.self) { try RoundedNormal(sigma: 0.25, gridSteps: steps) }
    }
  }
}
