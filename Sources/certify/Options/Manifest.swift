import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyResults
import CertifySmoothing
import CertifyStore
import Foundation

extension Selection {
  /// In words, for the record.
  fileprivate var words: String {
    switch self {
    case .all: "all"
    case .first(let number): "the first \(number)"
    case .every(let step): "every \(step)"
    }
  }
}

extension RunManifest {
  /// The record of everything that the results depend on.
  ///
  /// - Parameter arguments: The words of the command line after the program's name.
  /// - Throws: What reading the files throws.
  init(
    subject: Subject, configuration: RunConfiguration, options: ResolvedOptions, data: DataOptions,
    threat: ThreatOptions, arguments: [String]
  ) throws {
    let attacks = configuration.classifiers.map {
      $0 == .base ? configuration.baseAttack.rawValue : configuration.smoothedAttack.rawValue
    }
    var certificates: [String] = []
    if configuration.classifiers.contains(.base) {
      certificates += configuration.baseCertificates.map(\.name)
    }
    if configuration.classifiers.contains(.smoothed), let smoothed = configuration.smoothedCertificate {
      certificates.append(smoothed.name)
    }
    let parameters = configuration.attackParameters
    let sampling =
      configuration.classifiers.contains(.smoothed)
      ? [
        "sampler": configuration.sampler.rawValue,
        "sampling-convolutions": subject.classifier.samplingConvolutions.rawValue,
      ] : [:]
    let fallbacks = Dictionary(
      uniqueKeysWithValues: configuration.attackFallbacks(classCount: subject.classifier.classCount)
        .enumerated().map { ("attack-fallback-\($0 + 1)", $1) })
    self.init(
      tool: ToolRecord(
        version: Certify.version, kernels: KernelLibrary.version,
        instructionSet: KernelLibrary.instructionSet, batchSize: configuration.batchSize),
      model: try FileRecord(path: subject.modelPath), data: try FileRecord(path: data.data),
      labels: try data.labels.map { try FileRecord(path: $0) }, space: configuration.space,
      scaling: subject.dataset.scaling, inputShape: subject.classifier.inputShape,
      classCount: subject.classifier.classCount, selectedInputs: subject.indices.count,
      availableInputs: subject.dataset.count, norms: configuration.norms,
      classifiers: configuration.classifiers, smoothings: configuration.smoothings.map(SmoothingRecord.init),
      samples: configuration.samples, selectionSamples: configuration.selectionSamples,
      alpha: configuration.alpha, certificates: certificates,
      attacks: attacks.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
      epsilons: options.epsilons.sorted(),
      parameters: [
        "selection": options.selection.words,
        "attack-batch-size": "\(configuration.attackBatchSize)",
        "base-batch-size": "\(configuration.baseBatchSize(subject.classifier))",
        "gradients": Inspection.Gradients(subject.classifier.gradientSupport).text,
        "steps": "\(parameters.steps)",
        "restarts": "\(parameters.restarts)",
        "maximum-queries": "\(parameters.maximumQueries)",
        "maximum-smoothed-queries": "\(parameters.maximumSmoothedQueries)",
        "smoothed-steps": "\(parameters.smoothedSteps)",
        "noise-samples": "\(parameters.noiseSamples)",
        "beta": "\(parameters.beta)",
        "maximum-candidates": "\(parameters.maximumCandidates)",
        "flip-selection-samples": "\(parameters.flipSelectionSamples)",
        "flip-maximum-samples": "\(parameters.flipMaximumSamples)",
      ].merging(sampling) { own, _ in own }
        .merging(Self.proofs(configuration)) { own, _ in own }.merging(fallbacks) { own, _ in own }
        .merging(parameters.stepNorm.map { ["step-norm": $0.rawValue] } ?? [:]) { own, _ in own },
      seed: configuration.seed, command: RecordedCommand.text(arguments),
      target: configuration.target?.description,
      threatFile: try threat.threat.map { try FileRecord(path: $0) },
      surrogate: try threat.surrogate.map { try FileRecord(path: $0) })
    plan = configuration.planRecord
    let trainingData = subject.classifier.model.trainingData
    self.trainingData = trainingData.isEmpty ? nil : trainingData
    try self.parameters.merge(configuration.splittingOffsets(subject.classifier.inputShape)) { own, _ in own }
  }

  /// What the proofs about the base classifier depend on, and why they are what they are.
  private static func proofs(_ configuration: RunConfiguration) -> [String: String] {
    guard configuration.classifiers.contains(.base) else { return [:] }
    var result = configuration.baseCertificates.reduce(into: [:]) {
      $0.merge($1.parameters) { own, _ in own }
    }
    result[Self.baseCertificateReason] = configuration.baseCertificateReason
    return result
  }
}

extension RunConfiguration {
  /// The SHA-256 of the offsets t_i of each splitting noise, as little-endian 32-bit numbers: part of what defines g.
  fileprivate func splittingOffsets(_ inputShape: [Int]) throws -> [String: String] {
    var digests: [String: String] = [:]
    for smoothing in smoothings where smoothing.noise.isDeterministic {
      let noise = try NoiseGenerator(
        smoothing: smoothing, dimension: inputShape.reduce(1, *), seed: seed)
      digests["splitting-offsets-sha256-\(smoothing.sigma)"] = noise.splittingOffsets.map { offsets in
        FileRecord.digest(
          offsets.flatMap { offset in (0..<4).map { UInt8(truncatingIfNeeded: offset >> (8 * $0)) } })
      }
    }
    return digests
  }
}
