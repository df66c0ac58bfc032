/// Why a point or a budget does not fit a threat model.
public enum ThreatError: Error, Equatable, CustomStringConvertible {
  /// The first coordinate of a point that lies outside the box, or is NaN.
  case outsideBounds(coordinate: Int, value: Float, lower: Float, upper: Float)
  /// The first coordinate of a point that is not k/steps for an integer k.
  case offGrid(coordinate: Int, value: Float, steps: Int)
  /// An interval without a finite value in it.
  case interval(coordinate: Int, lower: Float, upper: Float)
  /// A step that is negative, infinite or NaN.
  case step(coordinate: Int, Float)
  /// A scale that is not positive and finite.
  case scale(coordinate: Int, Float)
  /// A coordinate that an input does not have.
  case noCoordinate(Int, dimension: Int)
  /// An immutable coordinate that was changed.
  case immutable(coordinate: Int)
  /// A coordinate that moved by no whole number of steps.
  case offStep(coordinate: Int, value: Float, step: Float)
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
    case .interval(let coordinate, let lower, let upper):
      "coordinate \(coordinate) has no value between \(lower) and \(upper); give the lower bound first"
    case .step(let coordinate, let step):
      "coordinate \(coordinate) cannot move in steps of \(step); give a number above 0, or 0 for any move"
    case .scale(let coordinate, let scale):
      "coordinate \(coordinate) cannot be measured in units of \(scale); give a finite number above 0"
    case .noCoordinate(let coordinate, let dimension):
      "there is no coordinate \(coordinate); inputs have coordinates 0 to \(dimension - 1)"
    case .immutable(let coordinate):
      "coordinate \(coordinate) was changed and may not be"
    case .offStep(let coordinate, let value, let step):
      "coordinate \(coordinate) is \(value), which is no whole number of steps of \(step) away from the input"
    case .radius(let radius):
      "a radius of \(radius) makes no ball; give a number that is 0 or more"
    case .dimension(let expected, let found):
      "a point has \(found) coordinates where \(expected) are expected"
    }
  }
}
