/// Which inputs of a data set a run looks at.
public enum Selection: Sendable, Equatable {
  /// Every input.
  case all
  /// The first N, or all when there are fewer.
  case first(Int)
  /// Inputs 0, K, 2K, ….
  case every(Int)

  /// The positions selected among `count` inputs, ascending.
  ///
  /// - Throws: ``DataError/nothingSelected(problem:)`` when there are none, or the number given is below 1.
  public func indices(count: Int) throws -> [Int] {
    guard count > 0 else { throw DataError.nothingSelected(problem: "the data hold none") }
    switch self {
    case .all: return Array(0..<count)
    case .first(let number):
      guard number > 0 else {
        throw DataError.nothingSelected(problem: "the first \(number) were asked for; ask for 1 or more")
      }
      return Array(0..<min(number, count))
    case .every(let step):
      guard step > 0 else {
        throw DataError.nothingSelected(problem: "a step of \(step) was asked for; ask for 1 or more")
      }
      return Array(stride(from: 0, to: count, by: step))
    }
  }
}
