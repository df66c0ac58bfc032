import Testing

@testable import CertifyTraining

struct OverfittingTests {
  static func history(_ accuracies: [(oneStep: Double, multiStep: Double)]) -> [HoldoutReport] {
    accuracies.map { HoldoutReport(inputs: 100, clean: 0.9, oneStep: $0.oneStep, multiStep: $0.multiStep) }
  }

  @Test func collapseUnderManyStepsAloneIsFound() {
    #expect(CatastrophicOverfitting.isPresent(in: Self.history([(0.6, 0.5), (0.8, 0.02)])))
    #expect(CatastrophicOverfitting.isPresent(in: Self.history([(0.6, 0.5), (0.5, 0.4), (0.4, 0.1)])))
  }

  @Test func otherCoursesAreNot() {
    // The start of a training, a slow fall, a failure against both attacks, and no attack at all.
    #expect(!CatastrophicOverfitting.isPresent(in: Self.history([(0.9, 0.02)])))
    #expect(!CatastrophicOverfitting.isPresent(in: Self.history([(0.6, 0.5), (0.6, 0.3)])))
    #expect(!CatastrophicOverfitting.isPresent(in: Self.history([(0.6, 0.5), (0.15, 0.1)])))
    #expect(
      !CatastrophicOverfitting.isPresent(in: [
        HoldoutReport(inputs: 5, clean: 1), HoldoutReport(inputs: 5, clean: 0),
      ]))
    #expect(!CatastrophicOverfitting.isPresent(in: []))
  }

  /// After an epoch in which many steps are said to have left everything right, the next one is a collapse; the training
  /// ends with what the last good epoch left, on request alone.
  @Test(arguments: [true, false]) func theLastGoodEpochIsKept(stops: Bool) throws {
    // One step in ℓ₂ is weak here: what it leaves right is more than twice what forty steps leave.
    var configuration = DigitsTraining.configuration(threat: DigitsTraining.threat(1.1, .l2), epochs: 3)
    configuration.stopsOnOverfitting = stops
    configuration.monitorSteps = 40
    var saved: [Checkpoint] = []
    let trainer = try DigitsTraining.trainer(configuration, holdout: true)
    let whole = try trainer.run(onEpoch: { saved.append($0) })
    #expect(whole.ending == .finished && saved.map(\.goodEpoch) == [1, 2, 3])
    let real = try #require(saved[1].history[1].holdout)
    #expect(try #require(real.oneStep) > 2 * #require(real.multiStep), "\(real)")

    var first = saved[0]
    first.history[0].holdout?.multiStep = 1
    first.history[0].holdout?.oneStep = 0
    saved = []
    let outcome = try trainer.run(from: first, onEpoch: { saved.append($0) })
    #expect(outcome.history[1].isOverfitted)
    #expect(saved.map(\.goodEpoch) == (stops ? [1] : [1, 1]))
    #expect(saved.allSatisfy { $0.goodParameters == first.parameters })
    #expect(outcome.ending == (stops ? .overfitted(epoch: 2, kept: 1) : .finished))
    #expect(outcome.parameters == (stops ? first.parameters : whole.parameters))
  }
}
