import CertifyGate
import CertifyReport
import CertifyResults
import CertifyThreat

/// A small run made by hand: every kind of row that a report has to show.
enum SampleRun {
  static let smoothing = SmoothingRecord(
    noise: "gaussian-sound", sigma: 0.25, range: ClosedIntegerRange(lower: -255, upper: 510))
  static let smoothed = BracketKey(classifier: .smoothed, smoothing: smoothing, norm: .l2)
  static let base = BracketKey(classifier: .base, smoothing: nil, norm: .l2)

  static let manifest = RunManifest(
    tool: ToolRecord(version: "0.1.0", kernels: "oneDNN 2.6.3", instructionSet: "avx2", batchSize: 64),
    model: FileRecord(path: "digits.onnx", sha256: String(repeating: "0123456789abcdef", count: 4)),
    data: FileRecord(path: "digits.npz", sha256: String(repeating: "fedcba9876543210", count: 4)),
    labels: nil, space: InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: 255),
    scaling: "divided by 255", inputShape: [1, 8, 8], classCount: 10, selectedInputs: 8,
    availableInputs: 360, norms: [.l2], classifiers: [.base, .smoothed], smoothings: [smoothing],
    samples: 10_000, selectionSamples: 100, alpha: 0.001,
    certificates: ["gaussian-p-lower", "linear-exact"], attacks: ["pgd", "smooth-pgd"], epsilons: [],
    parameters: ["beta": "0.001", "steps": "40", "restarts": "1"], seed: 18_446_744_073_709_551_615,
    command: "certify run digits.onnx --data digits.npz --sigma 0.25 --samples 10000 --seed 7")

  static func certified(_ label: Int, lower: Double, upper: Double?) -> Bracket {
    Bracket(
      classifier: .smoothed, smoothing: smoothing, norm: .l2, predicted: label, correct: true,
      lower: LowerBound(
        radius: lower, method: "gaussian-p-lower", confidence: 0.999, floatSound: true,
        sampling: SamplingRecord(
          candidate: label, selectionSamples: 100, selectionCounts: [0, 100], samples: 10_000,
          counts: [250, 9_750], failed: 0, alpha: 0.001)),
      upper: upper.map {
        UpperBound(
          radius: $0, attack: "smooth-pgd", confidence: 0.999, witnessClass: 0,
          flipTest: FlipTestRecord(
            outcome: .flipped, samples: 640, rivalHits: 400, labelHits: 240, beta: 0.001))
      },
      attack: AttackRecord(
        name: "smooth-pgd", queries: 1280, gradients: 640, flipped: upper == nil ? 0 : 1, held: 2,
        inconclusive: 0, epsilons: nil),
      contradiction: nil,
      gapParts: GapParts(
        lower: lower, methodLimit: lower + 0.05, bestLimit: lower + 0.0625, upper: upper))
  }

  static func attacked(_ label: Int, upper: Double, lower: Double? = nil) -> Bracket {
    Bracket(
      classifier: .base, smoothing: nil, norm: .l2, predicted: label, correct: true,
      lower: lower.map {
        LowerBound(radius: $0, method: "linear-exact", confidence: 1, floatSound: false, sampling: nil)
      },
      upper: UpperBound(radius: upper, attack: "pgd", confidence: 1, witnessClass: 0, flipTest: nil),
      attack: AttackRecord(
        name: "pgd", queries: 80, gradients: 40, flipped: 0, held: 0, inconclusive: 0, epsilons: nil),
      contradiction: nil)
  }

  static func wrong(_ key: BracketKey, predicted: Int) -> Bracket {
    Bracket(
      classifier: key.classifier, smoothing: key.smoothing, norm: key.norm, predicted: predicted,
      correct: false,
      lower: nil,
      upper: UpperBound(
        radius: 0, attack: "clean", confidence: 1, witnessClass: predicted, flipTest: nil),
      attack: nil, contradiction: nil)
  }

  static var abstention: Bracket {
    Bracket(
      classifier: .smoothed, smoothing: smoothing, norm: .l2, predicted: nil, correct: false, lower: nil,
      upper: nil, attack: nil, contradiction: nil)
  }

  static var settled: Bracket {
    var bracket = certified(1, lower: 0.35, upper: 0.34)
    bracket.contradiction = ContradictionRecord(
      lowerRadius: 0.35, upperRadius: 0.34, retestedLowerRadius: 0.31, retestedUpperRadius: nil,
      stands: false, witness: [0, 0.5])
    return bracket
  }

  static let results = RunResults(
    manifest: manifest,
    inputs: [
      InputResult(
        index: 0, label: 1, brackets: [attacked(1, upper: 0.9057), certified(1, lower: 0.4999, upper: 1.2)]),
      InputResult(
        index: 1, label: 2, brackets: [attacked(2, upper: 1.5), certified(2, lower: 0.62345, upper: nil)]),
      InputResult(index: 2, label: 3, brackets: [wrong(base, predicted: 8), wrong(smoothed, predicted: 8)]),
      InputResult(index: 3, label: 4, brackets: [attacked(4, upper: 0.25), abstention]),
      InputResult(index: 4, label: 1, brackets: [attacked(1, upper: 0.7, lower: 0.6999), settled]),
      InputResult(
        index: 5, label: 1, brackets: [attacked(1, upper: 1.1), certified(1, lower: 0.7, upper: 0.8)]),
      InputResult(
        index: 6, label: 1, brackets: [attacked(1, upper: 0.6), certified(1, lower: 0.1 + 0.2, upper: 0.9)]),
      InputResult(
        index: 7, label: 1, brackets: [attacked(1, upper: 0.8), certified(1, lower: 0.5, upper: 1.0)]),
    ],
    interrupted: false,
    classNames: [
      "zero", "one | two", "<b>two</b> & \"2\"", "th'ree", "*four*", "five", "six\nlines", "",
      "a name that is longer than a chart has room for", "\u{202E}nine",
    ])

  /// What the model answered where inputs could not be evaluated.
  static let failure = "node <conv_1>: the model's logit of class 0 is NaN | 100 % of the rows"

  /// Two inputs could not be evaluated, four were not reached, and nothing was required.
  static var failedSource: ReportSource {
    var run = results
    for index in [3, 5] {
      run.inputs[index] = InputResult(
        index: index, label: run.inputs[index].label, brackets: [], error: failure)
    }
    run.manifest.selectedInputs = 12
    run.interrupted = true
    return ReportSource(results: run, verdict: try? Gate.judge(results: run, requirements: []))
  }

  static let requirements = [
    "certified-accuracy(0.25, classifier: smoothed) >= 0.7",
    "certified-accuracy(0.5, classifier: smoothed) >= 0.5",
    "abstention-rate(classifier: smoothed) <= 0.2",
    "mean-certified-radius(classifier: smoothed, confidence: 0.95) >= 0.1",
  ]

  static func source() throws -> ReportSource {
    let verdict = try Gate.judge(
      results: results, requirements: requirements.map { try Requirement(parsing: $0) })
    return ReportSource(results: results, verdict: verdict)
  }
}
