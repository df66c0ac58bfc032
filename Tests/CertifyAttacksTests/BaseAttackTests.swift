import CertifyAttacks
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct BaseAttackTests {
  static func threat(_ norm: Norm, box: Bool, grid: Bool = false) -> ThreatModel {
    ThreatModel(
      norm: norm,
      space: InputSpace(bounds: box ? .init(lower: 0, upper: 1) : nil, gridSteps: grid ? 255 : nil))
  }

  /// At most 1 % above the exact distance, or what the reach says, and never below it.
  @Test(arguments: AttackMatrix.cells(.smallestNorm)) func smallestNormOnLinearModels(
    _ cell: AttackMatrix.Cell
  ) throws {
    let problem = cell.problem(seed: 7)
    let reach = cell.reach(.smallestNorm)
    let attack = try BaseAttack(
      name: cell.name, goal: .smallestNorm, threat: Self.threat(cell.norm, box: cell.box),
      parameters: reach.parameters, seed: 1)
    let outcome = try attack.run(
      on: problem.input(), reference: problem.classifier(batchSize: 1),
      gradients: problem.classifier(batchSize: cell.batch))
    let exact = problem.radius(norm: cell.norm, box: cell.box)
    let witness = try #require(outcome.witness)
    // The logits are floats: the boundary itself is only known to their rounding.
    #expect(witness.distance >= exact * (1 - 2e-6), "\(witness.distance) < \(exact)")
    #expect(
      witness.distance <= exact * reach.factor, "\(witness.distance) > \(reach.factor) · \(exact)")
    #expect(try problem.decision(witness.point) == witness.witnessClass)
    #expect(witness.witnessClass != problem.label)
    #expect(outcome.queries <= attack.parameters.maximumQueries)
  }

  /// The largest margin grows in proportion to ε, so success 1 % above the exact distance is a loss within 1 % of
  /// the optimum; below the exact distance there is nothing to find.
  @Test(arguments: AttackMatrix.cells(.epsilons([1]))) func fixedEpsilonOnLinearModels(
    _ cell: AttackMatrix.Cell
  ) throws {
    let problem = cell.problem(seed: 11)
    let exact = problem.radius(norm: cell.norm, box: cell.box)
    let reach = cell.reach(.epsilons([exact]))
    for (factor, succeeds) in [(0.99, false), (reach.factor, true)] {
      var parameters = reach.parameters
      // Where there is nothing to find, all of the budget is spent on it.
      if !succeeds { parameters.maximumQueries = AttackParameters().maximumQueries }
      let attack = try BaseAttack(
        name: cell.name, goal: .epsilons([exact * factor]), threat: Self.threat(cell.norm, box: cell.box),
        parameters: parameters, seed: 1)
      let outcome = try attack.run(
        on: problem.input(), reference: problem.classifier(batchSize: 1),
        gradients: problem.classifier(batchSize: cell.batch))
      #expect((outcome.succeededEpsilon != nil) == succeeds, "\(factor) · \(exact)")
      if let witness = outcome.witness, succeeds {
        #expect(AttackGoal.isWithin(witness.distance, epsilon: exact * factor))
      }
    }
  }
}
