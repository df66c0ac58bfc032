/// The outcomes of the conformance suite, counted by operator, as a Markdown page.
struct ConformanceTable {
  private let outcomes: [(ConformanceCase, ConformanceCase.Outcome)]

  init(_ outcomes: [(ConformanceCase, ConformanceCase.Outcome)]) { self.outcomes = outcomes }

  var text: String {
    let groups = Dictionary(grouping: outcomes, by: \.0.operatorName).sorted { $0.key < $1.key }
    let passed = outcomes.count { $0.1 == .passed }
    let wrong = outcomes.count { if case .wrong = $0.1 { true } else { false } }
    let complete = groups.count { group in group.value.allSatisfy { $0.1 == .passed } }
    let lines = [
      "# Conformance", "",
      "The official test cases of the ONNX operators (the `onnx` package, `fixtures/PROVENANCE.md`), run on the shapes",
      "of each case with every input but one as a constant. A model is computed right or refused with a reason.",
      "",
      "\(outcomes.count) cases of \(groups.count) operators: \(passed) pass,"
        + " \(outcomes.count - passed - wrong) are refused, \(wrong) are wrong."
        + " Of \(complete) operators every case passes.", "",
      "| operator | cases | pass | refused | why |", "|---|--:|--:|--:|---|",
    ]
    return (lines + groups.map { row($0.key, $0.value.map(\.1)) }).joined(separator: "\n") + "\n"
  }

  private func row(_ name: String, _ outcomes: [ConformanceCase.Outcome]) -> String {
    let passed = outcomes.count { $0 == .passed }
    var counts: [String: Int] = [:]
    for case .refused(let reason) in outcomes { counts[reason, default: 0] += 1 }
    let reasons = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = reasons.prefix(3).map { "\($0.key.replacing("|", with: "\\|")) (\($0.value))" }
    let rest = reasons.count > 3 ? ["\(reasons.count - 3) other reasons"] : []
    let refused = counts.values.reduce(0, +)
    return
      "| \(name) | \(outcomes.count) | \(passed) | \(refused) | \((shown + rest).joined(separator: "; ")) |"
  }
}
