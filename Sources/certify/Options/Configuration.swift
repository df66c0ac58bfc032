import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import Logging

extension RunConfiguration {
  /// What the options ask of this model and these data.
  ///
  /// - Throws: ``CommandError`` of kind usage for names that do not exist or do not fit together; what the
  ///   modules throw for values out of range.
  init(
    subject: Subject, options: ResolvedOptions, attackOptions: RunOptions, threat: ThreatOptions,
    flow: FlowOptions, sampling: SamplingOptions, boundOptions: BoundOptions, logger: Logger
  ) throws {
    let smoothings = try Self.smoothings(options, isEightBit: subject.dataset.isEightBit)
    for smoothing in smoothings { try smoothing.validate() }
    let certificates = try CertificateChoice(
      options.certificates, subject: subject, classifiers: options.classifiers,
      noise: smoothings.first?.noise,
      provable: options.norms.contains { $0.norm != nil },
      timeout: boundOptions.checkedTimeout())
    let attacks = try AttackChoice(options.attacks, epsilons: options.epsilons)
    var parameters = AttackParameters()
    if let steps = attackOptions.steps { parameters.steps = steps }
    if let restarts = attackOptions.restarts { parameters.restarts = restarts }
    if let beta = attackOptions.beta { parameters.beta = beta }
    parameters.maximumSmoothedQueries = min(max(3 * options.samples, 10_000), 60_000)
    if let queries = attackOptions.attackQueries {
      parameters.maximumQueries = queries
      parameters.maximumSmoothedQueries = queries
    }
    parameters.stepNorm = flow.stepNorm
    parameters.keepsTrajectory = flow.trajectories
    if flow.stepNorm != nil || flow.trajectories, ![.flow, .minimizingMovement, .none].contains(attacks.base)
    {
      throw CommandError.usage(
        "\(flow.stepNorm != nil ? "--step-norm" : "--trajectories"): it is for the attacks flow and "
          + "minimizing-movement; name one with --attack, and --epsilon")
    }
    try parameters.validate()
    let batchSize = subject.classifier.preferredBatchSize
    self.init(
      space: subject.space, norms: options.norms, classifiers: options.classifiers, smoothings: smoothings,
      selectionSamples: options.selectionSamples, samples: options.samples, alpha: options.alpha,
      baseCertificates: certificates.base, smoothedCertificate: certificates.smoothed,
      baseAttack: attacks.base, smoothedAttack: attacks.smoothed,
      goal: options.epsilons.isEmpty ? .smallestNorm : .epsilons(options.epsilons.sorted()),
      attackParameters: parameters, seed: options.seed, batchSize: batchSize,
      attackBatchSize: min(batchSize, 24),
      sampler: try Self.sampler(attackOptions.sampler, subject: subject, smoothings: smoothings),
      target: try threat.attackTarget(classCount: subject.classifier.classCount),
      surrogate: try threat.surrogateSource(for: subject))
    if surrogate == nil, attacks.base == .transfer {
      throw CommandError.usage("--attack transfer: it needs a second model; name it with --surrogate")
    }
    if !classifiers.contains(.smoothed), let option = sampling.first {
      throw CommandError.usage(
        "--\(option): it is about the samples of smoothed classifiers; leave it out, or add smoothed to --classifier"
      )
    }
    if classifiers.contains(.smoothed) {
      plan = try sampling.plan(sigmas: options.sigmas, inputs: subject.indices.count)
      try checkPlan(dimension: subject.classifier.inputShape.reduce(1, *))
      try refuseCertainAbstention()
    }
    try checkAttacks(on: subject.classifier)
    for fallback in attackFallbacks(classCount: subject.classifier.classCount) {
      logger.warning("\(fallback)")
    }
    baseCertificateReason = certificates.reason
  }

  private static func smoothings(_ options: ResolvedOptions, isEightBit: Bool) throws -> [Smoothing] {
    guard options.classifiers.contains(.smoothed) else { return [] }
    let name = options.noise ?? (isEightBit ? NoiseFamily.gaussianSound : .gaussian).rawValue
    guard let noise = NoiseFamily(rawValue: name) else {
      let hint = NearestName.hint(name, among: NoiseFamily.allCases.map(\.rawValue))
      throw CommandError.usage("--noise \(name): there is no such noise; \(hint)")
    }
    guard !noise.needsGrid || isEightBit else {
      throw CommandError.usage(
        "--noise \(name): it needs 8-bit data, and these are floating-point numbers; "
          + "use \(noise.inFloatingPoint.rawValue)")
    }
    return options.sigmas.map { Smoothing(noise: noise, sigma: $0) }
  }

