import CertifyEngine
import CertifyThreat

extension SmoothedAttack {
  /// Attacks one input until g gives it one class.
  ///
  /// A witness x' was shown to have P[f(x' + η) = target] > ½, which is more than g(x') = target asks.
  ///
  /// - Parameter target: The class to reach, not the label.
  /// - Throws: as ``run(on:reference:gradients:)``, and for a target that does not fit.
  public func run(
    on input: AttackInput, target: Int, reference: any Classifier,
    gradients: (any DifferentiableClassifier)?
  ) throws -> AttackOutcome {
    try input.validate(for: reference, space: threat.space)
    var view = AttackView(input: input, threat: threat, reference: reference, gradients: gradients)
    try view.aim(at: target)
    var outcome = try run(on: view.input, reference: view.reference, gradients: view.gradients)
    try view.restore(&outcome)
    return outcome
  }
}
