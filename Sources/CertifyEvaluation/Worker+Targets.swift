import CertifyAttacks
import CertifyResults
import CertifyThreat

extension Worker {
  /// The classes that an attack on this input is to reach, by the logits of f; `nil` when any class but the label
  /// will do, and none when the only target is the label.
  func targets(of input: AttackInput) throws -> [Int]? {
    guard let target = configuration.target else { return nil }
    _ = reference.inputs.update(fromContentsOf: input.point)
    try reference.forward(count: 1)
    return target.classes(logits: Array(reference.logits[0..<reference.classCount]), label: input.label)
  }

  /// Attacks once for each target, or once for any class.
  ///
  /// - Returns: What the attacks found and spent together, `nil` when there is no target, and a record of each.
  func attack(
    _ targets: [Int]?, once: (Int?) throws -> AttackOutcome
  ) throws -> (joined: AttackOutcome?, records: [TargetRecord]?) {
    guard let targets else { return (try once(nil), nil) }
    let outcomes = try targets.map { try once($0) }
    let records = zip(targets, outcomes).map { target, outcome in
      TargetRecord(target: target, radius: outcome.witness?.distance, attack: outcome.witness?.attack)
    }
    return (AttackOutcome.joined(outcomes), records)
  }
}

extension LowerBound {
  /// The same proof where lengths are measured in the units of the features: ‖δ‖ ≤ S ‖δ/s‖ with S the largest scale
  /// of a feature that may change.
  func inUnits(of features: FeatureLimits?) -> LowerBound {
    guard let features, features.scale != nil else { return self }
    var bound = self
    bound.radius = (radius / features.largestScale).nextDown
    return bound
  }
}