  /// The sampler that was asked for, or else the fastest one that applies.
  private static func sampler(
    _ name: String?, subject: Subject, smoothings: [Smoothing]
  ) throws -> Sampler {
    let applies = smoothings.contains { smoothing in
      subject.classifier.leadingLayer.map { LinearNoise.applies(to: $0, smoothing: smoothing) } ?? false
    }
    guard let name else { return applies ? .exactLinear : .direct }
    guard let sampler = Sampler(rawValue: name) else {
      let hint = NearestName.hint(name, among: Sampler.allCases.map(\.rawValue))
      throw CommandError.usage("--sampler \(name): there is no such sampler; \(hint)")
    }
    guard sampler == .direct || applies else {
      throw CommandError.usage(
        "--sampler \(name): it needs the noise gaussian and a model that starts with a linear layer narrower "
          + "than its input; leave the option out")
    }
    return sampler
  }

  /// Refuses so few samples that even n equal answers certify nothing, and says how many it takes.
  ///
  /// - Throws: ``CommandError`` of kind usage.
  private func refuseCertainAbstention() throws {
    guard let certificate = smoothedCertificate, !smoothings.contains(where: \.noise.isDeterministic) else {
      return
    }
    let needed = try SampleSize.samplesNeeded(alpha: certificate.boundsRunnerUp ? level / 2 : level)
    guard samples < needed else { return }
    throw CommandError.usage(
      "--samples \(samples): at α = \(level) the smoothed classifier must abstain on every input; "
        + "give \(needed) samples or more, or a larger --alpha")
  }
}

/// The certificates that were asked for, told apart by the classifier they speak of.
private struct CertificateChoice {
  var base: [any BaseCertificate] = []
  var smoothed: (any SmoothedCertificate)?
  /// Why the base certificate is what it is, where none was asked for.
  var reason: String?

  /// - Parameters:
  ///   - classifiers: those that are bracketed.
  ///   - noise: that of the smoothed classifiers; `nil` without any.
  ///   - provable: Whether anything can be certified in one of the norms.
  init(
    _ names: [String], subject: Subject, classifiers: [ClassifierKind], noise: NoiseFamily?, provable: Bool,
    timeout: Double
  ) throws {
    guard provable else {
      reason = "nothing is certified in l0"
      return
    }
    guard !names.isEmpty else {
      if classifiers.contains(.base) {
        let choice = DefaultBaseCertificate(classifier: subject.classifier)
        base = choice.certificate.map { [$0] } ?? []
        reason = choice.reason
      }
      smoothed = noise.flatMap { SmoothedCertificates.applying(to: $0).first }
      return
    }
    guard names != ["none"] else { return }
    for name in names {
      if let certificate = SmoothedCertificates.named(name) {
        guard smoothed == nil else {
          throw CommandError.usage(
            "--certificate \(names.joined(separator: " ")): name one certificate of the smoothed classifier;"
              + " looking at the same samples twice would cost confidence")
        }
        if let noise, !certificate.applies(to: noise) {
          let fitting = SmoothedCertificates.applying(to: noise).map(\.name).joined(separator: " or ")
          throw CommandError.usage(
            "--certificate \(name): it says nothing about the noise \(noise.rawValue); use \(fitting)")
        }
        smoothed = certificate
      } else if name == LinearBaseCertificate.name {
        base.append(try LinearBaseCertificate(classifier: subject.classifier))
      } else if name == LipschitzBaseCertificate.name {
        base.append(try LipschitzBaseCertificate(classifier: subject.classifier))
      } else if name == CompleteBaseCertificate.name {
        guard subject.space.features == nil else {
          throw CommandError.usage(
            "--certificate \(name): it searches a ball in one box; with --threat use crown, ibp or lipschitz")
        }
        base.append(try CompleteBaseCertificate(classifier: subject.classifier, timeout: timeout))
      } else if let method = BoundMethod(rawValue: name) {
        base.append(try BoundBaseCertificate(method: method, classifier: subject.classifier))
      } else {
        let known =
          SmoothedCertificates.all.map(\.name) + BoundMethod.allCases.map(\.rawValue)
          + [
            LinearBaseCertificate.name, LipschitzBaseCertificate.name, CompleteBaseCertificate.name, "none",
          ]
        throw CommandError.usage(
          "--certificate \(name): there is no such certificate; \(NearestName.hint(name, among: known))")
      }
      let kind = SmoothedCertificates.named(name) == nil ? ClassifierKind.base : .smoothed
      guard classifiers.contains(kind) else {
        throw CommandError.usage(
          "--certificate \(name): it is about the \(kind.rawValue) classifier, which is left out; "
            + "add \(kind.rawValue) to --classifier, or name another certificate")
      }
    }
  }
}

/// The attacks that were asked for, one for each classifier.
private struct AttackChoice {
  var base: AttackName
  var smoothed: AttackName

  init(_ names: [String], epsilons: [Double]) throws {
    let portfolio: AttackName = epsilons.isEmpty ? .best : .auto
    (base, smoothed) = (portfolio, portfolio)
    for name in names {
      guard let attack = AttackName(rawValue: name) else {
        let hint = NearestName.hint(name, among: AttackName.names)
        throw CommandError.usage("--attack \(name): there is no such attack; \(hint)")
      }
      if attack.attacksBase { base = attack }
      if attack.attacksSmoothed { smoothed = attack }
    }
  }
}
