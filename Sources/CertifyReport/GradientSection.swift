import CertifyResults

/// Whether the attacks behind the upper bounds can be believed.
struct GradientSection {
  var diagnosis: GradientDiagnosis

  var markdown: String {
    var table = MarkdownTable(header: ["check", "found", ""])
    table.rows = diagnosis.checks.map { check in
      [
        MarkdownText.code(check.name, inTable: true), MarkdownText.plain(check.figure),
        check.seen.map { $0 ? "**suspicious**" : "fine" } ?? "not judged",
      ]
    }
    let verdict = MarkdownText.plain(diagnosis.verdict)
    let epsilon = Rounding.nearest(diagnosis.epsilon, places: Rounding.places(showing: diagnosis.epsilon))
    return """
      ## Can the attacks be trusted?

      **Base classifier: \(verdict).** Attacks were compared on \(diagnosis.inputs) inputs at ε = \(epsilon) \
      in \(Wording.symbol(diagnosis.norm)). A model that hides its gradients looks robust to attacks that follow \
      them; these checks look for that, and finding nothing proves nothing.

      \(table.text)
      """
  }
}
