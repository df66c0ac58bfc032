import CertifyData
import CertifyEngine
import CertifyModel
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyTraining

/// What cannot be trained says why.
struct RefusalTests {
  static func dataset(labels: [Int]) throws -> Dataset {
    try Dataset(
      samples: .floats([Float](repeating: 0.5, count: 4 * labels.count)), sampleShape: [4], labels: labels,
      source: "test")
  }

  @Test(arguments: [[0, 1, 3], [1, 2, 2], [0, -1, 1], [0, 1, 1_000_000_000]])
  func labelsMustCountFromZero(_ labels: [Int]) throws {
    let dataset = try Self.dataset(labels: labels)
    #expect(throws: TrainingError.self) { try TrainingSet(dataset) }
  }

  @Test func labelsMustFitTheModel() throws {
    let dataset = try Self.dataset(labels: [0, 2, 1])
    #expect(try TrainingSet(dataset, classCount: 5).classCount == 5)
    #expect(throws: TrainingError.self) { try TrainingSet(dataset, classCount: 2) }
  }

  @Test func everythingHeldOutLeavesNothing() throws {
    let set = try TrainingSet(Self.dataset(labels: [0, 1, 1, 0]))
    #expect(throws: TrainingError.tooFewInputs(count: 0, needed: 1)) { try set.holdingOut(4, seed: 0) }
    let (training, holdout) = try set.holdingOut(1, seed: 0)
    #expect(training.count == 3)
    #expect(holdout?.count == 1)
  }

  @Test(arguments: [Architecture.cnn, .resnet8])
  func convolutionsNeedImages(_ architecture: Architecture) {
    for shape in [[64], [1, 3, 8], [8, 8]] {
      #expect(throws: TrainingError.self) {
        try architecture.graph(inputShape: shape, classCount: 10, batchSize: 2)
      }
    }
  }

  @Test(arguments: [
    (Objective.pgd(steps: 7, length: 0.4), 0.0, Norm.linf), (.pgd(steps: 0, length: 0.4), 0.1, .linf),
    (.fgsm(length: -1), 0.1, .linf), (.gaussian(sigma: 0), 0, .l2), (.ibp(ramp: 0.5), 0.1, .l2),
    (.ibp(ramp: 2), 0.1, .linf), (.trades(beta: -1, steps: 2, length: 1), 0.1, .l2),
    (.smoothAdv(sigma: 0.1, samples: 0, steps: 1, length: 1), 0.1, .l2),
    (.gradientPenalty(weight: .nan, step: 0.1), 0, .l2), (.standard, -1, .l2), (.standard, .infinity, .l2),
  ])
  func parametersOutOfRange(_ objective: Objective, _ epsilon: Double, _ norm: Norm) {
    let configuration = DigitsTraining.configuration(objective, threat: DigitsTraining.threat(epsilon, norm))
    #expect(throws: TrainingError.self) { try configuration.validate() }
  }

  /// A gelu is not monotone: intervals cannot pass it.
  @Test func intervalsNeedMonotoneFunctions() throws {
    var sketch = GraphSketch(input: [2, 4])
    let hidden = sketch.linear(0, outputs: 3, "first")
    let bent = sketch.add(.unary(.gelu), "bend", [hidden], shape: [2, 3])
    let output = sketch.linear(bent, outputs: 2, "second")
    let graph = sketch.graph(output: output)
    #expect(
      throws: TrainingError.incompatible(
        objective: "ibp", node: "bend", reason: "there is no interval rule for gelu")
    ) { try IntervalGraph(graph) }
  }
}
