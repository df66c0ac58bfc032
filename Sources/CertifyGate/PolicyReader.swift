import CertifyResults
import CertifyThreat
import Yams

/// Turns the nodes of a policy into values.
struct PolicyReader {
  static let keys = ["version", "requirements"] + RunParameters.names

  func policy(_ mapping: Node.Mapping) throws -> Policy {
    var parameters = RunParameters()
    var requirements: [Requirement] = []
    var version: Int?
    for (keyNode, value) in mapping {
      let field = try PolicyField(keyNode, value, known: Self.keys)
      switch field.name {
      case "version":
        version = try field.integer("names the form") { _ in true }
        guard version == Policy.currentVersion else {
          throw field.failure("this certify reads version \(Policy.currentVersion)")
        }
      case "requirements": requirements = try self.requirements(field)
      default: try set(field, in: &parameters)
      }
    }
    guard version != nil else {
      throw PolicyError(line: 1, problem: "`version` is missing; write `version: \(Policy.currentVersion)`")
    }
    if parameters.first != nil, parameters.every != nil {
      throw PolicyError(line: nil, problem: "`first` and `every` exclude each other; keep one")
    }
    return Policy(requirements: requirements, parameters: parameters)
  }

  private func set(_ field: PolicyField, in parameters: inout RunParameters) throws {
    switch field.name {
    case "seed": parameters.seed = try field.unsigned()
    case "samples": parameters.samples = try field.integer("at least 1") { $0 >= 1 }
    case "selection-samples": parameters.selectionSamples = try field.integer("at least 1") { $0 >= 1 }
    case "alpha":
      parameters.alpha = try field.scalar(
        "is a number between 0 and 1", DecimalNumber.parse, valid: { $0 > 0 && $0 < 1 })
    case "sigma": parameters.sigmas = try field.numbers("is a number above 0") { $0 > 0 }
    case "epsilon": parameters.epsilons = try field.numbers("is a number above 0") { $0 > 0 }
    case "noise": parameters.noises = try field.texts()
    case "attack": parameters.attacks = try field.texts()
    case "certificate": parameters.certificates = try field.texts()
    case "norm": parameters.norms = try field.choices(Norm.self)
    case "classifier": parameters.classifiers = try field.choices(ClassifierKind.self)
    case "bounds":
      let bounds = try field.numbers("is two numbers, such as `0,1`", separatedByCommas: true) { _ in true }
      guard bounds.count == 2, bounds[0] < bounds[1] else {
        throw field.failure("`bounds` is two numbers, the smaller first, such as `0,1`")
      }
      parameters.bounds = bounds
    case "first": parameters.first = try field.integer("at least 1") { $0 >= 1 }
    case "every": parameters.every = try field.integer("at least 1") { $0 >= 1 }
    default: throw field.failure("`\(field.name)` is not a parameter of a run")
    }
  }

  private func requirements(_ field: PolicyField) throws -> [Requirement] {
    guard case .sequence(let nodes) = field.value else {
      throw field.failure("`requirements` is a list: write each on a line of its own after `- `")
    }
    return try nodes.map { node in
      let line = node.mark?.line
      do {
        switch node {
        case .scalar(let scalar): return try Requirement(parsing: scalar.string)
        case .mapping(let mapping): return try RequirementMapping(mapping).requirement()
        default: throw PolicyError(line: line, problem: "a requirement is a text or a mapping")
        }
      } catch let error as RequirementError {
        throw PolicyError(line: line, problem: error.description)
      }
    }
  }
}

/// A requirement written as a mapping: `figure`, its own argument, selectors, and `at-least` or `at-most`.
private struct RequirementMapping {
  static let keys =
    ["figure", "radius", "quantile"] + RequirementParser.selectors + ["at-least", "at-most"]
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
    guard let figure = fields.first(where: { $0.name == "figure" }) else {
      throw PolicyError(line: line, problem: "a requirement needs `figure`, such as `certified-accuracy`")
    }
    let name = try figure.text()
    guard Figure.names.contains(name) else {
      throw figure.failure("there is no figure `\(name)`; \(NearestName.hint(name, among: Figure.names))")
    }
    let bounds = fields.filter { $0.name == "at-least" || $0.name == "at-most" }
    guard bounds.count == 1, let bound = bounds.first else {
      throw PolicyError(line: line, problem: "a requirement needs either `at-least` or `at-most`")
    }
    let threshold = try bound.scalar("is a number", DecimalNumber.parse)
    let arguments = try fields.filter { $0.name != "figure" && $0.name != bound.name }.map { field in
      RequirementArgument(name: field.name, value: try field.text(), column: nil)
    }
    let comparison: Comparison = bound.name == "at-least" ? .atLeast : .atMost
    let list = arguments.map { "\($0.name ?? ""): \($0.value)" }.joined(separator: ", ")
    let text = "\(name)\(list.isEmpty ? "" : "(\(list))") \(comparison.rawValue) \(try bound.text())"
    return try RequirementBuilder(figureName: name, text: text).build(
      arguments: arguments, comparison: comparison, threshold: threshold, thresholdColumn: nil)
  }
}
