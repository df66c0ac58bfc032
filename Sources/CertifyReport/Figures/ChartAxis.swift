import CertifyResults
import Foundation

/// An axis of a ``Chart``.
package struct ChartAxis: Sendable {
  /// What is measured, with its unit.
  package var label: String
  /// The value at the left or lower end.
  package var low: Double
  /// The value at the right or upper end, above ``low``.
  package var high: Double
  /// Whether equal lengths are equal factors; both ends are then above 0.
  package var isLogarithmic: Bool

  /// An axis from `low` to `high`; an empty or undrawable interval becomes one of length 1, or a factor of 10.
  package init(_ label: String, from low: Double, to high: Double, isLogarithmic: Bool = false) {
    self.label = label
    self.isLogarithmic = isLogarithmic
    let start = low.isFinite && (!isLogarithmic || low > 0) ? low : isLogarithmic ? 1e-3 : 0
    self.low = start
    let least = isLogarithmic ? start * 10 : start + 1
    self.high = high.isFinite && high > start ? high : least
  }

  /// An axis that holds all finite values, with a twentieth of its length free at both ends.
  package init(_ label: String, holding values: some Sequence<Double>, isLogarithmic: Bool = false) {
    let drawn = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    let (least, most) = (drawn.min() ?? 0, drawn.max() ?? 0)
    if isLogarithmic {
      let room = least > 0 ? Self.root(most / least) : 2
      self.init(label, from: least / room, to: most * room, isLogarithmic: true)
    } else {
      let room = most > least ? 0.05 * (most - least) : 0.5
      self.init(label, from: least - room, to: most + room)
    }
  }

  /// Where a value lies: 0 at the lower end, 1 at the upper one; `nil` where it cannot be drawn.
  func place(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    guard isLogarithmic else { return (value - low) / (high - low) }
    guard value > 0 else { return nil }
    return log(value / low) / log(high / low)
  }

  /// The values that are marked, with their text.
  var ticks: [(value: Double, text: String)] {
    isLogarithmic ? powers : multiples
  }

  private var multiples: [(value: Double, text: String)] {
    let step = RadiusList.fitting(high - low, steps: 6).dropFirst().first ?? 1
    guard step > 0, high / step < 1e6, low / step > -1e6 else { return [] }
    var places = 0
    var scaled = step
    while places < 12, abs(scaled - scaled.rounded()) > 1e-9 * scaled {
      places += 1
      scaled *= 10
    }
    let (first, last) = ((low / step - 1e-9).rounded(.up), (high / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (Int(first)...Int(last)).map { index in
      let value = Double(index) * step
      return (value, Rounding.nearest(value, places: places))
    }
  }

  private var powers: [(value: Double, text: String)] {
    var all: [(value: Double, text: String)] = []
    for exponent in -300...300 {
      let value = Rounding.power(ofTen: exponent)
      if value >= low * (1 - 1e-9), value <= high * (1 + 1e-9) {
        all.append((value, "10\(Rounding.superscript(exponent))"))
      }
    }
    let stride = (all.count + 7) / 8
    if all.count > 1 { return all.enumerated().filter { $0.offset % stride == 0 }.map(\.element) }
    return RadiusList.fitting(high, steps: 8).filter { $0 >= low && $0 <= high }
      .map { ($0, Rounding.significant($0, digits: 2)) }
  }

  /// The factor left free at each end of a logarithmic axis, a tenth of its length at most.
  private static func root(_ factor: Double) -> Double {
    var factor = factor
    for _ in 0..<4 { factor = factor.squareRoot() }
    return max(factor, 1.25)
  }
}
