import CertifyResults
import CertifyThreat

/// One argument of a requirement, still text.
struct RequirementArgument {
  /// `nil` for a bare value.
  var name: String?
  var value: String
  /// Where it stands in the text, from 1; `nil` when it comes from a mapping.
  var column: Int?
}

/// Turns a figure's name and its arguments into a requirement, checking every range.
struct RequirementBuilder {
  var figureName: String
  var text: String

  /// The name of the figure's own argument, if it takes one.
  private var ownArgument: String? {
    switch figureName {
    case "certified-accuracy", "attacked-accuracy": "radius"
    case "certified-radius": "quantile"
    default: nil
    }
  }

  /// A `no-regression` of the figure.
  func buildRegression(arguments: [RequirementArgument], tolerance: Double) throws -> Requirement {
    let comparison: Comparison = figureName == "abstention-rate" ? .atMost : .atLeast
    var requirement = try build(
      arguments: arguments, comparison: comparison, threshold: 0, thresholdColumn: nil)
    guard requirement.confidence == nil else {
      throw RequirementError(
        requirement: text, column: nil,
        problem: "`confidence` does not go with `no-regression`, which compares the same inputs; leave it out"
      )
    }
    guard tolerance >= 0, tolerance.isFinite else {
      throw RequirementError(
        requirement: text, column: nil, problem: "`tolerance` is a number of 0 or more, found \(tolerance)")
    }
    requirement.tolerance = tolerance
    return requirement
  }

  func build(
    arguments: [RequirementArgument], comparison: Comparison, threshold: Double, thresholdColumn: Int?
  ) throws -> Requirement {
    var selector = Selector()
    var confidence: Double?
    var own: Double?
    var seen: Set<String> = []
    for argument in arguments {
      let name = try self.name(of: argument)
      guard seen.insert(name).inserted else { throw failure(argument, "`\(name)` is given twice") }
      switch name {
      case "classifier": selector.classifier = try choice(argument, name, ClassifierKind.self)
      case "norm": selector.norm = try choice(argument, name, Distance.self)
      case "noise": selector.noise = argument.value
      case "sigma": selector.sigma = try number(argument, name, "above 0") { $0 > 0 }
      case "confidence":
        confidence = try number(argument, name, "from 0.5 to below 1") { $0 >= 0.5 && $0 < 1 }
      case "quantile": own = try number(argument, name, "from 0 to 1") { $0 >= 0 && $0 <= 1 }
      default: own = try number(argument, name, "of 0 or more") { $0 >= 0 }
      }
    }
    if selector.classifier == .base, selector.sigma != nil || selector.noise != nil {
      throw RequirementError(
        requirement: text, column: nil, problem: "the base classifier has no `sigma` and no `noise`")
    }
    let figure = try figure(own)
    try check(threshold, of: figure, column: thresholdColumn)
    return Requirement(
      figure: figure, selector: selector, comparison: comparison, threshold: threshold,
      confidence: confidence, text: text)
  }

  private func name(of argument: RequirementArgument) throws -> String {
    if let name = argument.name {
      let known = (ownArgument.map { [$0] } ?? []) + RequirementParser.selectors
      guard known.contains(name) else {
        throw failure(argument, "there is no selector `\(name)`; \(NearestName.hint(name, among: known))")
      }
      return name
    }
    guard let ownArgument else {
      throw failure(argument, "`\(figureName)` takes no bare value; write a selector, such as `norm: l2`")
    }
    return ownArgument
  }

  private func figure(_ own: Double?) throws -> Figure {
    switch (figureName, own) {
    case ("certified-accuracy", let radius?): return .certifiedAccuracy(radius: radius)
    case ("attacked-accuracy", let radius?): return .attackedAccuracy(radius: radius)
    case ("certified-radius", let quantile?): return .certifiedRadius(quantile: quantile)
    case ("clean-accuracy", _): return .cleanAccuracy
    case ("mean-certified-radius", _): return .meanCertifiedRadius
    case ("median-certified-radius", _): return .medianCertifiedRadius
    case ("abstention-rate", _): return .abstentionRate
    default:
      throw RequirementError(
        requirement: text, column: nil,
        problem: "`\(figureName)` needs a \(ownArgument ?? "value"), such as `\(figureName)(0.5)`")
    }
  }

  private func check(_ threshold: Double, of figure: Figure, column: Int?) throws {
    if figure.isFraction, !(threshold >= 0 && threshold <= 1) {
      let percent = threshold > 1 && threshold <= 100 ? "; for \(threshold) % write \(threshold / 100)" : ""
      throw RequirementError(
        requirement: text, column: column,
        problem: "`\(figureName)` is a fraction from 0 to 1, \(threshold) is not\(percent)")
    }
    if !figure.isFraction, !(threshold >= 0) {
      throw RequirementError(
        requirement: text, column: column, problem: "a radius is 0 or more, \(threshold) is not")
    }
  }

  private func number(
    _ argument: RequirementArgument, _ name: String, _ range: String, _ valid: (Double) -> Bool
  ) throws -> Double {
    guard let value = DecimalNumber.parse(argument.value), valid(value) else {
      throw failure(argument, "`\(name)` is a number \(range), found `\(argument.value)`")
    }
    return value
  }

  private func choice<Value: RawRepresentable & CaseIterable>(
    _ argument: RequirementArgument, _ name: String, _: Value.Type
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: argument.value) else {
      let hint = NearestName.hint(argument.value, among: Value.allCases.map(\.rawValue))
      throw failure(argument, "there is no \(name) `\(argument.value)`; \(hint)")
    }
    return value
  }

  private func failure(_ argument: RequirementArgument, _ problem: String) -> RequirementError {
    RequirementError(requirement: text, column: argument.column, problem: problem)
  }
}
