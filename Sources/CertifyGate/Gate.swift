import CertifyResults

/// Judges a run: pure, results and requirements in, verdict out.
public enum Gate {
  /// Judges requirements one by one.
  ///
  /// An incomplete run, no inputs, a radius that is not a number and abstentions never make a requirement
  /// pass, in either direction. Contradictions that stand are counted apart (`ExitStatus`).
  ///
  /// - Parameters:
  ///   - results: The run.
  ///   - requirements: What it has to keep.
  ///   - baseline: The earlier run that `no-regression` compares with.
  /// - Throws: `GateError` for a requirement that names several kinds of bracket, or none, and for
  ///   `no-regression` without a baseline; what the statistics throw.
  public static func judge(
    results: RunResults, requirements: [Requirement], baseline: RunResults? = nil
  ) throws -> Verdict {
    let contradictions = results.inputs.reduce(0) { count, input in
      count + input.brackets.count(where: \.contradictionStands)
    }
    return Verdict(
      requirements: try requirements.map { try judge($0, on: results, baseline: baseline) },
      contradictions: contradictions, failedInputs: results.inputs.count { $0.error != nil })
  }

  /// Checks before a run that each requirement names one kind of the brackets that it will have, and that
  /// there is a baseline where one is needed.
  ///
  /// - Parameters:
  ///   - requirements: What is to be judged.
  ///   - manifest: What the run is asked for.
  ///   - hasBaseline: Whether there will be a run to compare with.
  /// - Throws: `GateError`.
  public static func check(
    _ requirements: [Requirement], for manifest: RunManifest, hasBaseline: Bool = false
  ) throws {
    for requirement in requirements where requirement.level != .off {
      _ = try key(of: requirement, among: manifest.keys)
      if requirement.tolerance != nil, !hasBaseline {
        throw GateError.noBaseline(requirement: requirement.text)
      }
    }
  }

  /// Judges a run by a policy: first whether it is the run that the policy fixes, then the requirements,
  /// each at its level and with the waiver it has.
  ///
  /// - Parameters:
  ///   - results: The run.
  ///   - policy: What it has to keep.
  ///   - baseline: The earlier run that `no-regression` compares with.
  ///   - today: The day on which waivers are looked at; without one none counts.
  /// - Throws: As `judge(results:requirements:baseline:)`.
  public static func judge(
    results: RunResults, policy: Policy, baseline: RunResults? = nil, today: CalendarDay? = nil
  ) throws -> Verdict {
    var verdict = try judge(results: results, requirements: policy.requirements, baseline: baseline)
    for index in verdict.requirements.indices {
      let waiver = policy.waivers.first { $0.requirement == verdict.requirements[index].requirement }
      verdict.requirements[index].waiver = waiver?.record(on: today)
    }
    if !policy.parameters.isEmpty {
      let differences = policy.parameters.differences(from: results.manifest)
      verdict.requirements.insert(
        RequirementOutcome(
          requirement: "the run has the parameters that the policy fixes", expected: "no difference",
          found: nil, pass: differences.isEmpty,
          explanation: differences.isEmpty
            ? "Every parameter that the manifest records is the policy's."
            : differences.joined(separator: "; ") + ". Run again with the policy.",
          decidingInputs: [], judged: differences.isEmpty),
        at: 0)
    }
    return verdict
  }

  private static func judge(
    _ requirement: Requirement, on results: RunResults, baseline: RunResults?
  ) throws -> RequirementOutcome {
    guard requirement.level != .off else {
      return RequirementOutcome(
        requirement: requirement.text, expected: requirement.expected, found: nil, pass: false,
        explanation: "The policy switches it off.", decidingInputs: [], level: .off, judged: false)
    }
    if requirement.tolerance != nil {
      guard let baseline else { throw GateError.noBaseline(requirement: requirement.text) }
      return try regression(requirement, on: results, baseline: baseline)
    }
    return try absolute(requirement, on: results)
  }

