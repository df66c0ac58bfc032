import Testing

@testable import CertifyCertificates

@Suite struct RadiusSearchTests {
  private func radius(_ margins: (Double) -> [Double]) -> Double {
    RadiusSearch(farthest: 8).run(from: .init(radius: 0, margins: []), margins).radius
  }

  @Test func theLargestVerifiedRadiusIsFound() {
    let found = radius { [1 - $0, 2 - $0] }
    #expect(found < 1 && found > 1 - 0x1p-11)
  }

  /// Wherever it stands among the margins, NaN is no proof.
  @Test(arguments: [[1, .nan], [.nan, 1], [1, .nan, 2]] as [[Double]])
  func nanProvesNothing(_ margins: [Double]) {
    #expect(radius { _ in margins } == 0)
    #expect(radius { $0 > 1 ? margins : [1] } <= 1)
  }
}
