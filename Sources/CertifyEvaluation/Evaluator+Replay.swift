import CertifyAttacks
import CertifyResults
import CertifySmoothing
import CertifyThreat

/// What a stored bracket says, beside what comes out when its ends are derived again.
public struct ReplayedBracket: Sendable {
  /// The bracket as the run recorded it.
  public var stored: Bracket
  /// The prediction and the proof from the start; no attack was run.
  public var derived: Bracket
  /// The stored witness, tested again; `nil` where there is none.
  public var witness: WitnessCheck?

  /// Whether prediction, proof and witness came out as they are stored, to the last bit.
  public var agrees: Bool {
    Self.withoutAttack(stored) == Self.withoutAttack(derived) && witness?.agrees != false
  }

  /// Whether a witness that holds lies inside the radius that was proven again.
  public var isContradictory: Bool {
    guard let witness, witness.holds, let lower = derived.lower else { return false }
    return witness.radius < lower.radius
  }

  private static func withoutAttack(_ bracket: Bracket) -> Bracket {
    var bracket = bracket
    bracket.attack = nil
    bracket.contradiction = nil
    bracket.gapParts = nil
    bracket.targets = nil
    bracket.trajectory = nil
    if bracket.upper?.attack != Witness.clean { bracket.upper = nil }
    return bracket
  }
}

/// A stored witness, tested again.
public struct WitnessCheck: Sendable, Equatable {
  /// ‖x'−x‖, computed again and rounded up.
  public var radius: Double
  /// The class that f gives the witness, or the rival that a flip test bet on.
  public var witnessClass: Int
  /// The flip test on the same noise; `nil` for the base classifier.
  public var flipTest: FlipTestRecord?
  /// Whether h gives x', an allowed input, another class than the label.
  public var holds: Bool
  /// Whether everything is as it was stored, to the last bit.
  public var agrees: Bool
}

/// What is stored of an input, and what came out again.
public struct Replay: Sendable {
  /// In the order of the stored ones.
  public var brackets: [ReplayedBracket]
  /// Why the input could not be evaluated again.
  public var error: String?
  /// Whether everything came out as it is stored, to the last bit.
  public var agrees: Bool
}

extension Evaluator {
  /// Derives the ends of an input's brackets again.
  ///
  /// Predictions and proofs come from the same noise as in the run. A witness is not searched for again: the
  /// stored point is measured and evaluated, against a smoothed classifier by the flip test that confirmed it. How many
  /// samples an input got of a budget is read from the record.
  ///
  /// - Parameters:
  ///   - input: The input, as the run had it.
  ///   - stored: The input's result.
  ///   - witnesses: The stored points by the positions of their brackets, d numbers each.
  ///   - jobs: The threads that draw samples; the counts do not depend on it.
  ///   - control: Stops the replay.
  /// - Throws: What making the classifiers throws; what testing a witness throws.
  public func replay(
    _ input: AttackInput, stored: InputResult, witnesses: [Int: [Float]], jobs: Int, control: RunControl
  ) throws -> Replay {
    var configuration = configuration
    configuration.baseAttack = .none
    configuration.smoothedAttack = .none
    let noises = try configuration.smoothings.map {
      try SharedNoise($0, source: source, configuration: configuration)
    }
    let worker = try Worker(
      source: source, configuration: configuration, noises: noises, threads: jobs,
      stop: StopSignal(control: control, failure: FirstFailure()))
    if configuration.plan.budget != nil, configuration.classifiers.contains(.smoothed) {
      worker.prepared = try worker.preparedEvidence(input, stored: stored)
    }
    guard let derived = worker.outcome(for: input)?.result else { throw CancellationError() }
    let brackets = try stored.brackets.enumerated().compactMap { position, bracket in
      try derived.bracket(of: bracket.key).map { again in
        ReplayedBracket(
          stored: bracket, derived: again,
          witness: try witnesses[position].flatMap { try worker.check($0, of: bracket, input) })
      }
    }
    return Replay(
      brackets: brackets, error: derived.error,
      agrees: stored.error == derived.error && brackets.count == stored.brackets.count
        && brackets.allSatisfy(\.agrees))
  }
}

extension Worker {
  /// Tests the stored witness of a bracket again; `nil` when the bracket has no upper end.
  fileprivate func check(_ point: [Float], of bracket: Bracket, _ input: AttackInput) throws -> WitnessCheck?
  {
    guard let upper = bracket.upper else { return nil }
    let radius = try configuration.space.radius(of: point, from: input.point, by: bracket.norm)
    switch bracket.classifier {
    case .base:
      _ = reference.inputs.update(fromContentsOf: point)
      try reference.forward(count: 1)
      let decided = reference.decision(row: 0)
      return WitnessCheck(
        radius: radius, witnessClass: decided, flipTest: nil, holds: decided != input.label,
        agrees: radius == upper.radius && decided == upper.witnessClass)
    case .smoothed:
      guard let test = upper.flipTest,
        let team = smoothed.first(where: { SmoothingRecord($0.leader.smoothing) == bracket.smoothing })
      else { return nil }
      let candidate = UInt16(clamping: test.candidate ?? 0)
      let selectionSamples = configuration.attackParameters.flipSelectionSamples
      let target = bracket.targets.map { _ in upper.witnessClass }
      let result =
        try target.map {
          try SmoothedAttack.flipTest(
            at: smoothingInput(point), input: input.index, candidate: candidate, target: $0, beta: test.beta,
            selectionSamples: selectionSamples, maximumSamples: test.samples, reference: sampling,
            noise: team.leader.generator)
        }
        ?? team.leader.flipTest(
          at: smoothingInput(point), input: input.index, candidate: candidate, label: input.label,
          beta: test.beta, selectionSamples: selectionSamples, maximumSamples: test.samples, retest: false)
      let record = FlipTestRecord(result)
      let decided = target ?? result.rival
      return WitnessCheck(
        radius: radius, witnessClass: decided, flipTest: record, holds: result.outcome == .flipped,
        agrees: radius == upper.radius && decided == upper.witnessClass && record == test)
    }
  }
}
