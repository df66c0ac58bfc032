import CertifyGate
import CertifyResults

/// What a report is made of.
public struct ReportSource: Sendable, Equatable {
  /// The run.
  public var results: RunResults
  /// Its figures.
  public var summary: Summary
  /// `nil` when the run was not judged.
  public var verdict: Verdict?

  /// - Parameters:
  ///   - results: The run.
  ///   - summary: Its figures; computed from `results` when left out, with accuracies at the radii
  ///     that the verdict speaks of besides those that fit.
  ///   - verdict: What a gate said of it.
  public init(results: RunResults, summary: Summary? = nil, verdict: Verdict? = nil) {
    self.results = results
    let asked = (verdict?.requirements ?? []).compactMap { outcome in
      (try? Requirement(parsing: outcome.requirement))?.figure.radius
    }
    self.summary = summary ?? Summary(of: results, including: asked)
    self.verdict = verdict
  }

  /// What the classes are called.
  var names: ClassNames { ClassNames(names: results.classNames ?? []) }

  /// Whether an attack ran against the group's classifier.
  package func wasAttacked(_ group: GroupSummary) -> Bool {
    results.inputs.contains { $0.bracket(of: group.key)?.attack != nil }
  }

  /// The classifier and norm that the reader asked about first: that of the first requirement, else the one with
  /// the most proofs.
  var mainGroup: GroupSummary? {
    let groups = summary.groups.filter { $0.inputs > 0 }
    for outcome in verdict?.requirements ?? [] where outcome.level != .off {
      guard let requirement = try? Requirement(parsing: outcome.requirement) else { continue }
      if let asked = groups.first(where: { requirement.selector.matches($0.key) }) { return asked }
    }
    return groups.min { $0.lowerAbsent < $1.lowerAbsent }
  }

  /// The listed radius that says most of a group: the first that a requirement asks of it, else the largest at
  /// which half of the inputs are certified (or, without proofs, not broken), else the first above 0.
  func keyRadius(of group: GroupSummary) -> Double {
    let radii = Set(group.points.map(\.radius))
    let asked = (verdict?.requirements ?? []).compactMap { outcome -> Double? in
      guard let requirement = try? Requirement(parsing: outcome.requirement),
        requirement.selector.matches(group.key), let radius = requirement.figure.radius
      else { return nil }
      return radius > 0 && radii.contains(radius) ? radius : nil
    }
    if let first = asked.first { return first }
    let proofs = group.lowerAbsent < group.brackets
    let above = group.points.filter { $0.radius > 0 }
    let half = above.last { 2 * (proofs ? $0.certified : $0.attacked) >= group.inputs }
    return half?.radius ?? above.first?.radius ?? 0
  }
}
