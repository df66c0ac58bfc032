import CertifyResults

/// `junit.xml`: one test case a requirement, or one an input, for CI servers that show test results.
///
/// A requirement that falls short is a failure, one that could not be judged an error, one that is waived,
/// only warns or is switched off is skipped with the reason. What keeps a run from being relied on (a
/// contradiction, inputs that could not be evaluated or were not reached) has cases of its own, whatever is required.
public struct JUnitReport: ReportFormat {
  /// Whether every input is a case too: a failure where it is not certified (or, without certificates, broken)
  /// at the radius that the requirements ask for.
  private let inputs: Bool

  /// Creates the format with a case a requirement, and one an input besides where `inputs` is set.
  public init(inputs: Bool = false) { self.inputs = inputs }

  public var name: String { inputs ? "junit-inputs" : "junit" }
  public var purpose: String { inputs ? "JUnit XML, one case an input" : "JUnit XML, one case a requirement" }

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    var suites = [Suite(name: "requirements", cases: assurances(source) + requirements(source))]
    if inputs {
      for group in source.summary.groups {
        suites.append(Suite(name: Wording.title(group.key), cases: cases(group, source)))
      }
    }
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="certify" \(Self.counts(suites.flatMap(\.cases)))>
      \(suites.map { $0.xml(properties(source.results.manifest)) }.joined(separator: "\n"))
      </testsuites>

      """
    return [ReportFile(path: "junit.xml", text: text)]
  }

  private func assurances(_ source: ReportSource) -> [Case] {
    let shortcomings = Shortcoming.all(of: source)
    return Shortcoming.Kind.allCases.map { kind in
      Case(
        suite: "certify.run", name: kind.assurance,
        result: shortcomings.first { $0.kind == kind }.map(result) ?? .passed)
    }
  }

  private func result(_ shortcoming: Shortcoming) -> Case.Result {
    let text = shortcoming.details.joined(separator: "\n")
    let type = shortcoming.kind.rawValue
    return shortcoming.kind == .contradiction
      ? .failed(type: type, message: shortcoming.headline, text: text)
      : .error(type: type, message: shortcoming.headline, text: text)
  }

  private func requirements(_ source: ReportSource) -> [Case] {
    (source.verdict?.requirements ?? []).map { outcome in
      Case(suite: "certify.requirements", name: outcome.requirement, result: result(outcome))
    }
  }

  private func result(_ outcome: RequirementOutcome) -> Case.Result {
    let message = Wording.shortfall(outcome)
    let text = Wording.reasons(outcome).joined(separator: "\n")
    if outcome.level == .off { return .skipped("switched off by the policy") }
    if outcome.pass { return .passed }
    if !outcome.judged { return .error(type: "not-judged", message: message, text: text) }
    if outcome.fails { return .failed(type: "requirement", message: message, text: text) }
    if outcome.isWaived, let waiver = outcome.waiver {
      return .skipped("waived until \(waiver.expires) (\(waiver.reason)): \(message)")
    }
    return .skipped("warning only: \(message)")
  }

  private func cases(_ group: GroupSummary, _ source: ReportSource) -> [Case] {
    let radius = source.keyRadius(of: group)
    let proofs = group.lowerAbsent < group.brackets
    return source.results.inputs.compactMap { input in
      let suite = "certify.\(Wording.fileName(group.key))"
      guard let bracket = input.bracket(of: group.key) else { return failed(input, suite, source) }
      let holds = proofs ? bracket.isCertified(at: radius) : bracket.survivesAttack(at: radius)
      let places = group.places
      let lower = bracket.lowerInForce.map { "≥ \(Rounding.down($0.radius, places: places))" } ?? "absent"
      let upper = bracket.upperInForce.map { "≤ \(Rounding.up($0.radius, places: places))" } ?? "absent"
      let predicted = bracket.predicted.map(source.names.name) ?? "nothing: it abstained"
      return Case(
        suite: suite, name: Self.name(input, source),
        result: holds
          ? .passed
          : .failed(
            type: "input",
            message: "\(proofs ? "not certified" : "broken") at radius \(Wording.number(radius))",
            text: "predicted \(predicted); certified \(lower); attacked \(upper)"))
    }
  }

  /// The case of an input that could not be evaluated; `nil` for another.
  private func failed(_ input: InputResult, _ suite: String, _ source: ReportSource) -> Case? {
    input.error.map { error in
      Case(
        suite: suite, name: Self.name(input, source),
        result: .error(
          type: Shortcoming.Kind.notEvaluated.rawValue, message: "it could not be evaluated", text: error))
    }
  }

  private static func name(_ input: InputResult, _ source: ReportSource) -> String {
    "input \(input.index) (\(source.names.name(input.label)))"
  }

  private func properties(_ manifest: RunManifest) -> [(String, String)] {
    [
      ("model", manifest.model.path), ("model-sha256", manifest.model.sha256), ("data", manifest.data.path),
      ("data-sha256", manifest.data.sha256), ("seed", "\(manifest.seed)"), ("command", manifest.command),
    ]
  }

  /// Of all suites; servers that check the form know no count of skipped cases here.
  fileprivate static func counts(_ cases: [Case]) -> String {
    "tests=\"\(cases.count)\" failures=\"\(count(.failed, cases))\" errors=\"\(count(.error, cases))\""
  }

  fileprivate static func count(_ kind: Case.Kind, _ cases: [Case]) -> Int {
    cases.count { $0.result.kind == kind }
  }

  private struct Suite {
    var name: String
    var cases: [Case]

    func xml(_ properties: [(String, String)]) -> String {
      let records = properties.map { name, value in
        "<property name=\"\(name)\" value=\"\(MarkupText.escaped(value))\"/>"
      }
      return """
        <testsuite name="\(MarkupText.escaped(name))" \(JUnitReport.counts(cases)) \
        skipped="\(JUnitReport.count(.skipped, cases))">
        <properties>
        \(records.joined(separator: "\n"))
        </properties>
        \(cases.map(\.xml).joined(separator: "\n"))
        </testsuite>
        """
    }
  }

  fileprivate struct Case {
    enum Kind { case passed, failed, error, skipped }

    enum Result {
      case passed
      case failed(type: String, message: String, text: String)
      case error(type: String, message: String, text: String)
      case skipped(String)

      var kind: Kind {
        switch self {
        case .passed: .passed
        case .failed: .failed
        case .error: .error
        case .skipped: .skipped
        }
      }
    }

    var suite: String
    var name: String
    var result: Result

    var xml: String {
      let head = "<testcase classname=\"\(MarkupText.escaped(suite))\" name=\"\(MarkupText.escaped(name))\""
      let body: String
      switch result {
      case .passed: return head + "/>"
      case .failed(let type, let message, let text):
        body =
          "<failure type=\"\(type)\" message=\"\(MarkupText.escaped(message))\">\(Self.lines(text))</failure>"
      case .error(let type, let message, let text):
        body =
          "<error type=\"\(type)\" message=\"\(MarkupText.escaped(message))\">\(Self.lines(text))</error>"
      case .skipped(let message): body = "<skipped message=\"\(MarkupText.escaped(message))\"/>"
      }
      return "\(head)>\(body)</testcase>"
    }

    private static func lines(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { MarkupText.escaped(String($0)) }
        .joined(separator: "\n")
    }
  }
}
