/// Why a text is not a requirement.
public struct RequirementError: Error, Equatable, CustomStringConvertible {
  /// The text.
  public var requirement: String
  /// Where it goes wrong, in characters from 1; `nil` when it is the whole.
  public var column: Int?
  /// What is wrong and what to write.
  public var problem: String

  public init(requirement: String, column: Int?, problem: String) {
    self.requirement = requirement
    self.column = column
    self.problem = problem
  }

  public var description: String {
    "requirement `\(requirement)`\(column.map { ", column \($0)" } ?? ""): \(problem)"
  }
}
