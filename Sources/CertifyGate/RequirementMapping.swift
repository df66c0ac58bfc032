import CertifyResults
import Yams

/// A requirement written as a mapping: either `requirement`, the text, or `figure`, its own argument,
/// selectors, and `at-least`, `at-most` or `tolerance`; and the `level`.
struct RequirementMapping {
  static let keys =
    ["requirement", "level", "figure", "radius", "quantile"] + RequirementParser.selectors + bounds
  private static let bounds = ["at-least", "at-most", "tolerance"]
  private var fields: [PolicyField] = []
  private let line: Int?

  init(_ mapping: Node.Mapping) throws {
    line = mapping.mark?.line
    for (key, value) in mapping {
      if let text = key.string, text.contains("(") {
        throw PolicyError(
          line: key.mark?.line,
          problem: "`\(text): …` was read as a mapping; put the requirement in single quotes")
      }
      fields.append(try PolicyField(key, value, known: Self.keys))
    }
  }

  func requirement() throws -> Requirement {
    var requirement = try bare()
    if let level = fields.first(where: { $0.name == "level" }) {
      let levels = try level.choices(RequirementLevel.self)
      guard levels.count == 1 else { throw level.failure("`level` is one of off, warn, error") }
      requirement.level = levels[0]
    }
    return requirement
  }

  private func bare() throws -> Requirement {
    if let text = fields.first(where: { $0.name == "requirement" }) {
      if let other = fields.first(where: { $0.name != "requirement" && $0.name != "level" }) {
        throw other.failure("`\(other.name)` belongs into the text of `requirement`")
      }
      return try Requirement(parsing: try text.text())
    }
    guard let figure = fields.first(where: { $0.name == "figure" }) else {
      throw PolicyError(line: line, problem: "a requirement needs `figure`, such as `certified-accuracy`")
    }
    let name = try figure.text()
    guard Figure.names.contains(name) else {
      throw figure.failure("there is no figure `\(name)`; \(NearestName.hint(name, among: Figure.names))")
    }
    let bounds = fields.filter { Self.bounds.contains($0.name) }
    guard bounds.count == 1, let bound = bounds.first else {
      throw PolicyError(
        line: line, problem: "a requirement needs one of `at-least`, `at-most` and `tolerance`")
    }
    let value = try bound.scalar("is a number", DecimalNumber.parse)
    let arguments = try fields.filter { !["figure", "level", bound.name].contains($0.name) }.map { field in
      RequirementArgument(name: field.name, value: try field.text(), column: nil)
    }
    let list = arguments.map { "\($0.name ?? ""): \($0.value)" }.joined(separator: ", ")
    let call = "\(name)\(list.isEmpty ? "" : "(\(list))")"
    if bound.name == "tolerance" {
      return try RequirementBuilder(
        figureName: name, text: "\(RequirementParser.regression)(\(call), tolerance: \(try bound.text()))"
      ).buildRegression(arguments: arguments, tolerance: value)
    }
    let comparison: Comparison = bound.name == "at-least" ? .atLeast : .atMost
    return try RequirementBuilder(
      figureName: name, text: "\(call) \(comparison.rawValue) \(try bound.text())"
    ).build(arguments: arguments, comparison: comparison, threshold: value, thresholdColumn: nil)
  }
}
