import CertifyResults

/// What keeps a run from being relied on, whatever was required of it. Every format names it, also where there
/// are no requirements.
struct Shortcoming: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    /// A witness lies inside a certified radius.
    case contradiction
    /// Inputs could not be evaluated.
    case notEvaluated = "not-evaluated"
    /// Inputs were not reached.
    case incomplete

    /// What holds where there is no such shortcoming.
    var assurance: String {
      switch self {
      case .contradiction: "no witness lies inside a certified radius"
      case .notEvaluated: "every input that was reached could be evaluated"
      case .incomplete: "every input was reached"
      }
    }
  }

  var kind: Kind
  /// What is wrong, with its count.
  var headline: String
  /// What it means, and which inputs it concerns, a line each.
  var details: [String]

  /// Those of a run, the gravest first. A shard may be a part.
  static func all(of source: ReportSource) -> [Shortcoming] {
    [contradiction(source), notEvaluated(source.results), incomplete(source.results)].compactMap(\.self)
  }

  /// Whether a run is a part without being a shard of one.
  static func isIncomplete(_ results: RunResults) -> Bool {
    results.interrupted
      || results.shard == nil
        && (results.inputs.isEmpty || results.inputs.count < results.manifest.selectedInputs)
  }

  private static func contradiction(_ source: ReportSource) -> Shortcoming? {
    let standing = source.summary.contradictions
    guard standing > 0 else { return nil }
    let inputs = source.results.inputs.filter { $0.brackets.contains(where: \.contradictionStands) }
    return Shortcoming(
      kind: .contradiction,
      headline: "\(PlainText.count(standing, "contradiction")) stood the retest",
      details: [
        "A witness lies inside a certified radius: a certificate, an attack or the tool is wrong; do not rely on "
          + "this run.", "inputs: \(PlainText.list(inputs.map(\.index), longest: 20))",
      ])
  }

  private static func notEvaluated(_ results: RunResults) -> Shortcoming? {
    let groups = FailedInputs.groups(results)
    guard !groups.isEmpty else { return nil }
    let count = groups.reduce(0) { $0 + $1.indices.count }
    return Shortcoming(
      kind: .notEvaluated,
      headline: "\(count) of \(PlainText.count(results.inputs.count, "input")) could not be evaluated",
      details: ["They count as not certified, and no gate is passed with them."]
        + groups.prefix(FailedInputs.longestList).map { group in
          "\(group.indices.count == 1 ? "input" : "inputs") \(PlainText.list(group.indices, longest: 20)): \(group.error)"
        })
  }

  private static func incomplete(_ results: RunResults) -> Shortcoming? {
    guard isIncomplete(results) else { return nil }
    return Shortcoming(
      kind: .incomplete,
      headline:
        "only \(results.inputs.count) of \(PlainText.count(results.manifest.selectedInputs, "input")) were reached",
      details: ["The figures are of these inputs only, and no gate is passed on a part."])
  }
}

/// The inputs that could not be evaluated, those with the same error together.
enum FailedInputs {
  /// Errors named before the rest is left to `results.csv`.
  static let longestList = 20

  /// In the order of the first input of each error.
  static func groups(_ results: RunResults) -> [(error: String, indices: [Int])] {
    let failed = results.inputs.compactMap { input in input.error.map { (index: input.index, error: $0) } }
    return Dictionary(grouping: failed, by: \.error)
      .map { error, inputs in (error: error, indices: inputs.map(\.index)) }
      .sorted { ($0.indices.first ?? 0) < ($1.indices.first ?? 0) }
  }
}
