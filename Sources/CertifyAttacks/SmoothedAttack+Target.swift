import CertifyEngine
import CertifySmoothing
import CertifyThreat

extension SmoothedAttack {
  /// Attacks one input until g gives it one class.
  ///
  /// A witness x' was shown to have P[f(x' + η) = target] > ½, which is more than g(x') = target asks.
  ///
  /// - Parameters:
  ///   - input: The point, its label, and its index, which addresses noise and random choices.
  ///   - target: The class to reach, not the label.
  ///   - reference: The classifier that defines f; its decisions are the ones counted.
  ///   - gradients: The classifier that gives gradients, or `nil` when the model has none.
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

  /// Tests a point again on the noise of the candidate that ``run(on:target:reference:gradients:)`` found it as: the
  /// target, class 1 of the test, against all other classes together.
  ///
  /// - Parameters:
  ///   - x: The point, d numbers, on the grid for 8-bit data.
  ///   - input: The position in the data file, which keys the noise.
  ///   - candidate: The number of the candidate, which keys the noise as well.
  ///   - target: The class to reach, in 0..<K.
  ///   - beta: β, in (0, 1): the probability with which the outcome may be wrong.
  ///   - selectionSamples: The samples of the first stage, which chooses the rival; at least 1.
  ///   - maximumSamples: The most samples of the second, at least 1.
  ///   - reference: The classifier that defines f inside g.
  ///   - noise: The noise of g.
  /// - Throws: ``AttackError`` for a class that does not exist; what the test throws.
  public static func flipTest(
    at x: SmoothingInput, input: Int, candidate: UInt16, target: Int, beta: Double, selectionSamples: Int,
    maximumSamples: Int, reference: any Classifier, noise: NoiseGenerator
  ) throws -> FlipTestResult {
    guard (0..<reference.classCount).contains(target) else {
      throw AttackError.invalidParameter(
        name: "target", value: "\(target)", advice: "give a class from 0 to \(reference.classCount - 1)")
    }
    let targeted = try SmoothedClassifier(
      classifier: TargetedClassifier(reference, target: target), generator: noise)
    return try targeted.flipTest(
      at: x, input: input, candidate: candidate, label: 0, beta: beta, selectionSamples: selectionSamples,
      maximumSamples: maximumSamples, retest: false)
  }
}
