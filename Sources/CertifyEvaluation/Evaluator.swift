import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import Synchronization

/// A data set's brackets: the inputs shared out over workers, the results in the order of the inputs. Where there
/// are fewer inputs than threads, the threads that are left over share the samples of an input.
///
/// Which worker evaluates an input, and when, changes nothing in its result.
public struct Evaluator: Sendable {
  /// Makes the classifiers of every worker.
  public let source: any ClassifierSource
  /// What is asked of each input.
  public let configuration: RunConfiguration

  public init(source: any ClassifierSource, configuration: RunConfiguration) {
    self.source = source
    self.configuration = configuration
  }

  /// The most inputs that a worker takes at once, where attacks that share batches are all there is to do.
  private static var largestBlock: Int { 96 }

  /// How many inputs a worker takes at once where it shares batches among them: at most ``largestBlock``, and as many
  /// in the last block as in the others, as far as that goes, since the time left is estimated by the block.
  private static func block(count: Int, workers: Int) -> Int {
    let share = max(1, (count + workers - 1) / workers)
    let blocks = (share + largestBlock - 1) / largestBlock
    return (share + blocks - 1) / blocks
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// In the order of the inputs; those that were not finished are missing.
    public var inputs: [InputResult]
    /// Whether inputs are missing because the run was stopped.
    public var interrupted: Bool
  }

  /// Evaluates `count` inputs on `jobs` threads and collects their results.
  ///
  /// - Parameters:
  ///   - count: The number of inputs.
  ///   - jobs: The most threads; results do not depend on it.
  ///   - control: Stops the run and counts its progress.
  ///   - input: The input at a position in 0..<count; called from any thread.
  /// - Throws: As ``run(count:jobs:control:foresees:input:deliver:)``.
  public func run(
    count: Int, jobs: Int, control: RunControl, input: @escaping @Sendable (Int) -> AttackInput
  ) throws -> Outcome {
    let results = Mutex<[Int: InputResult]>([:])
    try run(count: count, jobs: jobs, control: control, input: input) { position, evaluated in
      results.withLock { $0[position] = evaluated.result }
    }
    let finished = results.withLock { $0 }
    return Outcome(
      inputs: finished.sorted { $0.key < $1.key }.map(\.value), interrupted: finished.count < count)
  }

  /// Evaluates `count` inputs on `jobs` threads, and hands on each result as soon as it is there.
  ///
  /// An input that cannot be evaluated has a result too, one that says why; the others go on.
  ///
  /// - Parameters:
  ///   - count: The number of inputs.
  ///   - jobs: The most threads; results do not depend on it.
  ///   - control: Stops the run and counts its progress.
  ///   - foresees: Whether ``RunControl/timeLeft`` shall know ahead which inputs f classifies correctly: `input` is
  ///     then called before an input's turn too.
  ///   - input: The input at a position in 0..<count; called from any thread.
  ///   - deliver: Called from any thread, in any order, with the position of the input.
  /// - Throws: `AttackError` when an attack does not exist for the model; what making a classifier throws; the first
  ///   error that `deliver` throws.
  public func run(
    count: Int, jobs: Int, control: RunControl, foresees: Bool = false,
    input: @escaping @Sendable (Int) -> AttackInput,
    deliver: @escaping @Sendable (Int, EvaluatedInput) throws -> Void
  ) throws {
    try configuration.checkAttacks(on: source)
    control.plan(inputs: count)
    let workers = max(1, min(jobs, count))
    let block = try configuration.onlyAttacksInBatches ? Self.block(count: count, workers: workers) : 1
    let noises = try configuration.smoothings.map {
      try SharedNoise($0, source: source, configuration: configuration)
    }
    let prepared: PreparedEvidence?
    do {
      prepared = try prepareEvidence(count: count, jobs: jobs, control: control, noises: noises, input: input)
    } catch is CancellationError {
      return
    }
    let next = Atomic<Int>(0)
    let foresight = !foresees ? nil : Foresight(control: control, count: count, input: input)
    let failure = FirstFailure()

    @Sendable func work() {
      do {
        let stop = StopSignal(control: control, failure: failure)
        let worker = try Worker(
          source: source, configuration: configuration, noises: noises, threads: jobs / workers, stop: stop,
          prepared: prepared)
        while !control.isFinishing, !stop.isRaised {
          let first = next.wrappingAdd(block, ordering: .relaxed).oldValue
          guard first < count else { return }
          var begin = ContinuousClock.now
          let inputs = (first..<min(first + block, count)).map(input)
          let isAhead = worker.attacksAhead(inputs)
          if isAhead {
            for position in first..<first + inputs.count { control.begin(position) }
            worker.attackAhead(inputs)
          }
          for (position, input) in zip(first..., inputs) {
            if !isAhead {
              begin = ContinuousClock.now
              control.begin(position)
            }
            guard var evaluated = worker.outcome(for: input) else { return }
            evaluated.duration = ContinuousClock.now - begin
            try deliver(position, evaluated)
            control.finish(position)
            if control.isFinishing { return }
            if !isAhead { foresight?.look(with: worker.sampling) }
          }
        }
      } catch {
        failure.record(error)
      }
    }

    Threads.run(workers) { _ in work() }
    if let error = failure.error { throw error }
  }
}

/// What a worker hands on of an input.
public struct EvaluatedInput: Sendable {
  /// The brackets of the input, or why it could not be evaluated.
  public var result: InputResult
  /// The points behind the upper bounds, by the positions of their brackets; the input itself is left out.
  public var witnesses: [Int: [Float]] = [:]
  /// How long the worker was at it, or at all those whose attacks share batches with its own.
  public var duration = Duration.zero

  init(result: InputResult, witnesses: [Witness?] = []) {
    self.result = result
    for (position, witness) in witnesses.enumerated() {
      if let witness, witness.distance > 0 { self.witnesses[position] = witness.point }
    }
  }
}

extension Worker {
  /// The result of an input, an error included; `nil` when the run was stopped before it was there.
  func outcome(for input: AttackInput) -> EvaluatedInput? {
    do {
      return try evaluate(input)
    } catch is CancellationError {
      return nil
    } catch {
      return EvaluatedInput(
        result: InputResult(index: input.index, label: input.label, brackets: [], error: "\(error)"))
    }
  }
}

/// An input that could not be evaluated.
public enum EvaluationError: Error, CustomStringConvertible {
  /// Thrown when the classifier fails on the input of this index in the data, for the reason `underlying`.
  case inputFailed(index: Int, underlying: any Error)
  /// Neither the base nor a smoothed classifier is to be evaluated.
  case nothingToEvaluate
  /// The budget of a run does not reach for one look at each of its inputs.
  case budgetTooSmall(budget: Int, needed: Int)
  /// A certificate that needs more than the probability of one class cannot answer whether a radius is reached.
  case undecidable(certificate: String)

  public var description: String {
    switch self {
    case .inputFailed(let index, let underlying): "input \(index): \(underlying)"
    case .budgetTooSmall(let budget, let needed):
      "--budget \(budget): one look at each input takes \(needed) samples; give at least as many, or fewer inputs"
    case .undecidable(let certificate):
      "the certificate \(certificate) does not rest on the probability of one class: "
        + "decide radii with the certificate whose name ends in -p-lower"
    case .nothingToEvaluate: "the run names no classifier: ask for base, smoothed or both"
    }
  }
}
