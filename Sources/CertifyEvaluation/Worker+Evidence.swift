import CertifyAttacks
import CertifyResults
import CertifySmoothing

extension Worker {
  /// Samples g at an input for what the run asks.
  func evidence(_ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord) throws
    -> SmoothedEvidence
  {
    if let counts = try team.exactCounts(at: input.smoothingInput) {
      return .counted(SamplingRecord(exact: counts))
    }
    func draw(_ samples: Range<Int>) throws -> ClassCounts { try self.draw(samples, at: input, team) }
    if case .decide = configuration.plan.question {
      var sampling = try decisionSampling(input, record)
      try sampling.finish(draw)
      return .decided(sampling)
    }
    if var sampling = try radiusSampling(input, team, record) {
      try sampling.finish(draw)
      return .counted(sampling.sampling)
    }
    return .counted(
      try sample(
        input, team, selection: .selection, estimation: .estimation, samples: configuration.samples,
        alpha: configuration.level))
  }

  /// The samples of an estimate or of a decision.
  func draw(_ samples: Range<Int>, at input: AttackInput, _ team: SmoothedTeam) throws -> ClassCounts {
    try team.counts(at: input.smoothingInput, input: input.index, purpose: .estimation, samples: samples)
  }

  /// Sampling that shares a budget, before its first look.
  func budgetedSampling(_ input: AttackInput, _ team: SmoothedTeam) throws -> BudgetedSampling {
    let record = SmoothingRecord(team.leader.smoothing)
    if let sampling = try radiusSampling(input, team, record) { return .radius(sampling) }
    return .decision(try decisionSampling(input, record))
  }

  /// What samples say of an input that shared a budget: as many looks again as there were samples in the record.
  ///
  /// Where an input stops depends on the others, so that it follows from the record alone.
  func preparedEvidence(_ input: AttackInput, stored: InputResult) throws -> PreparedEvidence {
    let evidence = try smoothed.map { team in
      let record = SmoothingRecord(team.leader.smoothing)
      let drawn = stored.brackets.first { $0.smoothing == record }?.drawnSamples ?? 0
      var sampling = try budgetedSampling(input, team)
      while let next = sampling.next, next.upperBound <= drawn {
        try sampling.add(draw(next, at: input, team))
      }
      return sampling.evidence
    }
    return PreparedEvidence(byInput: [input.index: evidence])
  }

  /// Sampling that has chosen its class and drawn nothing else; `nil` where no tolerance or no certificate is asked for.
  func radiusSampling(
    _ input: AttackInput, _ team: SmoothedTeam, _ record: SmoothingRecord
  ) throws -> RadiusSampling? {
    guard case .radiusWithin(let tolerance) = configuration.plan.question,
      let certificate = configuration.smoothedCertificate
    else { return nil }
    let selection = try team.counts(
      at: input.smoothingInput, input: input.index, purpose: .selection,
      samples: 0..<configuration.selectionSamples)
    return RadiusSampling(
      selection: selection, certificate: certificate, smoothing: record, norms: configuration.provableNorms,
      dimension: input.point.count, alpha: configuration.level, most: configuration.samples,
      tolerance: tolerance)
  }

  /// Sampling that has drawn nothing.
  func decisionSampling(_ input: AttackInput, _ record: SmoothingRecord) throws -> DecisionSampling {
    try DecisionSampling(
      questions: configuration.decisionQuestions(record, dimension: input.point.count), label: input.label,
      classCount: sampling.classCount, alpha: configuration.level,
      beta: configuration.attackParameters.beta, most: configuration.samples)
  }

  /// Selection on n0 samples, estimation on n fresh ones.
  func sample(
    _ input: AttackInput, _ team: SmoothedTeam, selection: SamplePurpose,
    estimation: SamplePurpose, samples: Int, alpha: Double
  ) throws -> SamplingRecord {
    func counts(_ purpose: SamplePurpose, _ samples: Int) throws -> ClassCounts {
      try team.counts(
        at: input.smoothingInput, input: input.index, purpose: purpose, samples: 0..<samples)
    }
    let chosen = try counts(selection, configuration.selectionSamples)
    let estimated = try counts(estimation, samples)
    return SamplingRecord(
      candidate: chosen.mostFrequent, selectionSamples: chosen.samples, selectionCounts: chosen.counts,
      samples: estimated.samples, counts: estimated.counts, failed: estimated.failed, alpha: alpha)
  }
}

extension SamplingRecord {
  /// All samples that g has: nothing was chosen or estimated.
  init(exact counts: ClassCounts) {
    self.init(
      candidate: counts.mostFrequent, selectionSamples: 0, selectionCounts: [], samples: counts.samples,
      counts: counts.counts, failed: counts.failed, alpha: 0)
  }
}
