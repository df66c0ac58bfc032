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
  ) throws -> [Bracket] {
    let record = SmoothingRecord(team.leader.smoothing)
    let evidence = try prepared ?? evidence(input, team, record)
    return try configuration.norms.map { norm in
      try smoothedBracket(input, team, record, evidence, norm: norm)
    }
  }

  private func smoothedBracket(
    _ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord,
    _ evidence: SmoothedEvidence, norm: Norm
  ) throws -> Bracket {
    let certificate = configuration.smoothedCertificate
    var lower = try certificate.flatMap {
      try evidence.lowerBound($0, smoothing: record, norm: norm, dimension: input.point.count)
    }
    let prediction = try evidence.prediction(lower: lower, hasCertificate: certificate != nil)
    let predicted = prediction?.class
    let correct = predicted == input.label
    var upper: UpperBound?
    var attackRecord: AttackRecord?
    var witness: Witness?
    if let prediction, !correct {
      lower?.radius = 0
      upper = UpperBound(
        radius: 0, attack: Witness.clean, confidence: 1 - prediction.error, witnessClass: prediction.class,
        flipTest: nil)
    } else {
      let attack = try SmoothedAttack(
        name: configuration.smoothedAttack, goal: configuration.goal, threat: threat(norm),
        parameters: configuration.attackParameters, noise: team.leader.generator)
      let outcome = try attack.run(on: input, reference: self.sampling, gradients: gradients)
      attackRecord = AttackRecord(outcome)
      witness = outcome.witness
      upper = outcome.witness.map {
        UpperBound(
          radius: $0.distance, attack: $0.attack, confidence: 1 - outcome.beta,
          witnessClass: $0.witnessClass, flipTest: outcome.flipTest.map(FlipTestRecord.init))
      }
    }
    var bracket = Bracket(
      classifier: .smoothed, smoothing: record, norm: norm, predicted: predicted, correct: correct,
      lower: lower, upper: upper, attack: attackRecord, contradiction: nil,
      decision: evidence.decision(norm))
    if bracket.isContradictory, let witness {
      bracket.contradiction = try retest(bracket, input, team, record, witness: witness)
    }
    return bracket
  }

  /// Both ends again on samples that nothing has used, at 10⁻⁶ each, so many of them that the stricter level
  /// alone does not lower a radius; where g is computed and not estimated, computed again.
  private func retest(
    _ bracket: Bracket, _ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord,
    witness: Witness
  ) throws -> ContradictionRecord? {
    guard let lower = bracket.lower, let upper = bracket.upper else { return nil }
    let exact = try team.exactCounts(at: input.smoothingInput).map(SamplingRecord.init(exact:))
    let sampling =
      try exact
      ?? sample(
        input, team, selection: .retestSelection, estimation: .retestEstimation,
        samples: configuration.retestSamples(), alpha: RunConfiguration.retestLevel)
    let lowerAgain = try configuration.smoothedCertificate?.lowerBound(
      from: sampling, smoothing: record, norm: bracket.norm, dimension: input.point.count)
    let parameters = configuration.attackParameters
    let flip = try team.leader.flipTest(
      at: smoothingInput(witness), input: input.index, candidate: 0,
      label: input.label, beta: RunConfiguration.retestLevel,
      selectionSamples: parameters.flipSelectionSamples,
      maximumSamples: max(parameters.flipMaximumSamples, configuration.samples), retest: true)
    let sameClass = sampling.candidate == bracket.predicted
    return ContradictionRecord(
      lower: lower, upper: upper, lowerAgain: sameClass ? lowerAgain?.radius : nil,
      upperAgain: flip.outcome == .flipped ? upper.radius : nil, witness: witness.point)
  }

  /// The witness in the form in which the attack tested it.
  private func smoothingInput(_ witness: Witness) -> SmoothingInput {
    guard configuration.space.gridSteps == 255, let grid = witness.grid else { return .real(witness.point) }
    return .grid(grid)
  }
}
