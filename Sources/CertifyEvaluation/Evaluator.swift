import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import Foundation
import Synchronization

/// A data set's brackets: the inputs shared out over workers, the results in the order of the inputs. Where there
/// are fewer inputs than threads, the threads that are left over share the samples of an input.
///
/// Which worker evaluates an input, and when, changes nothing in its result.
public struct Evaluator: Sendable {
  public let source: any ClassifierSource
  public let configuration: RunConfiguration

  public init(source: any ClassifierSource, configuration: RunConfiguration) {
    self.source = source
    self.configuration = configuration
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// In the order of the inputs; those that were not finished are missing.
    public var inputs: [InputResult]
    public var interrupted: Bool
  }

  /// Evaluates `count` inputs on `jobs` threads.
  ///
  /// - Parameters:
  ///   - input: The input at a position in 0..<count; called from any thread.
  ///   - control: Cancels the run and counts its progress.
  /// - Throws: `AttackError` when an attack does not exist for the model; ``EvaluationError`` for the first input, in
  ///   the order of the inputs, that fails; what making a classifier throws.
  public func run(
    count: Int, jobs: Int, control: RunControl, input: @escaping @Sendable (Int) -> AttackInput
  ) throws -> Outcome {
    try configuration.checkAttacks(on: source)
    let workers = max(1, min(jobs, count))
    let noises = try configuration.smoothings.map {
      try SharedNoise($0, source: source, configuration: configuration)
    }
    let next = Atomic<Int>(0)
    let results = Mutex<[Int: InputResult]>([:])
    let failure = FirstFailure()

    @Sendable func work() {
      do {
        let stop = StopSignal(control: control, failure: failure)
        let worker = try Worker(
          source: source, configuration: configuration, noises: noises, threads: jobs / workers, stop: stop)
        while true {
          stop.position = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard stop.position < count, !stop.isRaised else { return }
          let input = input(stop.position)
          do {
            let result = try worker.evaluate(input)
            results.withLock { $0[stop.position] = result }
            control.finishInput()
          } catch is CancellationError {
            return
          } catch {
            failure.record(
              EvaluationError.inputFailed(index: input.index, underlying: error), at: stop.position)
            return
          }
        }
      } catch {
        failure.record(error, at: -1)
      }
    }

    if workers == 1 {
      work()
    } else {
      // Threads of their own: a queue would give fewer than asked for where its pool is busy.
      let finished = DispatchSemaphore(value: 0)
      for _ in 0..<workers {
        let thread = Thread {
          work()
          finished.signal()
        }
        thread.stackSize = 8 << 20
        thread.start()
      }
      for _ in 0..<workers { finished.wait() }
    }
    if let error = failure.error { throw error }
    let finished = results.withLock { $0 }
    return Outcome(
      inputs: finished.sorted { $0.key < $1.key }.map(\.value), interrupted: finished.count < count)
  }
}

/// An input that could not be evaluated.
public enum EvaluationError: Error, CustomStringConvertible {
  case inputFailed(index: Int, underlying: any Error)
  /// Neither the base nor a smoothed classifier is to be evaluated.
  case nothingToEvaluate

  public var description: String {
    switch self {
    case .inputFailed(let index, let underlying): "input \(index): \(underlying)"
    case .nothingToEvaluate: "the run names no classifier: ask for base, smoothed or both"
    }
  }
}
