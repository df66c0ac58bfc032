import CertifyAttacks
import CertifyResults
import CertifyThreat

extension Worker {
  /// The base classifier's bracket in each norm.
  func baseBrackets(_ input: AttackInput) throws -> [Bracket] {
    try configuration.norms.map { norm in
      let threat = threat(norm)
      let attack = try BaseAttack(
        name: configuration.baseAttack, goal: configuration.goal, threat: threat,
        parameters: configuration.attackParameters, seed: configuration.seed)
      let outcome = try attack.run(on: input, reference: reference, gradients: gradients)
      let predicted = outcome.cleanClass
      let correct = predicted == input.label
      let probe = ReferenceProbe(reference, input: input, threat: threat, witness: outcome.witness)
      let lower = try baseLowerBound(input, threat, probe, correct: correct)
      let upper = probe.witness.map {
        UpperBound(
          radius: $0.distance, attack: $0.attack, confidence: 1, witnessClass: $0.witnessClass, flipTest: nil)
      }
      var bracket = Bracket(
        classifier: .base, smoothing: nil, norm: norm, predicted: predicted, correct: correct,
        lower: lower, upper: upper, attack: AttackRecord(outcome), contradiction: nil)
      if bracket.isContradictory, let witness = probe.witness {
        bracket.contradiction = try retestBase(bracket, input, threat, witness: witness)
      }
      return bracket
    }
  }

  /// The largest radius that one of the certificates proves; 0 by name when f is wrong already.
  private func baseLowerBound(
    _ input: AttackInput, _ threat: ThreatModel, _ probe: ReferenceProbe, correct: Bool
  ) throws -> LowerBound? {
    guard correct else {
      return configuration.baseCertificates.first.map {
        LowerBound(radius: 0, method: $0.name, confidence: 1, floatSound: true, sampling: nil)
      }
    }
    let bounds = try configuration.baseCertificates.compactMap {
      try $0.lowerBound(for: input, threat: threat, probe: probe)
    }
    return bounds.max { $0.radius < $1.radius }
  }

  /// Proof and witness are both deterministic: each is computed again from the start.
  private func retestBase(
    _ bracket: Bracket, _ input: AttackInput, _ threat: ThreatModel, witness: Witness
  ) throws -> ContradictionRecord? {
    guard let lower = bracket.lower, let upper = bracket.upper else { return nil }
    let probe = ReferenceProbe(reference, input: input, threat: threat, witness: witness)
    let again = try baseLowerBound(input, threat, probe, correct: bracket.correct)
    _ = reference.inputs.update(fromContentsOf: witness.point)
    try reference.forward(count: 1)
    let survives = reference.decision(row: 0) != input.label
    return ContradictionRecord(
      lower: lower, upper: upper, lowerAgain: again?.radius, upperAgain: survives ? upper.radius : nil,
      witness: witness.point)
  }
}

extension ContradictionRecord {
  /// It stands when both ends survived and are still out of order.
  init(
    lower: LowerBound, upper: UpperBound, lowerAgain: Double?, upperAgain: Double?, witness: [Float]
  ) {
    var stands = false
    if let lowerAgain, let upperAgain { stands = upperAgain < lowerAgain }
    self.init(
      lowerRadius: lower.radius, upperRadius: upper.radius, retestedLowerRadius: lowerAgain,
      retestedUpperRadius: upperAgain, stands: stands, witness: witness)
  }
}
