import CertifyResults
import CertifyThreat

/// Runs for judging, made of rows.
enum Runs {
  static let smoothing = SmoothingRecord(noise: "gaussian", sigma: 0.25, range: nil)

  /// A correct input with these ends.
  static func row(_ lower: Double?, _ upper: Double? = nil, attacked: Bool = true) -> Bracket {
    bracket(predicted: 1, lower: lower, upper: upper, attacked: attacked)
  }

  static let abstained = bracket(predicted: nil, lower: nil, upper: nil, attacked: false)
  static let wrong = bracket(predicted: 0, lower: nil, upper: 0, attacked: false)

  static func bracket(
    predicted: Int?, lower: Double?, upper: Double?, attacked: Bool = true,
    smoothing: SmoothingRecord? = Runs.smoothing, norm: Distance = .l2
  ) -> Bracket {
    Bracket(
      classifier: smoothing == nil ? .base : .smoothed, smoothing: smoothing, norm: norm,
      predicted: predicted, correct: predicted == 1,
      lower: lower.map {
        LowerBound(
          radius: $0, method: "gaussian-p-lower", confidence: smoothing == nil ? 1 : 0.999,
          floatSound: true, sampling: nil)
      },
      upper: upper.map {
        UpperBound(radius: $0, attack: "pgd", confidence: 1, witnessClass: 0, flipTest: nil)
      },
      attack: attacked
        ? AttackRecord(
          name: "pgd", queries: 1, gradients: 1, flipped: 0, held: 0, inconclusive: 0, epsilons: nil)
        : nil,
      contradiction: nil)
  }

  static func run(
    _ rows: [[Bracket]], selected: Int? = nil, interrupted: Bool = false, norms: [Distance] = [.l2],
    classifiers: [ClassifierKind] = [.smoothed], smoothings: [SmoothingRecord] = [Runs.smoothing]
  ) -> RunResults {
    let file = FileRecord(path: "file", sha256: "00")
    return RunResults(
      manifest: RunManifest(
        tool: ToolRecord(version: "0", kernels: "k", instructionSet: "i", batchSize: 1), model: file,
        data: file, labels: nil, space: InputSpace(bounds: nil, gridSteps: nil), scaling: "as it is",
        inputShape: [4, 4], classCount: 2, selectedInputs: selected ?? rows.count, availableInputs: 1000,
        norms: norms, classifiers: classifiers, smoothings: smoothings, samples: 1000,
        selectionSamples: 100, alpha: 0.001, certificates: ["gaussian-p-lower"], attacks: ["pgd"],
        epsilons: [], parameters: [:], seed: 7, command: "certify run"),
      inputs: rows.enumerated().map { InputResult(index: $0, label: 1, brackets: $1) },
      interrupted: interrupted)
  }

  static func run(_ rows: [Bracket]) -> RunResults { run(rows.map { [$0] }) }

  /// 6 certified at 0.5, 2 abstained, 2 wrong.
  static let ten = run(
    Array(repeating: row(0.5, 0.9), count: 4) + [row(0.6), row(0.7)] + [abstained, abstained, wrong, wrong])
}
