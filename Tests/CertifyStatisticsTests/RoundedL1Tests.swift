import Testing

@testable import CertifyStatistics

@Suite struct RoundedL1Tests {
  @Test func laplaceMassesAreTheFloorsOfTheTruth() throws {
    #expect(Constants.roundedLaplace.count == 60)
    for row in Constants.roundedLaplace {
      let table = try RoundedLaplace(lambda: row.sigma, reach: row.cell + 1)
      #expect(table.mass(of: row.cell) == row.mass, "λ = \(row.sigma), cell \(row.cell)")
      #expect(table.mass(of: -row.cell) == row.mass)
      guard row.cell > 0 else { continue }
      let folded = try RoundedLaplace(lambda: row.sigma, reach: row.cell)
      #expect(folded.mass(of: row.cell) == row.tail && folded.reach == row.cell)
    }
  }

  @Test func uniformMassesAreTheFloorsOfTheTruth() throws {
    #expect(Constants.roundedUniform.count == 84)
    for row in Constants.roundedUniform {
      let table = try RoundedUniform(lambda: row.sigma, reach: row.cell + 1)
      #expect(table.mass(of: row.cell) == row.mass, "λ = \(row.sigma), cell \(row.cell)")
      #expect(table.mass(of: -row.cell) == row.mass)
      guard row.cell > 0 else { continue }
      let folded = try RoundedUniform(lambda: row.sigma, reach: row.cell)
      #expect(folded.mass(of: row.cell) == row.tail && folded.reach == row.cell)
    }
  }

  @Test(arguments: [0.0005, 0.05, 0.25, 1, 16], [1, 510, 24_735])
  func everythingSumsToOne(lambda: Double, reach: Int) throws {
    for law in try [
      RoundedLaplace(lambda: lambda, reach: reach), RoundedUniform(lambda: lambda, reach: reach),
    ] as [any RoundedLaw] {
      #expect(law.masses.count == 2 * reach + 1 && law.masses == law.masses.reversed())
      #expect(law.masses.reduce(law.failed, +) == RoundedCells.total)
      // At most one unit a cell is lost.
      #expect(law.failed <= UInt64(law.masses.count))
    }
  }

  @Test func badArgumentsAreRefused() {
    for lambda in [0, -1, Double.nan, .infinity, 1e-5, 1e9, .leastNonzeroMagnitude] {
      #expect(throws: StatisticsError.self) { try RoundedLaplace(lambda: lambda, reach: 10) }
      #expect(throws: StatisticsError.self) { try RoundedUniform(lambda: lambda, reach: 10) }
    }
    for reach in [0, -1, Int.max, Int.min] {
      #expect(throws: StatisticsError.self) { try RoundedLaplace(lambda: 0.25, reach: reach) }
      #expect(throws: StatisticsError.self) { try RoundedUniform(lambda: 0.25, reach: reach) }
    }
    for steps in [0, -1, Int.max] {
      #expect(throws: StatisticsError.self) { try RoundedLaplace(lambda: 0.25, gridSteps: steps, reach: 5) }
      #expect(throws: StatisticsError.self) { try RoundedUniform(lambda: 0.25, gridSteps: steps, reach: 5) }
    }
  }
}
