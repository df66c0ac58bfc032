import CertifyResults

/// The inputs of one classifier and norm, the weakest first.
struct WeakInputs {
  /// Contradictions, wrong answers, abstentions, then by certified radius, then by the witness's distance.
  let inputs: [InputResult]

  init(_ results: RunResults, _ key: BracketKey) {
    let rated = results.inputs.compactMap { input in
      input.bracket(of: key).map { (input: input, order: Self.order($0)) }
    }
    inputs = rated.sorted { left, right in
      (left.order.0, left.order.1, left.input.index) < (right.order.0, right.order.1, right.input.index)
    }
    .map(\.input)
  }

  private static func order(_ bracket: Bracket) -> (Double, Double) {
    let upper = bracket.upperInForce?.radius ?? .infinity
    if bracket.contradictionStands { return (-3, upper) }
    if bracket.abstained { return (-1, upper) }
    return (bracket.correct ? bracket.certifiedRadius : -2, upper)
  }
}

/// Of many inputs, those that tell most: contradictions, the inputs that decide the verdict, abstentions,
/// the smallest radii and the widest gaps.
struct TellingInputs {
  var source: ReportSource

  /// In order of index.
  var inputs: [InputResult] {
    let inputs = source.results.inputs
    let deciding = Set((source.verdict?.requirements ?? []).flatMap(\.decidingInputs))
    let groups: [[InputResult]] = [
      inputs.filter { $0.brackets.contains { $0.contradiction != nil || $0.contradictionStands } },
      inputs.filter { deciding.contains($0.index) },
      Array(inputs.filter { $0.brackets.contains(where: \.abstained) }.prefix(10)),
      Array(
        byValue(inputs) { $0.brackets.filter(\.correct).compactMap(\.lowerInForce?.radius).min() }.prefix(15)),
      Array(
        byValue(inputs) { $0.brackets.filter(\.correct).compactMap(\.upperInForce?.radius).min() }.prefix(10)),
      Array(byValue(inputs) { $0.brackets.compactMap(\.gap).max().map { -$0 } }.prefix(15)),
    ]
    var chosen: Set<Int> = []
    for input in groups.joined() where chosen.count < InputsSection.tellingRows {
      chosen.insert(input.index)
    }
    return inputs.filter { chosen.contains($0.index) }
  }

  /// The inputs that have the value, smallest first, then by index.
  private func byValue(_ inputs: [InputResult], _ value: (InputResult) -> Double?) -> [InputResult] {
    inputs.compactMap { input in value(input).map { (value: $0, input: input) } }
      .sorted { ($0.value, $0.input.index) < ($1.value, $1.input.index) }
      .map(\.input)
  }
}
