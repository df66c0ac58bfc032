import CertifyResults

/// Failed inputs, abstentions and contradictions by name.
struct IncidentsSection {
  var source: ReportSource

  /// How many indices are listed before the rest is only counted.
  private static let longestList = 50

  var blocks: [Block] {
    var items = failures
    for group in source.summary.groups {
      let title = Wording.title(group.key)
      let found = source.results.inputs.compactMap { input in
        input.bracket(of: group.key).map { (index: input.index, bracket: $0) }
      }
      let abstained = found.filter { $0.bracket.abstained }.map(\.index)
      if !abstained.isEmpty {
        items.append(
          "\(strong: "Abstained") (\(title)): \(abstained.count) of \(group.inputs), inputs \(PlainText.list(abstained, longest: Self.longestList)). They count as not certified, and not as broken by an attack."
        )
      }
      for (index, bracket) in found where bracket.contradictionStands || bracket.contradictionSettled {
        items.append(contradiction(index, bracket, title, places: group.places))
      }
    }
    if source.summary.groups.allSatisfy({ $0.contradictions + $0.settledContradictions == 0 }) {
      items.append("\(strong: "Contradictions"): none. No witness lies inside a certified radius.")
    }
    if source.summary.groups.allSatisfy({ $0.abstained == 0 }) {
      items.append("\(strong: "Abstentions"): none.")
    }
    return [.heading(2, "Abstentions and contradictions"), .list(items)]
  }

  private var failures: [Prose] {
    FailedInputs.groups(source.results).map { error, indices in
      let list = PlainText.list(indices, longest: Self.longestList)
      return "\(strong: "Not evaluated"): \(indices.count == 1 ? "input" : "inputs") \(list): \(error)"
    }
  }

  private func contradiction(_ index: Int, _ bracket: Bracket, _ title: String, places: Int) -> Prose {
    let ends: String
    if let record = bracket.contradiction {
      ends =
        "certified \(Rounding.down(record.lowerRadius, places: places)), witness at "
        + "\(Rounding.up(record.upperRadius, places: places)); retested on fresh samples at error 10⁻⁶ each: "
        + "certified \(radius(record.retestedLowerRadius, places, Rounding.down)), witness "
        + "\(radius(record.retestedUpperRadius, places, Rounding.up))"
    } else {
      ends =
        "certified \(radius(bracket.lower?.radius, places, Rounding.down)), witness at "
        + "\(radius(bracket.upper?.radius, places, Rounding.up)), not retested"
    }
    return bracket.contradictionStands
      ? "\(strong: "Contradiction that stands") (\(title)), input \(index): \(ends). The witness is in \(code: "results.json")."
      : "Contradiction settled by the retest (\(title)), input \(index): \(ends)."
  }

  private func radius(_ value: Double?, _ places: Int, _ rounding: (Double, Int) -> String) -> String {
    value.map { rounding($0, places) } ?? "gone"
  }
}
