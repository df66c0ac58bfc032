import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifyThreat

extension Worker {
  /// Whether the attacks on inputs share batches, ahead of their turns.
  func attacksAhead(_ inputs: [AttackInput]) -> Bool {
    shared != nil && gradients != nil && inputs.count > 1
  }

  /// Attacks inputs whose turns are about to come, where their attacks share batches.
  ///
  /// What one of them fails with, or is interrupted by, is met again at its turn.
  func attackAhead(_ inputs: [AttackInput]) {
    attacked = [:]
    guard let shared, let gradients else { return }
    for norm in configuration.norms {
      let outcomes = try? configuration.baseAttack(norm).run(
        on: inputs, reference: reference, gradients: gradients, shared: shared)
      attacked[norm] = outcomes.map { Dictionary(zip(inputs.map(\.index), $0)) { first, _ in first } }
    }
  }

  /// The outcome of the attack on the base classifier, the same whether it ran ahead or runs now.
  private func attackOutcome(_ input: AttackInput, _ norm: Distance) throws -> AttackOutcome {
    if let outcome = attacked[norm]?[input.index] { return outcome }
    let attack = try configuration.baseAttack(norm)
    if let shared, let gradients {
      let outcomes = try attack.run(
        on: [input], reference: reference, gradients: gradients, shared: shared)
      if let outcome = outcomes.first { return outcome }
    }
    return try attack.run(on: input, reference: reference, gradients: gradients, surrogate: surrogate)
  }

  /// The base classifier's bracket in each norm.
  func baseBrackets(_ input: AttackInput) throws -> [WitnessedBracket] {
    let targets = try targets(of: input)
    return try configuration.norms.map { norm in
      let (outcome, records) = try self.attack(targets) { target in
        try target.map {
          try configuration.baseAttack(norm).run(
            on: input, target: $0, reference: reference, gradients: gradients, surrogate: surrogate)
        } ?? attackOutcome(input, norm)
      }
      let predicted = try outcome?.cleanClass ?? reference.decide(input.point)
      let correct = predicted == input.label
      let threat = norm.norm.map(threat)
      let probe = threat.map {
        ReferenceProbe(reference, input: input, threat: $0, witness: outcome?.witness)
      }
      var lower: LowerBound?
      if let threat, let probe { lower = try baseLowerBound(input, threat, probe, correct: correct) }
      // A proof may meet a nearer witness, but of any class.
      let witness = targets == nil ? probe?.witness ?? outcome?.witness : outcome?.witness
      let upper = witness.map {
        UpperBound(
          radius: $0.distance, attack: $0.attack, confidence: 1, witnessClass: $0.witnessClass, flipTest: nil)
      }
      var bracket = Bracket(
        classifier: .base, smoothing: nil, norm: norm, predicted: predicted, correct: correct,
        lower: lower, upper: upper, attack: outcome.flatMap { AttackRecord($0) }, contradiction: nil,
        targets: records, trajectory: outcome?.trajectory)
      if bracket.isContradictory, let witness, let threat {
        bracket.contradiction = try retestBase(bracket, input, threat, witness: witness)
      }
      return WitnessedBracket(bracket: bracket, witness: witness)
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
    return bounds.max { $0.radius < $1.radius }?.inUnits(of: configuration.space.features)
  }

  /// Proof and witness are both deterministic: each is computed again from the start.
  private func retestBase(
    _ bracket: Bracket, _ input: AttackInput, _ threat: ThreatModel, witness: Witness
  ) throws -> ContradictionRecord? {
    guard let lower = bracket.lower, let upper = bracket.upper else { return nil }
    let probe = ReferenceProbe(reference, input: input, threat: threat, witness: witness)
    let again = try baseLowerBound(input, threat, probe, correct: bracket.correct)
    let survives = try reference.decide(witness.point) != input.label
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

extension Classifier {
  /// The class of one point, evaluated alone.
  func decide(_ point: [Float]) throws -> Int {
    _ = inputs.update(fromContentsOf: point)
    try forward(count: 1)
    return decision(row: 0)
  }
}
