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
}
