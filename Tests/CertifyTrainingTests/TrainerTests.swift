import CertifyThreat
import Testing

@testable import CertifyTraining

struct TrainerTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var objective: Objective
    var threat = DigitsTraining.noThreat
    var architecture = Architecture.mlp(hidden: [48])
    var epochs = 12
    /// What the accuracy on the test inputs must reach.
    var accuracy: Double
    var testDescription: String { "\(objective.name), \(architecture.description)" }
  }

  static let cases: [Case] = [
    Case(objective: .standard, architecture: .logistic, accuracy: 0.85),
    Case(objective: .standard, accuracy: 0.93),
    Case(objective: .standard, architecture: .cnn, accuracy: 0.95),
    Case(objective: .standard, architecture: .resnet8, epochs: 6, accuracy: 0.89),
    Case(objective: .gaussian(sigma: 0.25), accuracy: 0.93),
    Case(objective: .fgsm(length: 1.25), threat: DigitsTraining.threat(0.1), accuracy: 0.9),
    Case(objective: .pgd(steps: 3, length: 0.8), threat: DigitsTraining.threat(0.1), accuracy: 0.9),
    Case(
      objective: .gradientPenalty(weight: 0.1, step: 0.01), threat: DigitsTraining.threat(0.1), accuracy: 0.88
    ),
    Case(
      objective: .smoothAdv(sigma: 0.12, samples: 2, steps: 2, length: 1),
      threat: DigitsTraining.threat(0.25, .l2), accuracy: 0.92),
    Case(
      objective: .trades(beta: 3, steps: 3, length: 0.8), threat: DigitsTraining.threat(0.1), accuracy: 0.9),
    Case(objective: .ibp(ramp: 0.5), threat: DigitsTraining.threat(0.05), epochs: 20, accuracy: 0.85),
  ]

  @Test(arguments: cases)
  func lowersItsLossAndReachesAnAccuracy(_ testCase: Case) throws {
    let trainer = try DigitsTraining.trainer(
      DigitsTraining.configuration(testCase.objective, threat: testCase.threat, epochs: testCase.epochs),
      architecture: testCase.architecture)
    let outcome = try trainer.run()
    #expect(outcome.ending == .finished)
    let (first, last) = (try #require(outcome.history.first), try #require(outcome.history.last))
    #expect(outcome.history.count == testCase.epochs)
    #expect(last.loss < 0.6 * first.loss)
    let accuracy = try DigitsTraining.accuracy(outcome.parameters, trainer.model)
    #expect(accuracy >= testCase.accuracy)
  }

  /// Robust training is more robust than plain training, under the attack that watches.
  @Test func pgdTrainingBuysRobustness() throws {
    func multiStep(_ objective: Objective) throws -> HoldoutReport {
      let trainer = try DigitsTraining.trainer(
        DigitsTraining.configuration(objective, threat: DigitsTraining.threat(0.15), epochs: 12),
        holdout: true)
      return try #require(try trainer.run().history.last?.holdout)
    }
    let (plain, robust) = (try multiStep(.standard), try multiStep(.pgd(steps: 5, length: 0.5)))
    #expect(try #require(robust.multiStep) > #require(plain.multiStep) + 0.1)
    #expect(try #require(plain.oneStep) >= #require(plain.multiStep))
    #expect(plain.clean >= 0.93)
  }

  @Test func intervalTrainingDecidesInputs() throws {
    let trainer = try DigitsTraining.trainer(
      DigitsTraining.configuration(.ibp(ramp: 0.5), threat: DigitsTraining.threat(0.05), epochs: 20),
      holdout: true)
    let report = try #require(try trainer.run().history.last?.holdout)
    let interval = try #require(report.interval)
    #expect(interval >= 0.4)
    // Intervals are a lower bound of what the attack leaves.
    #expect(try interval <= #require(report.multiStep))
  }

  @Test(arguments: [Objective.standard, .smoothAdv(sigma: 0.12, samples: 2, steps: 1, length: 1)])
  func dependsOnTheSeedAloneAndNotOnThreads(_ objective: Objective) throws {
    func parameters(jobs: Int, seed: UInt64 = 1) throws -> [Float] {
      let configuration = DigitsTraining.configuration(
        objective, threat: DigitsTraining.threat(0.1, .l2), epochs: 2, seed: seed)
      #expect(configuration.shardCount == 4)
      return try DigitsTraining.trainer(configuration, jobs: jobs, holdout: true).run().parameters
    }
    let one = try parameters(jobs: 1)
    #expect(try parameters(jobs: 3) == one)
    #expect(try parameters(jobs: 1, seed: 2) != one)
  }

  @Test(arguments: [
    Optimiser.sgd(momentum: 0.9), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
  ])
  func goesOnFromACheckpointBitForBit(_ optimiser: Optimiser) throws {
    var configuration = DigitsTraining.configuration(
      .pgd(steps: 2, length: 1), threat: DigitsTraining.threat(0.1), epochs: 4)
    configuration.optimiser = optimiser
    configuration.weightDecay = 1e-4
    let whole = try DigitsTraining.trainer(configuration, holdout: true).run()

    var saved: [Checkpoint] = []
    var steps = 0
    let trainer = try DigitsTraining.trainer(configuration, holdout: true)
    let part = try trainer.run(
      onStep: { done, total in
        steps = done
        // In the middle of the third epoch.
        return done < total * 5 / 8
      }, onEpoch: { saved.append($0) })
    #expect(part.ending == .interrupted)
    #expect(steps < configuration.epochs * trainer.stepsPerEpoch)
    let last = try #require(saved.last)
    #expect(last.epoch == 2)
    let read = try Checkpoint(bytes: last.bytes(identity: "digits"), identity: "digits")
    #expect(read == last)
    let resumed = try DigitsTraining.trainer(configuration, jobs: 1, holdout: true).run(from: read)
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.history == whole.history)
  }

  @Test func divergenceNamesTheStepAndTheLastGoodEpoch() throws {
    let configuration = DigitsTraining.configuration(epochs: 30, learningRate: 1e36)
    var good = 0
    do {
      _ = try DigitsTraining.trainer(configuration).run(onEpoch: { good = $0.epoch })
      Issue.record("the training did not diverge")
    } catch let error as TrainingError {
      guard case .diverged(let epoch, let step, let lastGood) = error else { throw error }
      #expect(epoch == good + 1)
      #expect(lastGood == good)
      #expect((1...12).contains(step))
    }
  }
}
