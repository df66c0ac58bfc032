import CertifyGate
import CertifyResults

/// The verdict, and each requirement with what was found.
struct VerdictSection {
  var source: ReportSource

  var markdown: String {
    var parts = ["# certify: \(headline)"]
    let results = source.results
    if results.interrupted || results.inputs.count < results.manifest.selectedInputs {
      parts.append(
        "> **This run is incomplete**: \(results.inputs.count) of \(results.manifest.selectedInputs) "
          + "inputs were evaluated. The figures are of these inputs only, and no gate is passed on a part.")
    }
    if results.inputs.isEmpty {
      parts.append("> **No input was evaluated.** There are no figures, and no gate is passed on nothing.")
    }
    if source.summary.contradictions > 0 {
      parts.append(
        "> **\(count(source.summary.contradictions, "contradiction")) stood the retest**: a witness lies "
          + "inside a certified radius. A certificate, an attack or the tool is wrong; "
          + "do not rely on this run. See [Abstentions and contradictions](#abstentions-and-contradictions).")
    }
    if let verdict = source.verdict, !verdict.requirements.isEmpty {
      parts += [table(verdict), explanations(verdict)]
    }
    return parts.joined(separator: "\n\n")
  }

  private var headline: String {
    if source.summary.contradictions > 0 { return "contradiction" }
    guard let verdict = source.verdict, !verdict.requirements.isEmpty else {
      return "no requirements were set"
    }
    let failed = verdict.requirements.count { !$0.pass }
    let all = verdict.requirements.count
    return failed == 0
      ? "pass, \(count(all, "requirement")) met" : "fail, \(failed) of \(count(all, "requirement")) not met"
  }

  private func table(_ verdict: Verdict) -> String {
    var table = MarkdownTable(header: ["", "requirement", "expected", "found", "inputs that decide"])
    table.figures = [3]
    table.rows = verdict.requirements.map { outcome in
      [
        outcome.pass ? "✅ pass" : "❌ **fail**",
        MarkdownText.code(outcome.requirement, inTable: true),
        MarkdownText.code(outcome.expected, inTable: true),
        found(outcome),
        outcome.decidingInputs.isEmpty
          ? "–" : outcome.decidingInputs.map(String.init).joined(separator: ", "),
      ]
    }
    return table.text
  }

  /// Rounded so that it never looks better than it is: down under `>=`, up under `<=`.
  private func found(_ outcome: RequirementOutcome) -> String {
    guard let found = outcome.found else { return "nothing" }
    let places = Rounding.places(showing: abs(found)) + 1
    return outcome.expected.hasPrefix(Comparison.atMost.rawValue)
      ? Rounding.up(found, places: places) : Rounding.down(found, places: places)
  }

  private func explanations(_ verdict: Verdict) -> String {
    verdict.requirements.map { outcome in
      "- \(MarkdownText.code(outcome.requirement)): \(MarkdownText.plain(outcome.explanation))"
    }
    .joined(separator: "\n")
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
