import CertifyAttacks
import CertifyEvaluation
import CertifyResults
import CertifyThreat
import Testing

/// The diagnosis of gradients as a run makes it.
struct DiagnosisTests {
  /// Networks that were trained and hide nothing, at the radii at which half of the inputs are broken.
  @Test(
    arguments: ["digits_logistic", "digits_mlp", "digits_mlp_clean", "digits_cnn"],
    [Distance.l0, .l1, .l2, .linf])
  func trainedModelsAreNotAccused(_ model: String, _ norm: Distance) throws {
    var run = try DigitsRun(model: model)
    run.configuration.norms = [norm]
    run.configuration.classifiers = [.base]
    run.configuration.space.gridSteps = nil
    let outcome = try run.run(Array(0..<10))
    let diagnosis = try #require(
      try Evaluator(source: run.classifier, configuration: run.configuration).diagnoseGradients(
        outcome.inputs, control: RunControl(), count: 10, input: { run.input($0) }))
    #expect(diagnosis.isClean, "\(diagnosis.checks.filter { $0.seen == true })")
    #expect(diagnosis.inputs == 8 && diagnosis.norm == norm.norm ?? .l2)
    #expect(diagnosis.checks.map(\.name) == MaskingCheck.Sign.allCases.map(\.rawValue))
    #expect(diagnosis.checks.count { $0.seen == false } == 9)
    #expect(diagnosis.verdict == "gradients look usable")
  }

  /// Without an attack on the saved model no gradient was followed, and none is judged.
  @Test func withoutAttacksThereIsNone() throws {
    var run = try DigitsRun()
    for (classifier, attack) in [(ClassifierKind.smoothed, AttackName.best), (.base, .none)] {
      run.configuration.classifiers = [classifier]
      run.configuration.baseAttack = attack
      let diagnosis = try Evaluator(source: run.classifier, configuration: run.configuration)
        .diagnoseGradients([], control: RunControl(), count: 4, input: { run.input($0) })
      #expect(diagnosis == nil)
    }
  }
}
