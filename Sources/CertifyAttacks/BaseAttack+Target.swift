import CertifyEngine
import CertifyThreat

extension BaseAttack {
  /// Attacks one input until f gives it one class.
  ///
  /// An input that f gives the target already is its own witness, named `clean`; one that f gives a class other than
  /// label and target is not attacked. The budget counts the first look at the input.
  ///
  /// - Parameters:
  ///   - input: The point x and its label.
  ///   - target: The class to reach, in 0..<K, not the label.
  ///   - reference: The classifier that defines f; every reported witness was verified on it, alone.
  ///   - gradients: The classifier that the attack queries, or `nil` when the model has no gradients.
  ///   - surrogate: Another model of the same task, whose witnesses are tried on this one; only attacks by transfer
  ///     ask for it.
  /// - Throws: as ``run(on:reference:gradients:surrogate:)``, and for a target that does not fit.
  public func run(
    on input: AttackInput, target: Int, reference: any Classifier,
    gradients: (any DifferentiableClassifier)?, surrogate: (any DifferentiableClassifier)? = nil
  ) throws -> AttackOutcome {
    try input.validate(for: reference, space: threat.space)
    _ = reference.inputs.update(fromContentsOf: input.point)
    try reference.forward(count: 1)
    let cleanClass = reference.decision(row: 0)
    var view = AttackView(
      input: input, threat: threat, distance: distance, reference: reference, gradients: gradients,
      surrogate: surrogate)
    try view.changeUnits()
    try view.aim(at: target)
    var attack = self
    attack.parameters.maximumQueries -= 1
    if cleanClass != input.label && cleanClass != target || attack.parameters.maximumQueries == 0 {
      attack.name = .none
    }
    var outcome = try attack.runInView(view)
    outcome.attack = name.rawValue
    outcome.cleanClass = cleanClass
    outcome.queries += 1
    return outcome
  }

  /// Attacks what a view shows.
  func runInView(_ view: AttackView) throws -> AttackOutcome {
    var attack = self
    attack.threat = view.threat
    var outcome = try attack.runPlainly(view)
    try view.restore(&outcome)
    return outcome
  }
}
