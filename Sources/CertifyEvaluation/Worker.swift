import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// What the workers' noise has in common: tables that are made once.
struct SharedNoise: Sendable {
  let generator: NoiseGenerator
  /// The shorter way to the same law, where it is wanted and applies.
  let linear: LinearNoise?

  init(_ smoothing: Smoothing, source: any ClassifierSource, configuration: RunConfiguration) throws {
    generator = try NoiseGenerator(
      smoothing: smoothing, dimension: source.inputShape.reduce(1, *), seed: configuration.seed)
    linear =
      configuration.sampler == .exactLinear
      ? try source.leadingLayer.flatMap {
        try LinearNoise(layer: $0, smoothing: smoothing, seed: configuration.seed)
      } : nil
  }
}

/// Evaluates inputs: the brackets of one input depend on nothing but that input.
///
/// Attacks on the base classifier may run on several inputs at once, ahead of their turns.
final class Worker {
  let configuration: RunConfiguration
  /// f where f itself is bracketed: asked about one row at a time where attacks have gradients to ask.
  let reference: any Classifier
  /// f inside the smoothed classifiers; may differ from the other one in rounding errors.
  let sampling: MonitoredClassifier
  let gradients: (any DifferentiableClassifier)?
  /// Another model, for attacks on f by transfer.
  let surrogate: (any DifferentiableClassifier)?
  /// What the rows of several inputs' attacks share, where they do.
  let shared: (any DifferentiableClassifier)?
  let smoothed: [SmoothedTeam]
  /// What samples say of the inputs, where they share a budget.
  var prepared: PreparedEvidence?
  /// The outcomes of attacks that ran before their input's turn, by norm and index.
  var attacked: [Distance: [Int: AttackOutcome]] = [:]

  /// - Parameter threads: how many threads share the samples of one input.
  init(
    source: any ClassifierSource, configuration: RunConfiguration, noises: [SharedNoise], threads: Int,
    stop: StopSignal, prepared: PreparedEvidence? = nil
  ) throws {
    self.configuration = configuration
    self.prepared = prepared
    let batchSize = configuration.batchSize
    gradients =
      configuration.attacks
      ? try source.makeDifferentiableClassifier(batchSize: configuration.attackBatchSize)
        .map { MonitoredDifferentiableClassifier($0, stop: stop) } : nil
    surrogate =
      configuration.attacks
      ? try configuration.surrogate?.makeDifferentiableClassifier(batchSize: configuration.attackBatchSize)
        .map { MonitoredDifferentiableClassifier($0, stop: stop) } : nil
    shared =
      try configuration.sharesBatches
      ? source.makeSharedClassifier().map {
        MonitoredDifferentiableClassifier($0, stop: stop)
      } : nil
    func monitored(_ classifier: any Classifier) -> MonitoredClassifier {
      MonitoredClassifier(classifier, stop: stop)
    }
    func makeSampling() throws -> MonitoredClassifier {
      monitored(try source.makeSamplingClassifier(batchSize: batchSize))
    }
    let isBase = configuration.classifiers.contains(.base)
    let sampling = configuration.classifiers.contains(.smoothed) ? try makeSampling() : nil
    let reference =
      isBase || sampling == nil
      ? monitored(try source.makeClassifier(batchSize: configuration.baseBatchSize(source))) : nil
    let only = reference ?? sampling
    guard let first = reference ?? only, let second = sampling ?? only else {
      throw EvaluationError.nothingToEvaluate
    }
    self.reference = first
    self.sampling = second
    func smoothed(_ noise: SharedNoise, _ classifier: any Classifier) throws -> SmoothedClassifier {
      let linear = try noise.linear.map { linear in
        let made = try source.makeOffsetClassifier(
          matrix: linear.factor, inputCount: linear.rank, batchSize: batchSize)
        return LinearSampling(classifier: monitored(made), offset: made.offset, noise: linear)
      }
      return try SmoothedClassifier(classifier: classifier, generator: noise.generator, linear: linear)
    }
    let helpers = try noises.isEmpty ? [] : (1..<max(threads, 1)).map { _ in try makeSampling() }
    self.smoothed = try noises.map { noise in
      try SmoothedTeam(
        leader: smoothed(noise, second), helpers: helpers.map { try smoothed(noise, $0) })
    }
  }

  /// Every bracket of one input: the base classifier's, then the smoothed ones', norm by norm.
  func evaluate(_ input: AttackInput) throws -> EvaluatedInput {
    var brackets: [WitnessedBracket] = []
    for kind in configuration.classifiers {
      switch kind {
      case .base:
        brackets += try baseBrackets(input)
      case .smoothed:
        for (number, team) in smoothed.enumerated() {
          let ready = prepared?.byInput[input.index]?[number]
          brackets += try smoothedBrackets(input, team, prepared: ready)
        }
      }
    }
    let result = InputResult(index: input.index, label: input.label, brackets: brackets.map(\.bracket))
    return EvaluatedInput(result: result, witnesses: brackets.map(\.witness))
  }

  func threat(_ norm: Norm) -> ThreatModel { ThreatModel(norm: norm, space: configuration.space) }
}

/// A bracket and the point behind its upper end.
struct WitnessedBracket {
  var bracket: Bracket
  var witness: Witness?
}

extension AttackRecord {
  /// What the attack spent; `nil` when none was asked for.
  init?(_ outcome: AttackOutcome) {
    guard outcome.attack != AttackName.none.rawValue else { return nil }
    self.init(
      name: outcome.attack, queries: outcome.queries, gradients: outcome.gradients, flipped: outcome.flipped,
      held: outcome.held, inconclusive: outcome.inconclusive, epsilons: outcome.epsilons)
  }
}
