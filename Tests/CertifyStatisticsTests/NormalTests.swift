import CertifyStatistics
import Testing

@Suite struct NormalTests {
  @Test func cdfBracketsTheTruth() throws {
    var worst = 0.0
    for row in Constants.cdf {
      #expect(row.isAtLeast(try Normal.cdfRoundedDown(row.argument)), "Φ(\(row.argument))")
      #expect(row.isAtMost(try Normal.cdfRoundedUp(row.argument)), "Φ(\(row.argument))")
      if row.high > 1e-300 {
        let error = row.distance(to: try Normal.cdf(row.argument)) / row.high
        worst = max(worst, error)
      }
    }
    print("Φ: worst relative error \(worst), margin \(Normal.margin)")
    #expect(worst <= Normal.margin / 8)
  }

  @Test func quantileBracketsTheTruth() throws {
    var worst = 0.0
    for row in Constants.quantile {
      let down = try Normal.quantileRoundedDown(row.argument)
      let up = try Normal.quantileRoundedUp(row.argument)
      #expect(row.isAtLeast(down), "Φ⁻¹(\(row.argument))")
      #expect(row.isAtMost(up), "Φ⁻¹(\(row.argument))")
      #expect(up - down <= 4 * Normal.margin * abs(row.high))
      if row.high != 0 {
        worst = max(worst, row.distance(to: try Normal.quantile(row.argument)) / abs(row.high))
      }
    }
    print("Φ⁻¹: worst relative error \(worst), margin \(Normal.margin)")
    #expect(worst <= Normal.margin / 8)
  }

  @Test func infiniteAndUndefinedArguments() throws {
    #expect(try Normal.cdf(.infinity) == 1)
    #expect(try Normal.cdf(-.infinity) == 0)
    #expect(try Normal.cdfRoundedUp(-.infinity) > 0)
    #expect(try Normal.cdfRoundedUp(40) == 1)
    #expect(throws: StatisticsError.self) { try Normal.cdf(.nan) }
    for p in [0, 1, -0.5, 2, Double.nan, .infinity] {
      #expect(throws: StatisticsError.self) { try Normal.quantile(p) }
      #expect(throws: StatisticsError.self) { try Normal.quantileRoundedDown(p) }
      #expect(throws: StatisticsError.self) { try Normal.quantileRoundedUp(p) }
    }
  }
}
