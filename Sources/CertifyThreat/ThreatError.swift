/// Why a point or a budget does not fit a threat model.
public enum ThreatError: Error, Equatable, CustomStringConvertible {
  /// The first coordinate of a point that lies outside the box, or is NaN.
  case outsideBounds(coordinate: Int, value: Float, lower: Float, upper: Float)
  /// The first coordinate of a point that is not k/steps for an integer k.
  case offGrid(coordinate: Int, value: Float, steps: Int)
  /// A budget that is negative or NaN.
  case radius(Double)
  /// A point with another number of coordinates than expected.
  case dimension(expected: Int, found: Int)

  public var description: String {
    switch self {
    case .outsideBounds(let coordinate, let value, let lower, let upper):
      "coordinate \(coordinate) is \(value), outside [\(lower), \(upper)]; "
        + "scale the data, or give the bounds it really has"
    case .offGrid(let coordinate, let value, let steps):
      "coordinate \(coordinate) is \(value), which is not k/\(steps) for an integer k; "
        + "use 8-bit data, or a noise that does not need the grid"
    case .radius(let radius):
      "a radius of \(radius) makes no ball; give a number that is 0 or more"
    case .dimension(let expected, let found):
      "a point has \(found) coordinates where \(expected) are expected"
    }
  }
}
