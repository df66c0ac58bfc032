import CertifyEngine
import CertifyEvaluation
import CertifyResults
import Foundation
import Synchronization
import Testing
import _CertifyTestSupport

/// A run that stops early says so and keeps what was finished; an input that fails says so.
struct InterruptionTests {
  @Test(arguments: [1, 2]) func cancellationKeepsFinishedInputs(_ jobs: Int) throws {
    let run = try DigitsRun()
    let complete = try run.run(Array(0..<8), jobs: 2)
    #expect(!complete.interrupted && complete.inputs.count == 8)

    let control = RunControl()
    let inputs = (0..<8).map(run.input)
    let outcome = try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: 8, jobs: jobs, control: control,
      input: { position in
        if position == 4 { control.cancel() }
        return inputs[position]
      })
    #expect(outcome.interrupted)
    #expect(outcome.inputs.count == control.inputs)
    #expect(outcome.inputs.count <= 4)
    if jobs == 1 { #expect(outcome.inputs.map(\.index) == [0, 1, 2, 3]) }
    for input in outcome.inputs { #expect(input == complete.inputs[input.index]) }
  }

  @Test func runThatIsCancelledBeforeItStartsHasNothing() throws {
    let control = RunControl()
    control.cancel()
    let outcome = try DigitsRun().run(Array(0..<4), control: control)
    #expect(outcome.interrupted && outcome.inputs.isEmpty && control.rows == 0)
  }

  @Test func progressCountsInputsAndRows() throws {
    var run = try DigitsRun()
    run.configuration.smoothedAttack = .none
    let control = RunControl()
    _ = try run.run(Array(0..<4), control: control)
    #expect(control.inputs == 4)
    #expect(control.rows == 4 * (50 + 500))
  }

  /// In the middle of an input, within the attack: the next query is the last.
  @Test func cancellationDoesNotWaitForAnInput() throws {
    let control = RunControl()
    let run = try DigitsRun()
    let source = PoisonedSource(base: run.classifier, poisonAbove: .infinity) {
      if control.rows > 2000 { control.cancel() }
    }
    let configuration = run.configuration
    let outcome = try Evaluator(source: source, configuration: configuration).run(
      count: 1, jobs: 1, control: control, input: { run.input($0) })
    #expect(outcome.interrupted && outcome.inputs.isEmpty)
    #expect(control.rows > 2000 && control.rows <= 2000 + 2 * configuration.batchSize)
  }

  /// The inputs at hand are finished, and no others begun.
  @Test(arguments: [1, 2]) func finishingLeavesWholeInputs(_ jobs: Int) throws {
    let run = try DigitsRun()
    let complete = try run.run(Array(0..<8), jobs: 2)
    let control = RunControl()
    let inputs = (0..<8).map(run.input)
    let outcome = try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: 8, jobs: jobs, control: control,
      input: { position in
        if position == 3 { control.finish() }
        return inputs[position]
      })
    #expect(outcome.interrupted)
    // With two threads the input after the third may have been handed out already.
    #expect(outcome.inputs.map(\.index) == Array(0..<outcome.inputs.count))
    #expect((4..<4 + jobs).contains(outcome.inputs.count))
    #expect(outcome.inputs == Array(complete.inputs.prefix(outcome.inputs.count)))
  }

  /// In the middle of a batch that several inputs share: the next batch is the last.
  @Test func cancellationDoesNotWaitForABatchOfInputs() throws {
    let control = RunControl()
    let run = try DigitsRun()
    let source = PoisonedSource(base: run.classifier, poisonAbove: .infinity) {
      if control.rows > 200 { control.cancel() }
    }
    var configuration = run.configuration
    configuration.classifiers = [.base]
    (configuration.baseAttack, configuration.goal) = (.pgd, .epsilons([1e-4]))
    configuration.attackParameters.steps = 1000
    configuration.attackParameters.restarts = 1
    configuration.attackParameters.maximumQueries = 100_000
    let outcome = try Evaluator(source: source, configuration: configuration).run(
      count: 20, jobs: 1, control: control, input: { run.input($0) })
    #expect(outcome.interrupted && outcome.inputs.isEmpty)
    #expect(control.rows > 200 && control.rows <= 200 + 2 * PoisonedSource.sharedRows)
  }

