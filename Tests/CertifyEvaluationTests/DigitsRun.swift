import CertifyAttacks
import CertifyCertificates
import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyGate
import CertifyModel
import CertifyResults
import CertifySmoothing
import CertifyThreat
import _CertifyTestSupport

/// A small run on the digits: what each test asks, in one place.
struct DigitsRun {
  let classifier: LoadedClassifier
  let dataset: Dataset
  let labels: [Int]
  var configuration: RunConfiguration

  /// 8-bit digits in ℓ₂ against the smoothed classifier only, cheaply; tests change what they are about.
  init(model: String = "digits_logistic") throws {
    classifier = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(model).onnx")))
    dataset = try Dataset.load(path: Fixtures.path("data/digits_test.npz"))
    labels = try dataset.requiredLabels()
    var parameters = AttackParameters()
    parameters.maximumQueries = 600
    parameters.maximumSmoothedQueries = 20_000
    parameters.steps = 10
    parameters.restarts = 2
    configuration = RunConfiguration(
      space: InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: 255), norms: [.l2],
      classifiers: [.smoothed], smoothings: [Smoothing(noise: .gaussianSound, sigma: 0.25)],
      selectionSamples: 50, samples: 500, alpha: 0.001, baseCertificates: [],
      smoothedCertificate: GaussianSmoothedCertificate(method: .probabilityLower), baseAttack: .best,
      smoothedAttack: .best, goal: .smallestNorm, attackParameters: parameters, seed: 3,
      batchSize: classifier.preferredBatchSize, attackBatchSize: 48)
  }

  func input(_ index: Int) -> AttackInput {
    AttackInput(
      index: index, point: dataset.input(index), grid: dataset.gridInput(index), label: labels[index])
  }

  /// Evaluates the inputs at these positions of the data.
  func run(_ indices: [Int], jobs: Int = 2, control: RunControl = RunControl()) throws -> Evaluator.Outcome {
    let inputs = indices.map(input)
    return try Evaluator(source: classifier, configuration: configuration).run(
      count: inputs.count, jobs: jobs, control: control, input: { inputs[$0] })
  }

  /// The record of a run, as the gate judges it.
  func results(_ outcome: Evaluator.Outcome, selected: Int) -> RunResults {
    let file = FileRecord(path: "file", sha256: "00")
    return RunResults(
      manifest: RunManifest(
        tool: ToolRecord(
          version: "0", kernels: KernelLibrary.version, instructionSet: KernelLibrary.instructionSet,
          batchSize: configuration.batchSize), model: file, data: file, labels: nil,
        space: configuration.space, scaling: dataset.scaling, inputShape: classifier.inputShape,
        classCount: classifier.classCount, selectedInputs: selected, availableInputs: dataset.count,
        norms: configuration.norms, classifiers: configuration.classifiers,
        smoothings: configuration.smoothings.map(SmoothingRecord.init), samples: configuration.samples,
        selectionSamples: configuration.selectionSamples, alpha: configuration.alpha, certificates: [],
        attacks: [configuration.smoothedAttack.rawValue], epsilons: [], parameters: [:],
        seed: configuration.seed, command: "certify run"),
      inputs: outcome.inputs, interrupted: outcome.interrupted)
  }
}

/// A claim of a huge radius, whatever the samples say.
struct FalseSmoothedCertificate: SmoothedCertificate {
  /// The level at which the claim is honest again.
  var honestLevel: Double?
  let name = "planted"
  static let radius = 50.0
  private let honest = GaussianSmoothedCertificate(method: .probabilityLower)

  init(honestLevel: Double? = nil) { self.honestLevel = honestLevel }

  func lowerBound(
    from sampling: SamplingRecord, smoothing: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    var bound = try honest.lowerBound(from: sampling, smoothing: smoothing, norm: norm, dimension: dimension)
    if sampling.alpha != honestLevel { bound?.radius = Self.radius }
    return bound
  }
}

/// The same for the base classifier, perhaps only the first time it is asked about an input.
final class FalseBaseCertificate: BaseCertificate {
  let name = "planted"
  let onlyOnce: Bool
  private let asked = Asked()

  init(onlyOnce: Bool) { self.onlyOnce = onlyOnce }

  func lowerBound(for input: AttackInput, threat: ThreatModel, probe: ReferenceProbe) throws -> LowerBound? {
    let isFirst = asked.insert(input.index)
    return LowerBound(
      radius: isFirst || !onlyOnce ? 50 : 0, method: name, confidence: 1, floatSound: true, sampling: nil)
  }
}
