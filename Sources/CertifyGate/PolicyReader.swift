import CertifyResults
import CertifyThreat
import Yams

/// Turns the nodes of a policy into values.
struct PolicyReader {
  static let keys = ["version", "requirements", "waivers"] + RunParameters.names

  func policy(_ mapping: Node.Mapping) throws -> Policy {
    var parameters = RunParameters()
    var requirements: [Requirement] = []
    var waivers: [(waiver: Waiver, line: Int?)] = []
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
      case "waivers": waivers = try WaiverReader().waivers(field)
      default: try set(field, in: &parameters)
      }
    }
    guard version != nil else {
      throw PolicyError(line: 1, problem: "`version` is missing; write `version: \(Policy.currentVersion)`")
    }
    if parameters.first != nil, parameters.every != nil {
      throw PolicyError(line: nil, problem: "`first` and `every` exclude each other; keep one")
    }
    try WaiverReader.check(waivers, requirements)
    return Policy(requirements: requirements, parameters: parameters, waivers: waivers.map(\.waiver))
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
    case "norm": parameters.norms = try field.choices(Distance.self)
    case "classifier": parameters.classifiers = try field.choices(ClassifierKind.self)
    case "bounds":
      let bounds = try field.numbers("is two numbers, such as `0,1`", separatedByCommas: true) { _ in true }
      guard bounds.count == 2, bounds[0] < bounds[1] else {
        throw field.failure("`bounds` is two numbers, the smaller first, such as `0,1`")
      }
      parameters.bounds = bounds
    case "first": parameters.first = try field.integer("at least 1") { $0 >= 1 }
    case "every": parameters.every = try field.integer("at least 1") { $0 >= 1 }
    case "decide": parameters.decide = try field.numbers("is a number of at least 0") { $0 >= 0 }
    case "radius-tolerance":
      parameters.radiusTolerance = try field.scalar(
        "is a number above 0", DecimalNumber.parse, valid: { $0 > 0 && $0.isFinite })
    case "budget": parameters.budget = try field.integer("at least 1") { $0 >= 1 }
    case "simultaneous": parameters.simultaneous = try field.scalar("is true or false", Bool.init)
    case "aggregate": parameters.aggregate = try field.scalar("is true or false", Bool.init)
    case "best-sigma": parameters.bestSigma = try field.scalar("is true or false", Bool.init)
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
