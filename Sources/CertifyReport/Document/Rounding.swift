/// The one place where figures are rounded for reading: certificates down, upper bounds up, on the exact
/// decimal expansion of the double.
public enum Rounding {
  /// The largest decimal with `places` digits behind the point that is not above `value`: 1.9057 is `1.905`.
  public static func down(_ value: Double, places: Int) -> String { text(value, places, .down) }

  /// The smallest decimal with `places` digits behind the point that is not below `value`.
  public static func up(_ value: Double, places: Int) -> String { text(value, places, .up) }

  /// The nearest decimal with `places` digits behind the point, halves away from zero: for figures that
  /// claim nothing, such as positions in a drawing.
  ///
  /// - Parameters:
  ///   - value: Any finite number.
  ///   - places: How many digits behind the point, at least 0.
  public static func nearest(_ value: Double, places: Int) -> String { text(value, places, .nearest) }

  /// count / total as a percentage with one digit behind the point; `–` of nothing.
  public static func percentDown(_ count: Int, of total: Int) -> String { percent(count, total, .down) }

  /// As `percentDown`, rounded up.
  ///
  /// - Parameters:
  ///   - count: How many of them, at least 0.
  ///   - total: How many there are, at least 1.
  public static func percentUp(_ count: Int, of total: Int) -> String { percent(count, total, .up) }

  /// As `percentDown`, to the nearest.
  ///
  /// - Parameters:
  ///   - count: How many of them, at least 0.
  ///   - total: How many there are, at least 1.
  public static func percentNearest(_ count: Int, of total: Int) -> String { percent(count, total, .nearest) }

  /// A fraction as a percentage with one digit behind the point, not above it.
  public static func percentDown(_ fraction: Double) -> String { "\(down(fraction * 100, places: 1)) %" }

  /// A fraction as a percentage with one digit behind the point, not below it.
  public static func percentUp(_ fraction: Double) -> String { "\(up(fraction * 100, places: 1)) %" }

  /// The digits behind the point that show at least three significant digits of radii up to `largest`;
  /// between 3 and 9.
  public static func places(showing largest: Double) -> Int {
    var places = 3
    var threshold = 0.1
    while places < 9, largest > 0, largest < threshold {
      places += 1
      threshold /= 10
    }
    return places
  }

  private enum Direction {
    case down, up, nearest

    /// The direction for the magnitude of a negative value.
    var mirrored: Direction {
      switch self {
      case .down: .up
      case .up: .down
      case .nearest: .nearest
      }
    }
  }

  private static func text(_ value: Double, _ places: Int, _ direction: Direction) -> String {
    if value.isNaN { return "not a number" }
    guard let decimal = ExactDecimal(value) else { return value < 0 ? "−∞" : "∞" }
    let places = max(0, places)
    let kept = decimal.fractionDigits.prefix(places)
    let rest = decimal.fractionDigits.dropFirst(places)
    var digits = decimal.integerDigits + kept + Array(repeating: 0, count: places - kept.count)
    let grows =
      switch decimal.isNegative ? direction.mirrored : direction {
      case .down: false
      case .up: rest.contains { $0 != 0 }
      case .nearest: (rest.first ?? 0) >= 5
      }
    if grows { increment(&digits) }
    let characters = digits.map(String.init).joined()
    let sign = decimal.isNegative && digits.contains { $0 != 0 } ? "-" : ""
    guard places > 0 else { return sign + characters }
    return sign + characters.dropLast(places) + "." + characters.suffix(places)
  }

  private static func increment(_ digits: inout [UInt8]) {
    for index in digits.indices.reversed() {
      if digits[index] < 9 {
        digits[index] += 1
        return
      }
      digits[index] = 0
    }
    digits.insert(1, at: 0)
  }

  /// In integers: 1000·count / total in tenths of a percent.
  private static func percent(_ count: Int, _ total: Int, _ direction: Direction) -> String {
    guard total > 0, count >= 0, count <= Int.max / 2000, total <= Int.max / 2 else { return "–" }
    let scaled = 1000 * count
    let tenths =
      switch direction {
      case .down: scaled / total
      case .up: (scaled + total - 1) / total
      case .nearest: (scaled + total / 2) / total
      }
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
