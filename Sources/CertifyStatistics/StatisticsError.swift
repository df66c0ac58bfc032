/// Why a statistical function refuses its arguments or has no result.
public enum StatisticsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A count lies outside the range it must have.
  case countOutOfRange(name: String, value: Int, range: ClosedRange<Int>)
  /// A real argument lies outside the interval it must have, or is NaN.
  case valueOutOfRange(name: String, value: Double, interval: String)
  /// Two classes that must differ are the same.
  case classesNotDistinct(Int)
  /// A list has another length than the number of classes.
  case wrongClassCount(found: Int, expected: Int)
  /// A numerical routine gave no number.
  case noResult(function: String, reason: String)

  public var description: String {
    switch self {
    case .countOutOfRange(let name, let value, let range):
      "\(name) is \(value); give a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .valueOutOfRange(let name, let value, let interval):
      "\(name) is \(value); give a number in \(interval)"
    case .classesNotDistinct(let label):
      "class \(label) is tested against itself; give a rival that differs from the label"
    case .wrongClassCount(let found, let expected):
      "\(found) class counts were given for \(expected) classes; give one count a class"
    case .noResult(let function, let reason):
      "\(function) gave no number: \(reason); please report the arguments"
    }
  }
}

/// Checks of arguments that several functions share.
enum Check {
  /// The most trials that are accepted: exact in a `Double`, and summed in well under a second.
  static let mostTrials = 1 << 40

  static func trials(_ trials: Int) throws(StatisticsError) {
    guard (1...mostTrials).contains(trials) else {
      throw .countOutOfRange(name: "the number of trials", value: trials, range: 1...mostTrials)
    }
  }

  static func successes(_ successes: Int, of trials: Int) throws(StatisticsError) {
    guard (0...trials).contains(successes) else {
      throw .countOutOfRange(name: "the number of successes", value: successes, range: 0...trials)
    }
  }

  static func level(_ value: Double, name: String) throws(StatisticsError) {
    guard value > 0, value < 1 else { throw .valueOutOfRange(name: name, value: value, interval: "(0, 1)") }
  }

  static func positive(_ value: Double, name: String) throws(StatisticsError) {
    guard value > 0, value.isFinite else {
      throw .valueOutOfRange(name: name, value: value, interval: "(0, ∞)")
    }
  }

  /// a + b of two counts, or an error when it exceeds what is accepted.
  static func sum(_ a: Int, _ b: Int) throws(StatisticsError) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow, sum <= mostTrials else {
      throw .countOutOfRange(
        name: "the number of samples", value: overflow ? .max : sum, range: 0...mostTrials)
    }
    return sum
  }

  static func count(_ value: Int, name: String) throws(StatisticsError) {
    guard (0...mostTrials).contains(value) else {
      throw .countOutOfRange(name: name, value: value, range: 0...mostTrials)
    }
  }
}