  /// Judges a requirement that names its bound itself.
  static func absolute(_ requirement: Requirement, on results: RunResults) throws -> RequirementOutcome {
    let sample: Sample
    do throws(Unjudged) {
      sample = try self.sample(for: requirement, in: results)
    } catch .gate(let error) {
      throw error
    } catch .reason(let explanation, let deciding) {
      return requirement.outcome(explanation, deciding: deciding)
    }
    let figure =
      if let confidence = requirement.confidence {
        try sample.bound(requirement, confidence: confidence)
      } else {
        sample.figure(requirement.figure)
      }
    let found = figure.flatMap { $0.isFinite ? $0 : nil }
    let selected = results.manifest.selectedInputs
    if results.interrupted || results.inputs.count < selected {
      return requirement.outcome(
        "The run was interrupted after \(results.inputs.count) of \(selected) inputs: "
          + "the figure is of a part and does not count.",
        found: found, deciding: sample.deciding(requirement))
    }
    let pass = found.map { requirement.comparison.holds($0, requirement.threshold) } ?? false
    return RequirementOutcome(
      requirement: requirement.text, expected: requirement.expected, found: found, pass: pass,
      explanation: try sample.explanation(requirement, found: found),
      decidingInputs: sample.deciding(requirement), level: requirement.level,
      remedies: pass ? [] : try sample.remedies(requirement, found: found))
  }

  /// Why a requirement cannot be judged.
  enum Unjudged: Error {
    /// The requirement is at fault.
    case gate(GateError)
    /// The run is, and why; the inputs that show it.
    case reason(String, deciding: [Int])
  }

  /// The brackets that a requirement speaks of, where they can be judged.
  static func sample(for requirement: Requirement, in results: RunResults) throws(Unjudged) -> Sample {
    let key: BracketKey?
    do throws(GateError) {
      key = try self.key(of: requirement, in: results)
    } catch {
      throw .gate(error)
    }
    guard let key, !results.inputs.isEmpty else {
      throw .reason("The run has no inputs: there is nothing to judge.", deciding: [])
    }
    let broken = results.inputs.filter { $0.error != nil }
    if let first = broken.first, let error = first.error {
      throw .reason(
        "\(broken.count) of \(results.inputs.count) inputs could not be evaluated, the first is \(first.index): \(error).",
        deciding: Array(broken.prefix(20).map(\.index)))
    }
    if let shard = results.shard {
      throw .reason(
        "The inputs are shard \(shard) of the run: merge the shards with certify merge and judge the whole.",
        deciding: [])
    }
    let entries = results.inputs.map { (index: $0.index, bracket: $0.bracket(of: key)) }
    let missing = entries.filter { $0.bracket == nil }.map(\.index)
    if let first = missing.first {
      throw .reason(
        "\(missing.count) of \(entries.count) inputs have no bracket of \(key), the first is \(first).",
        deciding: Array(missing.prefix(20)))
    }
    let sample = Sample(
      key: key, manifest: results.manifest,
      inputs: entries.compactMap { entry in entry.bracket.map { (entry.index, $0) } },
      comparison: requirement.comparison)
    if let obstacle = sample.obstacle(to: requirement) { throw .reason(obstacle + ".", deciding: []) }
    return sample
  }

  /// The one key that a requirement means; `nil` when a run without inputs does not tell.
  private static func key(of requirement: Requirement, in results: RunResults) throws(GateError)
    -> BracketKey?
  {
    let available = results.keys.isEmpty ? results.manifest.keys : results.keys
    do throws(GateError) {
      return try key(of: requirement, among: available)
    } catch .noMatch where results.inputs.isEmpty {
      return nil
    }
  }

  private static func key(
    of requirement: Requirement, among available: [BracketKey]
  ) throws(GateError) -> BracketKey {
    let candidates = available.filter { requirement.selector.matches($0) }
    if candidates.count > 1 {
      throw GateError.ambiguous(requirement: requirement.text, candidates: candidates)
    }
    guard let key = candidates.first else {
      throw GateError.noMatch(requirement: requirement.text, available: available)
    }
    if requirement.figure.needsCertificate, key.norm.norm == nil {
      throw GateError.uncertifiable(requirement: requirement.text, key: key)
    }
    return key
  }
}

extension Requirement {
  /// The outcome of a requirement that could not be judged.
  func outcome(_ explanation: String, found: Double? = nil, deciding: [Int] = []) -> RequirementOutcome {
    RequirementOutcome(
      requirement: text, expected: expected, found: found, pass: false, explanation: explanation,
      decidingInputs: deciding, level: level, judged: false)
  }
}
