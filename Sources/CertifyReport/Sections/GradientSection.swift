import CertifyResults
import CertifyThreat

/// Whether the attacks behind the upper bounds can be believed.
struct GradientSection {
  var diagnosis: GradientDiagnosis

  var blocks: [Block] {
    let epsilon = Rounding.nearest(diagnosis.epsilon, places: Rounding.places(showing: diagnosis.epsilon))
    return [
      .heading(2, "Can the attacks be trusted?"),
      .paragraph(
        "\(strong: "Base classifier: \(diagnosis.verdict).") Attacks were compared on \(diagnosis.inputs) inputs at ε = \(epsilon) in \(Wording.symbol(Distance(diagnosis.norm))). A model that hides its gradients looks robust to attacks that follow them; these checks look for that, and finding nothing proves nothing."
      ),
      .table(table),
    ]
  }

  private var table: Table {
    var table = Table(header: ["check", "found", ""])
    table.rows = diagnosis.checks.map { check in
      [
        .code(check.name), Prose(check.figure),
        check.seen.map { $0 ? .strong("suspicious") : "fine" } ?? "not judged",
      ]
    }
    return table
  }
}
