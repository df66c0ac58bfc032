import CertifyReport
import CertifyResults

/// What a finished run says on stdout, in a screenful.
struct RunSummary {
  var palette: Palette

  /// The key figures, the verdict, and where the report lies.
  func text(_ source: ReportSource, directory: String) -> String {
    var lines = source.summary.groups.map { figures($0, attacked: source.wasAttacked($0)) }
    lines.append(verdict(source))
    lines.append("report: \(directory)/report.md")
    return lines.joined(separator: "\n")
  }

  /// One line a requirement, the reasons where it is missed, and the outcome.
  func verdict(_ source: ReportSource) -> String {
    guard let verdict = source.verdict else { return "verdict: not judged" }
    var lines = verdict.requirements.flatMap(requirement)
    if let shard = source.results.shard {
      lines.append(
        "this is shard \(shard): \(source.results.inputs.count) of \(source.results.manifest.selectedInputs) "
          + "inputs; certify merge joins the shards, and judges the whole")
    }
    if source.results.interrupted {
      lines.append(
        "the run was interrupted: \(source.results.inputs.count) of \(source.results.manifest.selectedInputs) inputs"
      )
    }
    let broken = source.results.inputs.filter { $0.error != nil }
    if let first = broken.first, let error = first.error {
      lines.append(
        palette.bad(
          "ERROR: \(broken.count) of \(source.results.inputs.count) inputs could not be evaluated, "
            + "the first is \(first.index): \(error)"))
    }
    if verdict.contradictions > 0 {
      lines.append(
        palette.bad(
          "CONTRADICTION: \(verdict.contradictions) brackets with a witness inside a certified radius"))
    }
    let outcome =
      verdict.contradictions > 0
      ? palette.bad("contradiction")
      : !verdict.pass
        ? palette.bad("failed")
        : verdict.requirements.isEmpty ? "no requirements" : palette.good("passed")
    lines.append("verdict: \(outcome)")
    return lines.joined(separator: "\n")
  }

  private func requirement(_ outcome: RequirementOutcome) -> [String] {
    let found = outcome.found.map { " found \($0)." } ?? ""
    let head = "\(status(outcome)) \(outcome.requirement):\(found) \(outcome.explanation)"
    guard !outcome.pass, outcome.level != .off else { return [head] }
    var lines = [
      head, "expected \(outcome.expected), found \(outcome.found.map { "\($0)" } ?? "nothing to judge")",
    ]
    if !outcome.decidingInputs.isEmpty {
      lines.append("inputs that decide: \(outcome.decidingInputs.map(String.init).joined(separator: ", "))")
    }
    if !outcome.remedies.isEmpty {
      lines.append("it would pass \(outcome.remedies.joined(separator: "; or "))")
    }
    if let waiver = outcome.waiver { lines.append(waived(waiver, counts: outcome.isWaived)) }
    return lines.prefix(1) + lines.dropFirst().map { "        " + $0 }
  }

  private func waived(_ waiver: WaiverRecord, counts: Bool) -> String {
    if counts { return "waived until \(waiver.expires): \(waiver.reason)" }
    return waiver.expired
      ? "its waiver expired on \(waiver.expires) and does not count: \(waiver.reason)"
      : "its waiver does not excuse a run that cannot be judged"
  }

  private func status(_ outcome: RequirementOutcome) -> String {
    if outcome.level == .off { return "off    " }
    if outcome.pass { return palette.good("met    ") }
    if outcome.fails { return palette.bad("NOT MET") }
    return palette.doubtful(outcome.isWaived ? "waived " : "warning")
  }

  private func figures(_ group: GroupSummary, attacked: Bool) -> String {
    let table = group.points.filter { $0.radius > 0 }.map { point in
      "r=\(point.radius): \(point.certified) certified" + (attacked ? ", \(point.attacked) unbroken" : "")
    }
    return (["\(group.key): \(group.correct) of \(group.inputs) right"] + table).joined(separator: "; ")
  }
}
