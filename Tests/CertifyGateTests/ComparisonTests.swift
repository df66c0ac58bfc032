import CertifyGate
import Testing

struct ComparisonTests {
  @Test(arguments: Comparison.allCases, [Double.nan, .infinity, -.infinity])
  func whatIsNotFiniteHoldsNothing(comparison: Comparison, figure: Double) {
    #expect(!comparison.holds(figure, 0.5))
    #expect(!comparison.holds(0.5, figure))
    #expect(comparison.holds(0.5, 0.5))
  }
}
