import CertifyResults
import CertifyThreat
import Testing

struct SummaryTests {
  @Test func countsTenInputs() throws {
    let summary = Summary(of: Runs.ten, radii: [0, 0.5, 0.9])
    let group = try #require(summary.groups.first)
    #expect(summary.groups.count == 1)
    #expect(group.inputs == 10 && group.correct == 6 && group.abstained == 2)
    #expect(group.cleanAccuracy == 0.6 && group.abstentionRate == 0.2)
    #expect(group.points.map(\.certified) == [6, 6, 0])
    #expect(group.points.map(\.attacked) == [6, 6, 2])
    #expect(group.points.map(\.attackedAccuracy) == [0.6, 0.6, 0.2])
    #expect(group.medianCertifiedRadius == 0.5)
    #expect(abs(try #require(group.meanCertifiedRadius) - 0.33) < 1e-15)
    #expect(group.lowerAbsent == 4 && group.upperAbsent == 4)
    #expect(group.gaps == 4 && group.medianGap == 0.4)
    #expect(group.contradictions == 0)
  }

  @Test func keysAreNeverMixed() {
    let base = Runs.bracket(predicted: 1, lower: nil, upper: 0.2, smoothing: nil)
    let other = Runs.bracket(
      predicted: 0, lower: nil, upper: 0,
      smoothing: SmoothingRecord(noise: "gaussian", sigma: 0.5, range: nil))
    let summary = Summary(of: Runs.run([[Runs.row(0.5), base, other], [base]]), radii: [0.3])
    #expect(summary.groups.map(\.key.classifier) == [.base, .smoothed, .smoothed])
    #expect(summary.groups.map(\.correct) == [2, 1, 0])
    #expect(summary.groups.map(\.inputs) == [2, 2, 2])
    #expect(summary.groups.map(\.brackets) == [2, 1, 1])
    // An input without a bracket counts with radius 0.
    #expect(summary.groups.map(\.meanCertifiedRadius) == [0, 0.25, 0])
    #expect(summary.groups.map(\.medianCertifiedRadius) == [0, 0, 0])
    #expect(summary.groups.map { $0.points.map(\.certified) } == [[0, 0], [1, 1], [0, 0]])
    #expect(summary.groups.map { $0.points.map(\.attacked) } == [[2, 0], [1, 1], [0, 0]])
  }

  @Test func nothingHasNoFigures() throws {
    let group = try #require(Summary(of: Runs.run([[Bracket]]())).groups.first)
    #expect(group.cleanAccuracy == nil && group.meanCertifiedRadius == nil && group.points.count == 1)
    #expect(group.points.first?.certifiedAccuracy == nil)
  }

  @Test(arguments: [
    (1.0, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
    (0.79, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
    (0.0314, [0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035]),
    (23.0, [0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5, 25]),
    (0.0, [0]), (-1.0, [0]), (.infinity, [0]), (.nan, [0]), (1e300, [0]),
  ])
  func radiiAreTheDoublesOfTheirText(largest: Double, radii: [Double]) {
    #expect(RadiusList.fitting(largest) == radii)
  }

  /// 3 · 0.1 is not 0.3 in doubles; the mean is never above the exact one.
  @Test func meansAreRoundedDown() throws {
    #expect(Mean.roundedDown([0.1, 0.1, 0.1]) == 0.1)
    #expect(Mean.roundedDown([1, 1e-300]) == 0.5)
    #expect(Mean.roundedDown([1e308, 1.5e308]) == 1e308)
    #expect(Mean.roundedDown([1e-300, 1.5e-300]) == 1e-300)
    #expect(Mean.roundedDown([]) == nil)
    #expect(Mean.roundedDown([1, .infinity]) == .infinity)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      // Multiples of 2⁻⁴⁰ below 1: their sum is exact, so q·n ≤ sum can be checked with one rounding.
      let values = (0..<7).map { _ in Double(UInt64.random(in: 0..<(1 << 40), using: &generator)) / 0x1p40 }
      let sum = values.reduce(0, +)
      let mean = try #require(Mean.roundedDown(values))
      #expect((-sum).addingProduct(mean, 7) <= 0)
      #expect((-sum).addingProduct(mean.nextUp, 7) > 0)
    }
  }

  @Test(arguments: [(0.0, 1), (0.07, 7), (0.071, 8), (0.29, 29), (0.5, 50), (0.57, 57), (1, 100)])
  func ranksOfDecimalsAreExact(fraction: Double, rank: Int) {
    #expect(Quantile.rank(fraction, count: 100) == rank)
    #expect(Quantile.rank(fraction, count: 0) == nil)
  }
}
