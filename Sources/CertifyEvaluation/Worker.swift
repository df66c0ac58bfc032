import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// Evaluates inputs on one thread: the brackets of one input depend on nothing but that input.
final class Worker {
  let configuration: RunConfiguration
  let reference: any Classifier
  let gradients: (any DifferentiableClassifier)?
  let smoothed: [SmoothedClassifier]

  init(
    source: any ClassifierSource, configuration: RunConfiguration, generators: [NoiseGenerator],
    stop: StopSignal
  ) throws {
    self.configuration = configuration
    let reference = MonitoredClassifier(
      try source.makeClassifier(batchSize: configuration.batchSize), stop: stop)
    self.reference = reference
    gradients = try source.makeDifferentiableClassifier(batchSize: configuration.attackBatchSize)
      .map { MonitoredDifferentiableClassifier($0, stop: stop) }
    smoothed = try generators.map { try SmoothedClassifier(classifier: reference, generator: $0) }
  }

  /// Every bracket of one input: the base classifier's, then the smoothed ones', norm by norm.
  func evaluate(_ input: AttackInput) throws -> InputResult {
    var brackets: [Bracket] = []
    for kind in configuration.classifiers {
      switch kind {
      case .base:
        brackets += try baseBrackets(input)
      case .smoothed:
        for classifier in smoothed { brackets += try smoothedBrackets(input, classifier) }
      }
    }
    return InputResult(index: input.index, label: input.label, brackets: brackets)
  }

  func threat(_ norm: Norm) -> ThreatModel { ThreatModel(norm: norm, space: configuration.space) }
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
