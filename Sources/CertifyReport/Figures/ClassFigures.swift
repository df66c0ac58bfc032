import CertifyResults

/// The figures of the inputs of one label.
struct ClassFigures: Equatable, Sendable {
  /// How many classes are shown before the rest is only counted.
  static let longest = 40

  var label: Int
  var inputs: Int
  var correct: Int
  /// At the radius that was asked about.
  var certified: Int
  var unbroken: Int
  /// The mean certified radius, 0 without a proof; rounded down.
  var meanCertifiedRadius: Double

  /// One for each label that occurs, the one with the smallest certified share first.
  static func all(_ group: GroupSummary, of results: RunResults, radius: Double) -> [ClassFigures] {
    let byLabel = Dictionary(grouping: results.inputs, by: \.label)
    let figures = byLabel.map { label, inputs in
      let brackets = inputs.compactMap { $0.bracket(of: group.key) }
      let missing = Array(repeating: 0.0, count: inputs.count - brackets.count)
      return ClassFigures(
        label: label, inputs: inputs.count,
        correct: brackets.count { $0.correct && !$0.abstained },
        certified: brackets.count { $0.isCertified(at: radius) },
        unbroken: brackets.count { $0.survivesAttack(at: radius) },
        meanCertifiedRadius: Mean.roundedDown(brackets.map(\.certifiedRadius) + missing) ?? 0)
    }
    return figures.sorted { $0.order < $1.order }
  }

  /// The share of its inputs that is certified.
  var share: Double { Double(certified) / Double(max(inputs, 1)) }

  private var order: (Double, Double, Double, Int) {
    let total = Double(max(inputs, 1))
    return (share, Double(unbroken) / total, Double(correct) / total, label)
  }
}
