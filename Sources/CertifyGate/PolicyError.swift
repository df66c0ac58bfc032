/// Why a text is not a policy.
public struct PolicyError: Error, Equatable, CustomStringConvertible {
  /// The line at fault, from 1, where it is known.
  public var line: Int?
  /// What is wrong and what to write.
  public var problem: String

  public init(line: Int?, problem: String) {
    self.line = line
    self.problem = problem
  }

  public var description: String {
    "policy\(line.map { ", line \($0)" } ?? ""): \(problem)"
  }
}
