import CertifyAttacks
import CertifyCertificates
import CertifyResults
import CertifySmoothing
import CertifyThreat

extension Worker {
  /// A smoothed classifier's bracket in each norm; all norms share one set of samples.
  ///
  /// - Parameter prepared: What the samples say, where they were drawn already.
  func smoothedBrackets(
    _ input: AttackInput, _ team: SmoothedTeam, prepared: SmoothedEvidence?
  ) throws -> [WitnessedBracket] {
    let record = SmoothingRecord(team.leader.smoothing)
    let evidence = try prepared ?? evidence(input, team, record)
    let targets = try targets(of: input)
    return try configuration.provableNorms.map { norm in
      try smoothedBracket(input, team, record, evidence, norm: norm, targets: targets)
    }
  }

  private func smoothedBracket(
    _ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord,
    _ evidence: SmoothedEvidence, norm: Norm, targets: [Int]?
  ) throws -> WitnessedBracket {
    let certificate = configuration.smoothedCertificate
    var lower = try certificate.flatMap {
      try evidence.lowerBound($0, smoothing: record, norm: norm, dimension: input.point.count)
    }?.inUnits(of: configuration.space.features)
    let prediction = try evidence.prediction(lower: lower, hasCertificate: certificate != nil)
    let predicted = prediction?.class
    let correct = predicted == input.label
    var upper: UpperBound?
    var attackRecord: AttackRecord?
    var witness: Witness?
    var records: [TargetRecord]?
    if let prediction, !correct {
      lower?.radius = 0
      records = targets?.map {
        TargetRecord(
          target: $0, radius: $0 == predicted ? 0 : nil, attack: $0 == predicted ? Witness.clean : nil)
      }
      if targets?.contains(prediction.class) ?? true {
        upper = UpperBound(
          radius: 0, attack: Witness.clean, confidence: 1 - prediction.error, witnessClass: prediction.class,
          flipTest: nil)
      }
    } else {
      let attack = try SmoothedAttack(
        name: configuration.smoothedAttack, goal: configuration.goal, threat: threat(norm),
        parameters: configuration.attackParameters, noise: team.leader.generator)
      let found = try self.attack(targets) { target in
        try target.map {
          try attack.run(on: input, target: $0, reference: self.sampling, gradients: gradients)
        } ?? attack.run(on: input, reference: self.sampling, gradients: gradients)
      }
      records = found.records
      if let outcome = found.joined {
        attackRecord = AttackRecord(outcome)
        witness = outcome.witness
        upper = outcome.witness.map {
          UpperBound(
            radius: $0.distance, attack: $0.attack, confidence: 1 - outcome.beta,
            witnessClass: $0.witnessClass, flipTest: outcome.flipTest.map(FlipTestRecord.init))
        }
      }
    }
    var bracket = Bracket(
      classifier: .smoothed, smoothing: record, norm: Distance(norm), predicted: predicted, correct: correct,
      lower: lower, upper: upper, attack: attackRecord, contradiction: nil, targets: records,
      decision: evidence.decision(norm), sampling: lower == nil ? evidence.sampling : nil)
    bracket.gapParts = try gapParts(bracket, norm: norm, dimension: input.point.count)
    if bracket.isContradictory, let witness {
      bracket.contradiction = try retest(bracket, input, team, record, norm: norm, witness: witness)
    }
    return WitnessedBracket(bracket: bracket, witness: witness)
  }

  /// Where the gap comes from; `nil` without a proof, for a wrong prediction, for ends out of order, and where sampling
  /// stopped by what it saw, which confidence bounds of the counts do not allow.
  private func gapParts(_ bracket: Bracket, norm: Norm, dimension: Int) throws -> GapParts? {
    guard bracket.correct, bracket.decision == nil, let lower = bracket.lower,
      let smoothing = bracket.smoothing, let sampling = lower.sampling,
      let limit = try configuration.smoothedCertificate?.limit(
        from: sampling, smoothing: smoothing, norm: norm, dimension: dimension)
    else { return nil }
    let unit = configuration.space.features?.largestScale ?? 1
    return GapParts(
      lower: lower.radius, methodLimit: limit.method / unit, bestLimit: limit.best / unit,
      upper: bracket.upper?.radius)
  }

  /// What the certificate proves from samples, in the units of the run.
  private func lowerBound(
    _ sampling: SamplingRecord, _ record: SmoothingRecord, norm: Norm, dimension: Int
  ) throws -> LowerBound? {
    try configuration.smoothedCertificate?.lowerBound(
      from: sampling, smoothing: record, norm: norm, dimension: dimension
    )?.inUnits(of: configuration.space.features)
  }

  /// Both ends again on samples that nothing has used, at 10⁻⁶ each, so many of them that the stricter level
  /// alone does not lower a radius; where g is computed and not estimated, computed again.
  private func retest(
    _ bracket: Bracket, _ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord,
    norm: Norm, witness: Witness
  ) throws -> ContradictionRecord? {
    guard let lower = bracket.lower, let upper = bracket.upper else { return nil }
    let exact = try team.exactCounts(at: input.smoothingInput).map(SamplingRecord.init(exact:))
    let sampling =
      try exact
      ?? sample(
        input, team, selection: .retestSelection, estimation: .retestEstimation,
        samples: configuration.retestSamples(), alpha: RunConfiguration.retestLevel)
    let lowerAgain = try lowerBound(sampling, record, norm: norm, dimension: input.point.count)
    let parameters = configuration.attackParameters
    let flip = try team.leader.flipTest(
      at: smoothingInput(witness.point), input: input.index, candidate: 0,
      label: input.label, beta: RunConfiguration.retestLevel,
      selectionSamples: parameters.flipSelectionSamples,
      maximumSamples: max(parameters.flipMaximumSamples, configuration.samples), retest: true)
    let sameClass = sampling.candidate == bracket.predicted
    return ContradictionRecord(
      lower: lower, upper: upper, lowerAgain: sameClass ? lowerAgain?.radius : nil,
      upperAgain: flip.outcome == .flipped ? upper.radius : nil, witness: witness.point)
  }

  /// A point of 𝒳 in the form in which the attack tested it.
  func smoothingInput(_ point: [Float]) -> SmoothingInput {
    guard configuration.space.gridSteps == 255,
      let integers = try? configuration.space.gridIntegers(of: point, steps: 255)
    else { return .real(point) }
    return .grid(integers.map { UInt8(clamping: $0) })
  }
}
