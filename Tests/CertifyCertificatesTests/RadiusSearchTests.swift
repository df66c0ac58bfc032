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

  /// Margins that fall below 0 at 1 and jump back at 1.02: what is proven beyond the jump counts, and only that.
  @Test func marginsMayJump() {
    let margin = { (radius: Double) in [radius < 1 ? 1 - radius : radius < 1.02 ? -1 : 1.05 - radius] }
    #expect(radius(margin) < 1)
    var search = RadiusSearch(farthest: 8)
    search.looksBeyond = true
    let found = search.run(from: .init(radius: 0, margins: []), margin)
    #expect(found.radius < 1.05 && found.radius > 1.05 * (1 - 0x1p-11))
    #expect(found.margins == margin(found.radius))
    search = RadiusSearch(farthest: 1.01)
    search.looksBeyond = true
    #expect(search.run(from: .init(radius: 0, margins: []), margin).radius < 1)
  }

  /// Wherever it stands among the margins, NaN is no proof.
  @Test(arguments: [[1, .nan], [.nan, 1], [1, .nan, 2]] as [[Double]])
  func nanProvesNothing(_ margins: [Double]) {
    #expect(radius { _ in margins } == 0)
    #expect(radius { $0 > 1 ? margins : [1] } <= 1)
  }
}
