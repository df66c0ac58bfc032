import CertifyGate
import CertifyResults

/// The title: the verdict in a line, and what must not be overlooked.
struct HeadSection {
  var source: ReportSource

  var blocks: [Block] {
    var blocks: [Block] = [.heading(1, "certify: \(headline)")]
    let results = source.results
    if let shard = results.shard {
      blocks.append(
        .notice(
          "\(strong: "This is shard \(shard) of a run"): \(results.inputs.count) of \(results.manifest.selectedInputs) inputs. Join the shards with \(code: "certify merge") and judge the whole."
        ))
    } else if Shortcoming.isIncomplete(results) {
      blocks.append(
        .notice(
          "\(strong: "This run is incomplete"): \(results.inputs.count) of \(results.manifest.selectedInputs) inputs were evaluated. The figures are of these inputs only, and no gate is passed on a part."
        ))
    }
    if results.manifest.isOnTrainingData {
      blocks.append(
        .notice(
          "\(strong: "The model was trained on these data"), as its file says: they have the same SHA-256. Accuracies and radii on them say nothing about new inputs."
        ))
    }
    let broken = results.inputs.count { $0.error != nil }
    if broken > 0 {
      blocks.append(
        .notice(
          "\(strong: "\(PlainText.count(broken, "input")) could not be evaluated.") They count as not certified, and no gate is passed with them. See \(link: "Abstentions and contradictions", to: "#abstentions-and-contradictions")."
        ))
    }
    if results.inputs.isEmpty {
      blocks.append(
        .notice(
          "\(strong: "No input was evaluated.") There are no figures, and no gate is passed on nothing."))
    }
    if source.summary.contradictions > 0 {
      blocks.append(
        .notice(
          "\(strong: "\(PlainText.count(source.summary.contradictions, "contradiction")) stood the retest"): a witness lies inside a certified radius. A certificate, an attack or the tool is wrong; do not rely on this run. See \(link: "Abstentions and contradictions", to: "#abstentions-and-contradictions")."
        ))
    }
    return blocks
  }

  /// `pass, 3 requirements met` and the like; without requirements what keeps the run from being relied on.
  var headline: String {
    if source.summary.contradictions > 0 { return "contradiction" }
    let judged = (source.verdict?.requirements ?? []).filter { $0.level != .off }
    guard let verdict = source.verdict, !judged.isEmpty else {
      return Shortcoming.all(of: source).first?.headline ?? "no requirements were set"
    }
    let failed = verdict.failures.count
    let all = PlainText.count(judged.count, "requirement")
    if failed > 0 { return "fail, \(failed) of \(all) not met" }
    let missed = judged.count { !$0.pass }
    return missed == 0 ? "pass, \(all) met" : "pass, with \(missed) of \(all) not met and excused"
  }
}

/// Each requirement with what was found, and what would have made it pass.
struct VerdictSection {
  var source: ReportSource

  var blocks: [Block] {
    guard let verdict = source.verdict, !verdict.requirements.isEmpty else { return [] }
    return [
      .heading(2, "Requirements"), .table(table(verdict)),
      .list(verdict.requirements.flatMap(explanations)),
    ]
  }

  private func table(_ verdict: Verdict) -> Table {
    var table = Table(header: ["", "requirement", "expected", "found", "inputs that decide"])
    table.figures = [3]
    table.rows = verdict.requirements.map { outcome in
      [
        Self.status(outcome), .code(outcome.requirement), .code(outcome.expected),
        Prose(Wording.found(outcome) ?? "–"),
        Prose(outcome.decidingInputs.isEmpty ? "–" : PlainText.list(outcome.decidingInputs, longest: 20)),
      ]
    }
    return table
  }

  static func status(_ outcome: RequirementOutcome) -> Prose {
    if outcome.level == .off { return "off" }
    // A line does not break between the sign and its word.
    if outcome.pass { return "✅\u{A0}pass" }
    if outcome.fails { return "❌\u{A0}\(strong: "fail")" }
    return outcome.isWaived ? "⚠️\u{A0}waived" : "⚠️\u{A0}warning"
  }

  private func explanations(_ outcome: RequirementOutcome) -> [Prose] {
    var text: Prose = "\(code: outcome.requirement): \(outcome.explanation)"
    if let waiver = outcome.waiver { text += " \(Wording.waiver(waiver, outcome))" }
    guard !outcome.pass, !outcome.remedies.isEmpty else { return [text] }
    return [text + " \(strong: "It would pass:") \(outcome.remedies.joined(separator: "; or "))."]
  }
}
