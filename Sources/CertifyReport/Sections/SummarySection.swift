import CertifyGate
import CertifyResults

/// The four questions of somebody with two minutes: is it robust enough, how sure is that, which inputs are
/// weak, what to do next.
struct SummarySection {
  var source: ReportSource

  /// Inputs named before the rest is only counted.
  private static let longestList = 5

  var blocks: [Block] {
    guard !source.results.inputs.isEmpty else { return [] }
    return [
      .heading(2, "In short"), .paragraph("\(strong: "Is it robust enough?") \(answer)"), .table(table),
      .paragraph("\(strong: "How sure is that?") \(certainty)"),
      .paragraph("\(strong: "Which inputs are weak?") \(weakness)"),
      .paragraph("\(strong: "What to do next:")"), .list(Advice(source: source).items),
    ]
  }

  private var groups: [GroupSummary] { source.summary.groups.filter { $0.inputs > 0 } }

  private var answer: String {
    let requirements = (source.verdict?.requirements ?? []).filter { $0.level != .off }
    let failed = source.verdict?.failures.count ?? 0
    if source.summary.contradictions > 0 { return "Unknown: a contradiction stands." }
    if failed > 0, let shortcoming = Shortcoming.all(of: source).first {
      return "Unknown: \(shortcoming.headline)."
    }
    if requirements.isEmpty { return "Nobody said what is enough: no requirement was set." }
    return failed > 0
      ? "No: \(failed) of \(PlainText.count(requirements.count, "requirement")) not met."
      : "Yes: nothing that was required is missed."
  }

  /// A row for each classifier and norm, at the radius that says most.
  private var table: Table {
    var table = Table(
      header: ["classifier", "right", "within radius", "certified ≥", "not broken ≤", "of new inputs robust"])
    table.figures = [1, 2, 3, 4, 5]
    table.rows = groups.compactMap { group in
      let radius = source.keyRadius(of: group)
      guard let point = group.points.first(where: { $0.radius == radius }) else { return nil }
      let attacked = source.wasAttacked(group)
      let bounds = AccuracyBounds(of: group.key, in: source.results).map { bounds in
        "\(Rounding.percentDown(bounds.certified(point.certified))) to "
          + (attacked ? Rounding.percentUp(bounds.unbroken(point.attacked)) : "100 %")
      }
      return [
        Prose(Wording.title(group.key)), Prose(Rounding.percentNearest(group.correct, of: group.inputs)),
        Prose(Wording.number(radius)),
        group.lowerAbsent == group.brackets
          ? "no certificate" : .strong(Rounding.percentDown(point.certified, of: group.inputs)),
        attacked ? .strong(Rounding.percentUp(point.attacked, of: group.inputs)) : "not attacked",
        Prose(bounds ?? "–"),
      ]
    }
    return table
  }

  private var smoothedCertainty: String {
    let manifest = source.results.manifest
    if !manifest.smoothings.isEmpty, manifest.smoothings.allSatisfy({ $0.splits != nil }) {
      return "Smoothed certificates have no probability of error: all samples that there are were drawn."
    }
    if manifest.plan?.simultaneous == true {
      return "All smoothed certificates are right together with probability at least 1 − \(manifest.alpha)."
    }
    return "Each smoothed certificate is wrong with probability at most \(manifest.alpha)."
  }

  private var certainty: String {
    let count = source.results.inputs.count
    var parts = [
      "The truth for \(count == 1 ? "this input" : "these \(count) inputs") lies between “certified” and “not broken”. The last column is for new inputs, "
        + "if these are a random sample of them, at 95 % confidence."
    ]
    if source.results.manifest.classifiers.contains(.smoothed) { parts.append(smoothedCertainty) }
    if let diagnosis = source.results.diagnosis {
      parts.append(
        diagnosis.isClean
          ? "No sign of hidden gradients was found."
          : "The attacks on the base classifier cannot be trusted: see “Can the attacks be trusted?”.")
    }
    return parts.joined(separator: " ")
  }

  /// The weak inputs of the classifier that the reader asked about first.
  private var weakness: String {
    guard let group = source.mainGroup else { return "Nothing was evaluated." }
    let brackets = source.results.inputs.compactMap { input in
      input.bracket(of: group.key).map { (index: input.index, bracket: $0) }
    }
    var words: [String] = []
    let wrong = brackets.filter { !$0.bracket.correct && !$0.bracket.abstained }.map(\.index)
    if !wrong.isEmpty {
      words.append("answered wrongly: \(PlainText.list(wrong, longest: Self.longestList))")
    }
    let abstained = brackets.filter { $0.bracket.abstained }.map(\.index)
    if !abstained.isEmpty {
      words.append("abstained: \(PlainText.list(abstained, longest: Self.longestList))")
    }
    if let nearest = nearest(brackets, places: group.places) { words.append(nearest) }
    if let weakest = weakestClass(group) { words.append(weakest) }
    return
      "\(Wording.title(group.key)): \(words.isEmpty ? "none stands out" : words.joined(separator: "; "))."
  }

  /// The inputs with the smallest witnesses, or the smallest proofs where no attack found any.
  private func nearest(_ brackets: [(index: Int, bracket: Bracket)], places: Int) -> String? {
    let right = brackets.filter(\.bracket.correct)
    let broken = right.compactMap { entry in
      entry.bracket.upperInForce.map { (radius: $0.radius, index: entry.index) }
    }
    if !broken.isEmpty {
      let smallest = broken.sorted { ($0.radius, $0.index) < ($1.radius, $1.index) }.prefix(3)
      return "broken soonest: "
        + smallest.map { "\($0.index) (at \(Rounding.up($0.radius, places: places)))" }.joined(
          separator: ", ")
    }
    let proven = right.filter { $0.bracket.lowerInForce != nil }
    guard !proven.isEmpty else { return nil }
    let smallest = proven.sorted {
      ($0.bracket.certifiedRadius, $0.index) < ($1.bracket.certifiedRadius, $1.index)
    }.prefix(3)
    return "smallest proofs: "
      + smallest.map { "\($0.index) (\(Rounding.down($0.bracket.certifiedRadius, places: places)))" }
      .joined(separator: ", ")
  }

  private func weakestClass(_ group: GroupSummary) -> String? {
    let radius = source.keyRadius(of: group)
    let classes = ClassFigures.all(group, of: source.results, radius: radius)
    guard group.lowerAbsent < group.brackets, classes.count > 1, let weakest = classes.first,
      let strongest = classes.last, weakest.share < strongest.share
    else { return nil }
    return "weakest class: \(source.names.name(weakest.label)) (\(weakest.certified) of \(weakest.inputs) "
      + "certified at \(Wording.number(radius)))"
  }
}
