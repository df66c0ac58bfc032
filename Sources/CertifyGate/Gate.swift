import CertifyResults

/// Judges a run: pure, results and requirements in, verdict out.
public enum Gate {
  /// Judges requirements one by one.
  ///
  /// An incomplete run, no inputs, a radius that is not a number and abstentions never make a requirement
  /// pass, in either direction. Contradictions that stand are counted apart (`ExitStatus`).
  ///
  /// - Throws: `GateError` for a requirement that names several kinds of bracket, or none; what the
  ///   statistics throw.
  public static func judge(results: RunResults, requirements: [Requirement]) throws -> Verdict {
    let contradictions = results.inputs.reduce(0) { count, input in
      count + input.brackets.count(where: \.contradictionStands)
    }
    return Verdict(
      requirements: try requirements.map { try judge($0, on: results) }, contradictions: contradictions)
  }

  /// Checks before a run that each requirement names one kind of the brackets that it will have.
  ///
  /// - Throws: `GateError`.
  public static func check(_ requirements: [Requirement], for manifest: RunManifest) throws {
    for requirement in requirements { _ = try key(of: requirement, among: manifest.keys) }
  }

  /// Judges a run by a policy: first whether it is the run that the policy fixes, then the requirements.
  ///
  /// - Throws: As `judge(results:requirements:)`.
  public static func judge(results: RunResults, policy: Policy) throws -> Verdict {
    var verdict = try judge(results: results, requirements: policy.requirements)
    if !policy.parameters.isEmpty {
      let differences = policy.parameters.differences(from: results.manifest)
      verdict.requirements.insert(
        RequirementOutcome(
          requirement: "the run has the parameters that the policy fixes", expected: "no difference",
          found: nil, pass: differences.isEmpty,
          explanation: differences.isEmpty
            ? "Every parameter that the manifest records is the policy's."
            : differences.joined(separator: "; ") + ". Run again with the policy.",
          decidingInputs: []),
        at: 0)
    }
    return verdict
  }

  private static func judge(_ requirement: Requirement, on results: RunResults) throws -> RequirementOutcome {
    func failed(_ explanation: String, found: Double? = nil, deciding: [Int] = []) -> RequirementOutcome {
      RequirementOutcome(
        requirement: requirement.text, expected: requirement.expected, found: found, pass: false,
        explanation: explanation, decidingInputs: deciding)
    }

    let key = try key(of: requirement, in: results)
    guard let key else { return failed("The run has no inputs: there is nothing to judge.") }
    guard !results.inputs.isEmpty else {
      return failed("The run has no inputs: there is nothing to judge.")
    }
    let entries = results.inputs.map { (index: $0.index, bracket: $0.bracket(of: key)) }
    let missing = entries.filter { $0.bracket == nil }.map(\.index)
    if let first = missing.first {
      return failed(
        "\(missing.count) of \(entries.count) inputs have no bracket of \(key), the first is \(first).",
        deciding: Array(missing.prefix(20)))
    }
    let sample = Sample(
      key: key, manifest: results.manifest,
      inputs: entries.compactMap { entry in entry.bracket.map { (entry.index, $0) } },
      comparison: requirement.comparison)
    if let obstacle = sample.obstacle(to: requirement) { return failed(obstacle + ".") }

    let figure =
      if let confidence = requirement.confidence {
        try sample.bound(requirement, confidence: confidence)
      } else {
        sample.figure(requirement.figure)
      }
    let found = figure.flatMap { $0.isFinite ? $0 : nil }
    let selected = results.manifest.selectedInputs
    if results.interrupted || results.inputs.count < selected {
      return failed(
        "The run was interrupted after \(results.inputs.count) of \(selected) inputs: "
          + "the figure is of a part and does not count.",
        found: found, deciding: sample.deciding(requirement))
    }
    return RequirementOutcome(
      requirement: requirement.text, expected: requirement.expected, found: found,
      pass: found.map { requirement.comparison.holds($0, requirement.threshold) } ?? false,
      explanation: try sample.explanation(requirement, found: found),
      decidingInputs: sample.deciding(requirement))
  }

  /// The one key that a requirement means; `nil` when a run without inputs does not tell.
  private static func key(of requirement: Requirement, in results: RunResults) throws -> BracketKey? {
    let available = results.keys.isEmpty ? results.manifest.keys : results.keys
    do {
      return try key(of: requirement, among: available)
    } catch GateError.noMatch where results.inputs.isEmpty {
      return nil
    }
  }

  private static func key(of requirement: Requirement, among available: [BracketKey]) throws -> BracketKey {
    let candidates = available.filter { requirement.selector.matches($0) }
    if candidates.count > 1 {
      throw GateError.ambiguous(requirement: requirement.text, candidates: candidates)
    }
    guard let key = candidates.first else {
      throw GateError.noMatch(requirement: requirement.text, available: available)
    }
    return key
  }
}
