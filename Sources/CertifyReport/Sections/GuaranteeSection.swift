import CertifyResults

/// What the certificates say, of which classifier, and with what confidence.
struct GuaranteeSection {
  var source: ReportSource

  var blocks: [Block] {
    var blocks: [Block] = [.heading(2, "What this guarantees")]
    let methods = methods
    if methods.contains(where: { $0.key.classifier == .smoothed }) {
      blocks += ConfidenceWording(results: source.results).paragraphs.map { .paragraph(Prose($0)) }
    }
    if methods.contains(where: { $0.key.classifier == .base }) {
      blocks.append(
        .paragraph(
          "For each input the base classifier f gives the listed class to every allowed x + δ with ‖δ‖ below the certified radius, without any probability."
        ))
    }
    if methods.isEmpty { blocks.append(.paragraph("Nothing is guaranteed: the run has no certificate.")) }
    if source.results.manifest.norms.contains(.l0) {
      blocks.append(
        .paragraph(
          "In ℓ₀ nothing is certified, so that the lower end is absent: the number of changed values is no norm, and no certificate here bounds it. The upper end is a witness that changes so many values."
        ))
    }
    if !methods.isEmpty { blocks.append(.table(table(methods))) }
    blocks.append(
      .paragraph(
        "A witness is an upper bound because it was checked again on its own; finding none proves nothing. A witness against a smoothed classifier was tested on fresh samples and errs with probability 1 − confidence."
      ))
    return blocks
  }

  private struct Method: Hashable {
    var key: BracketKey
    var name: String
    var floatSound: Bool
  }

  private var methods: [Method] {
    var seen: Set<Method> = []
    for input in source.results.inputs {
      for bracket in input.brackets {
        guard let lower = bracket.lowerInForce else { continue }
        seen.insert(Method(key: bracket.key, name: lower.method, floatSound: lower.floatSound))
      }
    }
    return seen.sorted {
      ($0.key, $0.name, $0.floatSound ? 1 : 0) < ($1.key, $1.name, $1.floatSound ? 1 : 0)
    }
  }

  private func table(_ methods: [Method]) -> Table {
    var table = Table(header: ["certificate", "speaks of", "holds for"])
    table.rows = methods.map { method in
      [
        .code(method.name), Prose(Wording.title(method.key)),
        method.floatSound
          ? "the program as it runs, in floating point"
          : "real arithmetic only: \(strong: "not float-sound")",
      ]
    }
    return table
  }
}