  /// Whichever thread meets them, and without a trace in the others, also where their attacks share batches.
  @Test(arguments: [1, 2, 5], [false, true])
  func inputsThatFailSaySoAndTheOthersGoOn(_ jobs: Int, sharing: Bool) throws {
    let run = try DigitsRun()
    let inputs = (0..<8).map { position in
      var input = run.input(10 + position)
      input.grid = nil
      if [3, 5, 6].contains(position) { input.point[0] = 0.999 } else { input.point[0] = 0 }
      return input
    }
    var configuration = run.configuration
    configuration.space.gridSteps = nil
    configuration.classifiers = [.base]
    if sharing { (configuration.baseAttack, configuration.goal) = (.pgd, .epsilons([0.001])) }
    let poisoned = PoisonedSource(base: run.classifier, poisonAbove: 0.99)
    let control = RunControl()
    let outcome = try Evaluator(source: poisoned, configuration: configuration).run(
      count: 8, jobs: jobs, control: control, input: { inputs[$0] })
    let healthy = try Evaluator(
      source: PoisonedSource(base: run.classifier, poisonAbove: .infinity), configuration: configuration
    ).run(count: 8, jobs: 2, control: RunControl(), input: { inputs[$0] })
    #expect(!outcome.interrupted && !control.isCancelled)
    #expect(control.inputs == 8)
    #expect(outcome.inputs.map(\.index) == Array(10..<18))
    for (position, input) in outcome.inputs.enumerated() {
      if [3, 5, 6].contains(position) {
        #expect(input.brackets.isEmpty)
        #expect(input.error?.hasPrefix("the model's logit of class 0 is NaN") == true)
      } else {
        #expect(input == healthy.inputs[position])
        #expect(input.error == nil)
      }
    }
  }

  /// What cannot be kept ends the run, and what was kept stays.
  @Test(arguments: [1, 2]) func aResultThatCannotBeDeliveredEndsTheRun(_ jobs: Int) throws {
    let run = try DigitsRun()
    let inputs = (0..<8).map(run.input)
    let kept = Mutex<[Int]>([])
    #expect(throws: Unwanted.self) {
      try Evaluator(source: run.classifier, configuration: run.configuration).run(
        count: 8, jobs: jobs, control: RunControl(), input: { inputs[$0] },
        deliver: { position, _ in
          try kept.withLock { kept in
            guard kept.count < 3 else { throw Unwanted() }
            kept.append(position)
          }
        })
    }
    #expect(kept.withLock { $0.count } == 3)
  }
}

private struct Unwanted: Error {}

/// A model whose first logit is NaN where the first coordinate is above a bound.
struct PoisonedSource: ClassifierSource {
  let base: LoadedClassifier
  let poisonAbove: Float
  /// Called before every forward pass.
  var observe: @Sendable () -> Void = {}
  var inputShape: [Int] { base.inputShape }
  var classCount: Int { base.classCount }

  func makeClassifier(batchSize: Int) throws -> any Classifier {
    try PoisonedClassifier(GraphClassifier(graph: base.graph(batchSize: batchSize), gradients: true), self)
  }

  static let sharedRows = 12

  func makeSharedClassifier() throws -> (any DifferentiableClassifier)? {
    try makeDifferentiableClassifier(batchSize: Self.sharedRows)
  }

  func makeDifferentiableClassifier(batchSize: Int) throws -> (any DifferentiableClassifier)? {
    try PoisonedClassifier(GraphClassifier(graph: base.graph(batchSize: batchSize), gradients: true), self)
  }
}

private final class PoisonedClassifier: DifferentiableClassifier {
  let base: GraphClassifier
  let source: PoisonedSource
  var inputShape: [Int] { base.inputShape }
  var classCount: Int { base.classCount }
  var batchSize: Int { base.batchSize }
  var inputs: UnsafeMutableBufferPointer<Float> { base.inputs }
  var logits: UnsafeBufferPointer<Float> { base.logits }
  var logitGradients: UnsafeMutableBufferPointer<Float> { base.logitGradients }
  var inputGradients: UnsafeBufferPointer<Float> { base.inputGradients }

  init(_ base: GraphClassifier, _ source: PoisonedSource) {
    self.base = base
    self.source = source
  }

  func forward(count: Int) throws {
    source.observe()
    for row in 0..<count where inputs[row * inputCount] > source.poisonAbove {
      throw EngineError.logitIsNaN(row: row, classIndex: 0)
    }
    try base.forward(count: count)
  }

  func backward(count: Int) throws { try base.backward(count: count) }
}
