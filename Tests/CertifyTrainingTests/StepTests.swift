import CertifyThreat
import Foundation
import Testing

@testable import CertifyTraining

/// What a training does step by step, against the same computed apart.
struct StepTests {
  /// θ after an epoch of plain gradient descent, each step along the gradient of its whole mini-batch at the rate of the
  /// middle of the step; the last batch is smaller than the others, and parts of a batch are of different sizes.
  @Test(arguments: [Schedule.step, .cosine, .oneCycle])
  func anEpochIsItsSteps(_ schedule: Schedule) throws {
    let data = try DigitsTraining.data()
    var configuration = DigitsTraining.configuration(epochs: 1, batchSize: 300, learningRate: 0.2, seed: 5)
    configuration.optimiser = .sgd(momentum: 0)
    configuration.schedule = schedule
    let trainer = try DigitsTraining.trainer(configuration, architecture: .mlp(hidden: [12]))
    let outcome = try trainer.run()
    let steps = (data.count + 299) / 300
    #expect(trainer.stepsPerEpoch == steps && data.count % 300 != 0)

    let model = try DigitsTraining.model(.mlp(hidden: [12]))
    let worker = try StandardWorker(model, rows: 300)
    var parameters = model.parameters
    var loss = 0.0
    let order = data.order(seed: 5, epoch: 1)
    for step in 0..<steps {
      let batch = order[300 * step..<min(300 * (step + 1), order.count)]
      try worker.load(parameters)
      let part = BatchPart(data: data, indices: batch, epoch: 1, progress: 0, scale: 1 / Float(batch.count))
      loss += try worker.run(part).loss
      let rate = Float(0.2 * schedule.factor(at: (Double(step) + 0.5) / Double(steps)))
      for i in parameters.indices { parameters[i] -= rate * worker.gradient[i] }
    }
    let report = try #require(outcome.history.first)
    #expect(abs(report.loss - loss / Double(data.count)) < 1e-5 * report.loss)
    #expect(report.learningRate == 0.2 * schedule.factor(at: (Double(steps) - 0.5) / Double(steps)))
    for (found, expected) in zip(outcome.parameters, parameters) {
      #expect(abs(found - expected) < 2e-6 + 1e-5 * abs(expected))
    }
  }

  @Test func everyEpochHasAnOrderOfItsOwn() throws {
    let data = try DigitsTraining.data()
    let orders = [(1, 1), (1, 2), (2, 1)].map { data.order(seed: UInt64($0.0), epoch: $0.1) }
    for order in orders { #expect(order.sorted() == Array(0..<data.count)) }
    #expect(orders[0] != orders[1] && orders[0] != orders[2] && orders[0] != Array(0..<data.count))
    #expect(orders[0] == data.order(seed: 1, epoch: 1))
  }

  /// Nothing that is held out is trained on, and nothing is lost.
  @Test func holdingOutSplits() throws {
    let data = try DigitsTraining.data()
    let (training, held) = try data.holdingOut(200, seed: 3)
    let holdout = try #require(held)
    func keys(_ set: TrainingSet) -> [String] {
      (0..<set.count).map { "\(set.labels[$0]) \(set.point($0).map { Int($0 * 16) })" }
    }
    #expect(holdout.count == 200 && training.count == data.count - 200)
    #expect((keys(training) + keys(holdout)).sorted() == keys(data).sorted())
    #expect(try #require(try data.holdingOut(200, seed: 4).holdout).labels != holdout.labels)
  }
}
