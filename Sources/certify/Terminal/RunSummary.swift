import CertifyReport
import CertifyResults

/// What a finished run says on stdout, in a screenful.
enum RunSummary {
  /// The key figures, the verdict, and where the report lies.
  static func text(_ source: ReportSource, directory: String) -> String {
    var lines = source.summary.groups.map(figures)
    lines.append(verdict(source))
    lines.append("report: \(directory)/report.md")
    return lines.joined(separator: "\n")
  }

  /// One line a requirement and the outcome.
  static func verdict(_ source: ReportSource) -> String {
    guard let verdict = source.verdict else { return "verdict: not judged" }
    var lines = verdict.requirements.map { outcome in
      let found = outcome.found.map { " found \($0)." } ?? ""
      return
        "\(outcome.pass ? "met    " : "NOT MET") \(outcome.requirement):\(found) \(outcome.explanation)"
    }
    if source.results.interrupted {
      lines.append(
        "the run was interrupted: \(source.results.inputs.count) of \(source.results.manifest.selectedInputs) inputs"
      )
    }
    if verdict.contradictions > 0 {
      lines.append(
        "CONTRADICTION: \(verdict.contradictions) brackets with a witness inside a certified radius")
    }
    let outcome =
      verdict.contradictions > 0
      ? "contradiction"
      : !verdict.pass ? "failed" : verdict.requirements.isEmpty ? "no requirements" : "passed"
    lines.append("verdict: \(outcome)")
    return lines.joined(separator: "\n")
  }

  private static func figures(_ group: GroupSummary) -> String {
    let table = group.points.filter { $0.radius > 0 }.map { point in
      "r=\(point.radius): \(point.certified) certified, \(point.attacked) unbroken"
    }
    return (["\(group.key): \(group.correct) of \(group.inputs) right"] + table).joined(separator: "; ")
  }
}
