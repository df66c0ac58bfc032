import CertifyReport
import Foundation
import Testing

struct RoundingTests {
  @Test(arguments: [
    (1.9057, "1.905", "1.906"), (0.29999999999999998, "0.299", "0.300"), (0.1 + 0.2, "0.300", "0.301"),
    (0.5, "0.500", "0.500"), (0, "0.000", "0.000"), (.leastNonzeroMagnitude, "0.000", "0.001"),
    (0.9999, "0.999", "1.000"),
    (9.9999, "9.999", "10.000"), (1e15 + 0.125, "1000000000000000.125", "1000000000000000.125"),
    (0.001, "0.001", "0.002"), (0.0009999999999999999, "0.000", "0.001"), (-0.0001, "-0.001", "0.000"),
    (-1.5, "-1.500", "-1.500"), (.infinity, "∞", "∞"), (-.infinity, "−∞", "−∞"),
    (.nan, "not a number", "not a number"), (-0.0, "0.000", "0.000"),
  ])
  func knownCases(value: Double, down: String, up: String) {
    #expect(Rounding.down(value, places: 3) == down)
    #expect(Rounding.up(value, places: 3) == up)
  }

  @Test func theLargestDouble() {
    let digits =
      "17976931348623157081452742373170435679807056752584499659891747680315726078002853876058955863276687817154"
      + "04589535143824642343213268894641827684675467035375169860499105765512820762454900903893289440758685084551"
      + "33942304583236903222948165808559332123348274797826204144723168738177180919299881250404026184124858368"
    #expect(Rounding.down(.greatestFiniteMagnitude, places: 0) == digits)
    #expect(Rounding.up(.greatestFiniteMagnitude, places: 1) == digits + ".0")
  }

  @Test func theSmallestDouble() {
    let text = Rounding.down(.leastNonzeroMagnitude, places: 1074)
    #expect(
      text.hasPrefix("0." + String(repeating: "0", count: 323) + "494065645841246544176568792868221372"))
    #expect(text.hasSuffix("625"))
    #expect(Rounding.up(.leastNonzeroMagnitude, places: 1074) == text)
  }

  /// down ≤ x ≤ up and up − down is 0 or one unit, in exact integer arithmetic: x = m·2⁻ᵏ against S·10⁻ᵖ is
  /// m·10ᵖ against S·2ᵏ, both below 2¹²⁸.
  @Test(arguments: [0, 1, 3, 6, 9])
  func staysOnItsSide(places: Int) throws {
    var generator = SystemRandomNumberGenerator()
    let power = (0..<places).reduce(UInt64(1)) { product, _ in product * 10 }
    for index in 0..<4000 {
      var value = Double.random(in: 0x1p-10..<8, using: &generator)
      // A third lie at a decimal and next to it, where printing goes wrong.
      if index % 3 == 0 { value = Double((value * 1000).rounded()) / 1000 }
      if index % 6 == 0 { value = value.nextDown }
      guard value > 0 else { continue }
      let shift = 52 - Int(value.exponent)
      let significand = UInt64(value.significand * 0x1p52)
      let exact = significand.multipliedFullWidth(by: power)
      let down = try #require(UInt64(Rounding.down(value, places: places).filter { $0 != "." }))
      let up = try #require(UInt64(Rounding.up(value, places: places).filter { $0 != "." }))
      func scaled(_ number: UInt64) -> (high: UInt64, low: UInt64) {
        let product = number.multipliedFullWidth(by: 1 << UInt64(min(shift, 63)))
        return (product.high, product.low)
      }
      let (low, high) = (scaled(down), scaled(up))
      let target = (high: exact.high, low: exact.low)
      #expect(low <= target && target <= high, "\(value): \(down) \(up)")
      #expect(up == down + (low == target ? 0 : 1), "\(value): \(down) \(up)")
      let nearest = try #require(UInt64(Rounding.nearest(value, places: places).filter { $0 != "." }))
      #expect(nearest == down || nearest == up)
    }
  }

  @Test(arguments: [
    (61, 100, "61.0 %", "61.0 %"), (2, 3, "66.6 %", "66.7 %"), (0, 7, "0.0 %", "0.0 %"),
    (7, 7, "100.0 %", "100.0 %"), (9999, 10000, "99.9 %", "100.0 %"), (1, 10000, "0.0 %", "0.1 %"),
    (0, 0, "–", "–"),
  ])
  func percentages(count: Int, total: Int, down: String, up: String) {
    #expect(Rounding.percentDown(count, of: total) == down)
    #expect(Rounding.percentUp(count, of: total) == up)
  }

  @Test(arguments: [(2.0, 3), (0.1, 3), (0.0314, 4), (0.0099, 5), (1e-9, 9), (0, 3), (.nan, 3)])
  func placesFitTheData(largest: Double, places: Int) {
    #expect(Rounding.places(showing: largest) == places)
  }
}
