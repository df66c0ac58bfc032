import CertifyThreat

/// Why a certificate cannot be computed.
public enum CertificateError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A count lies outside the range it must have.
  case countOutOfRange(name: String, value: Int, range: ClosedRange<Int>)
  /// A real argument lies outside the interval it must have, or is NaN.
  case valueOutOfRange(name: String, value: Double, interval: String)
  /// The input has another number of coordinates than the model.
  case wrongInputCount(found: Int, expected: Int)
  /// A coordinate of the input is NaN, infinite or outside the bounds.
  case badCoordinate(index: Int, value: Float, bounds: InputSpace.Bounds?)

  public var description: String {
    switch self {
    case .countOutOfRange(let name, let value, let range):
      "\(name) is \(value); give a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .valueOutOfRange(let name, let value, let interval):
      "\(name) is \(value); give a number in \(interval)"
    case .wrongInputCount(let found, let expected):
      "the input has \(found) numbers and the model takes \(expected); give data of the model's shape"
    case .badCoordinate(let index, let value, let bounds):
      if let bounds {
        "coordinate \(index) of the input is \(value), outside [\(bounds.lower), \(bounds.upper)]; correct the data or the bounds"
      } else {
        "coordinate \(index) of the input is \(value); give finite data"
      }
    }
  }
}
