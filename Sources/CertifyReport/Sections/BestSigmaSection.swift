import CertifyResults
import CertifyThreat

/// For each input the σ with the largest certified radius, where the run split α over all σ.
struct BestSigmaSection {
  var source: ReportSource

  /// Nothing where the run did not ask for it.
  var blocks: [Block] {
    guard source.results.manifest.plan?.bestSigma == true else { return [] }
    let parts = source.results.manifest.norms.flatMap(part)
    return parts.isEmpty
      ? [] : [.heading(2, "Best σ for each input"), .paragraph(Prose(Self.meaning))] + parts
  }

  private static let meaning =
    "The largest radius among the smoothed classifiers, each of which is right on the input within its radius. α was "
    + "split over them, so that choosing after the fact costs no confidence. It speaks, input by input, of the "
    + "classifier with that σ: a program that chooses σ by its input is yet another classifier, which is not certified."

  private func part(_ norm: Distance) -> [Block] {
    let inputs = source.results.inputs
    let best = inputs.compactMap { input in
      input.brackets.filter { $0.classifier == .smoothed && $0.norm == norm && $0.certifiedRadius > 0 }
        .max { $0.certifiedRadius < $1.certifiedRadius }
    }
    guard !best.isEmpty else { return [] }
    let radii = best.map(\.certifiedRadius)
    let smoothings = source.results.manifest.smoothings
    var table = Table(
      header: ["radius", "certified accuracy ≥"]
        + smoothings.map { "of these with σ = \(Wording.number($0.sigma))" })
    table.figures = Set(table.header.indices)
    table.rows = RadiusList.fitting(radii.max() ?? 0).map { radius in
      let reached = best.filter { $0.certifiedRadius >= radius }
      let share = Rounding.percentDown(reached.count, of: inputs.count)
      return [Prose(Wording.number(radius)), Prose("\(share) (\(reached.count) / \(inputs.count))")]
        + smoothings.map { smoothing in Prose("\(reached.count { $0.smoothing == smoothing })") }
    }
    return [.heading(3, Prose(Wording.symbol(norm))), .table(table)]
  }
}
