/// Why a text is not a policy, or not a file of options.
public struct PolicyError: Error, Equatable, CustomStringConvertible {
  /// The line at fault, from 1, where it is known.
  public var line: Int?
  /// What is wrong and what to write.
  public var problem: String

  public init(line: Int?, problem: String) {
    self.line = line
    self.problem = problem
  }

  public var description: String { description(of: "policy") }

  /// What is wrong, `file` being what the text was meant to be.
  public func description(of file: String) -> String {
    "\(file)\(line.map { ", line \($0)" } ?? ""): \(problem)"
  }
}
